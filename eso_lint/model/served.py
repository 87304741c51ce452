"""Which release serves which kind and provider (generated: tools/import_versions.py)."""

from __future__ import annotations

from eso_lint.model.versions import Version

NEWEST = Version(2, 9, 0)

# Kind -> API version -> (first release that serves it, last one; "" where the newest does).
KINDS: dict[str, dict[str, tuple[str, str]]] = {
    "ACRAccessToken": {"v1alpha1": ("0.7.0", "")},
    "BeyondtrustWorkloadCredentialsDynamicSecret": {"v1alpha1": ("2.7.0", "")},
    "CloudsmithAccessToken": {"v1alpha1": ("0.20.0", "")},
    "ClusterExternalSecret": {"v1beta1": ("0.5.0", "0.16.2"), "v1": ("0.16.0", "")},
    "ClusterGenerator": {"v1alpha1": ("0.11.0", "")},
    "ClusterPushSecret": {"v1alpha1": ("0.15.0", "")},
    "ClusterSecretStore": {"v1alpha1": ("0.1.0", "0.15.1"), "v1beta1": ("0.5.0", "0.16.2"), "v1": ("0.16.0", "")},
    "ECRAuthorizationToken": {"v1alpha1": ("0.7.0", "")},
    "ExternalSecret": {"v1alpha1": ("0.1.0", "0.15.1"), "v1beta1": ("0.5.0", "0.16.2"), "v1": ("0.16.0", "")},
    "Fake": {"v1alpha1": ("0.7.0", "")},
    "GCRAccessToken": {"v1alpha1": ("0.7.0", "")},
    "GeneratorState": {"v1alpha1": ("0.14.0", "")},
    "GithubAccessToken": {"v1alpha1": ("0.9.15", "")},
    "GitlabDeployToken": {"v1alpha1": ("2.8.0", "")},
    "Grafana": {"v1alpha1": ("0.14.0", "")},
    "MFA": {"v1alpha1": ("0.18.0", "")},
    "Password": {"v1alpha1": ("0.7.0", "")},
    "PushSecret": {"v1alpha1": ("0.7.0", "")},
    "QuayAccessToken": {"v1alpha1": ("0.13.0", "")},
    "SSHKey": {"v1alpha1": ("0.19.0", "")},
    "STSSessionToken": {"v1alpha1": ("0.10.6", "")},
    "SecretStore": {"v1alpha1": ("0.1.0", "0.15.1"), "v1beta1": ("0.5.0", "0.16.2"), "v1": ("0.16.0", "")},
    "UUID": {"v1alpha1": ("0.10.3", "")},
    "VaultDynamicSecret": {"v1alpha1": ("0.8.0", "")},
    "Webhook": {"v1alpha1": ("0.9.13", "")},
}

# Provider -> API version of stores -> (first release that has it, last one).
PROVIDERS: dict[str, dict[str, tuple[str, str]]] = {
    "akeyless": {"v1alpha1": ("0.3.9", "0.15.1"), "v1beta1": ("0.5.0", ""), "v1": ("0.16.0", "")},
    "alibaba": {"v1alpha1": ("0.3.6", "0.15.1"), "v1beta1": ("0.5.0", ""), "v1": ("0.16.0", "1.3.2")},
    "aws": {"v1alpha1": ("0.1.0", "0.15.1"), "v1beta1": ("0.5.0", ""), "v1": ("0.16.0", "")},
    "azurekv": {"v1alpha1": ("0.2.0", "0.15.1"), "v1beta1": ("0.5.0", ""), "v1": ("0.16.0", "")},
    "barbican": {"v1": ("1.2.0", "")},
    "beyondtrust": {"v1beta1": ("0.10.1", ""), "v1": ("0.16.0", "")},
    "beyondtrustworkloadcredentials": {"v1": ("2.7.0", "")},
    "bitwardensecretsmanager": {"v1beta1": ("0.9.20", ""), "v1": ("0.16.0", "")},
    "chef": {"v1beta1": ("0.9.13", ""), "v1": ("0.16.0", "")},
    "cloudrusm": {"v1beta1": ("0.15.0", ""), "v1": ("0.16.0", "")},
    "conjur": {"v1beta1": ("0.9.0", ""), "v1": ("0.16.0", "")},
    "crd": {"v1": ("2.8.0", "")},
    "delinea": {"v1beta1": ("0.9.1", ""), "v1": ("0.16.0", "")},
    "device42": {"v1beta1": ("0.9.20", ""), "v1": ("0.16.0", "1.3.2")},
    "doppler": {"v1beta1": ("0.6.0", ""), "v1": ("0.16.0", "")},
    "dvls": {"v1": ("1.3.0", "")},
    "fake": {"v1alpha1": ("0.4.0", "0.15.1"), "v1beta1": ("0.5.0", ""), "v1": ("0.16.0", "")},
    "fortanix": {"v1beta1": ("0.9.14", ""), "v1": ("0.16.0", "")},
    "gcpsm": {"v1alpha1": ("0.2.0", "0.15.1"), "v1beta1": ("0.5.0", ""), "v1": ("0.16.0", "")},
    "github": {"v1beta1": ("0.14.3", ""), "v1": ("0.16.0", "")},
    "gitlab": {"v1alpha1": ("0.3.5", "0.15.1"), "v1beta1": ("0.5.0", ""), "v1": ("0.16.0", "")},
    "ibm": {"v1alpha1": ("0.2.2", "0.15.1"), "v1beta1": ("0.5.0", ""), "v1": ("0.16.0", "")},
    "infisical": {"v1beta1": ("0.9.20", ""), "v1": ("0.16.0", "")},
    "keepersecurity": {"v1beta1": ("0.8.0", ""), "v1": ("0.16.0", "")},
    "kubernetes": {"v1alpha1": ("0.5.0", "0.15.1"), "v1beta1": ("0.5.0", ""), "v1": ("0.16.0", "")},
    "nebiusmysterybox": {"v1": ("2.1.0", "")},
    "ngrok": {"v1": ("0.20.2", "")},
    "onboardbase": {"v1beta1": ("0.9.14", ""), "v1": ("0.16.0", "")},
    "onepassword": {"v1beta1": ("0.5.3", ""), "v1": ("0.16.0", "")},
    "onepasswordSDK": {"v1": ("0.17.0", "")},
    "openBao": {"v1": ("2.7.0", "")},
    "oracle": {"v1alpha1": ("0.3.6", "0.15.1"), "v1beta1": ("0.5.0", ""), "v1": ("0.16.0", "")},
    "ovh": {"v1": ("2.3.0", "")},
    "passbolt": {"v1beta1": ("0.9.16", ""), "v1": ("0.16.0", "")},
    "passworddepot": {"v1alpha1": ("0.9.14", "0.15.1"), "v1beta1": ("0.9.14", ""), "v1": ("0.16.0", "")},
    "previder": {"v1beta1": ("0.10.4", ""), "v1": ("0.16.0", "")},
    "pulumi": {"v1beta1": ("0.9.13", ""), "v1": ("0.16.0", "")},
    "scaleway": {"v1beta1": ("0.8.0", ""), "v1": ("0.16.0", "")},
    "secretserver": {"v1beta1": ("0.10.0", ""), "v1": ("0.16.0", "")},
    "senhasegura": {"v1beta1": ("0.5.3", ""), "v1": ("0.16.0", "")},
    "vault": {"v1alpha1": ("0.1.0", "0.15.1"), "v1beta1": ("0.5.0", ""), "v1": ("0.16.0", "")},
    "volcengine": {"v1": ("0.20.0", "")},
    "webhook": {"v1alpha1": ("0.4.0", "0.15.1"), "v1beta1": ("0.5.0", ""), "v1": ("0.16.0", "")},
    "yandexcertificatemanager": {"v1beta1": ("0.5.4", ""), "v1": ("0.16.0", "")},
    "yandexlockbox": {"v1alpha1": ("0.3.5", "0.15.1"), "v1beta1": ("0.5.0", ""), "v1": ("0.16.0", "")},
}

# Releases of the operator that no chart carries.
WITHOUT_CHART = frozenset(
    (
        "0.1.0",
        "0.1.2",
        "0.7.3",
        "0.8.8",
        "0.8.9",
        "0.8.10",
        "0.8.11",
        "0.8.12",
        "0.8.13",
        "0.8.14",
        "0.8.15",
        "0.8.16",
        "0.8.17",
        "0.9.15",
        "0.12.0",
        "0.20.0",
        "1.3.0",
    )
)
