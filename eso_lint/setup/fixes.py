"""Which flags of `eso-lint init` would have written right what a rule finds wrong."""

from __future__ import annotations

_ONE = "--teams one --namespaces team-a,team-b"
_MANY = "--teams many --namespaces team-a,team-b --path 'prod/{namespace}/*'"
_AWS = "--platform eks --provider aws-secrets-manager --path 'prod/{namespace}/*'"
_IRSA = f"{_AWS} --auth irsa --account 123456789012 --issuer https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE"
_GCP = "--provider gcp-secret-manager --project shop-prod"
_AZURE = "--platform aks --provider azure-key-vault --vault-url https://shop.vault.azure.net"
_VAULT = "--provider vault --vault-url https://vault.example.com:8200"
_GITOPS = "--gitops argocd --repository https://git.example.com/shop/gitops"

# Rule name -> flags. A rule that is not here finds what no answer of the guide decides.
FIXES = {
    "css-unrestricted": _ONE,
    "css-condition-matches-all": _ONE,
    "css-condition-matches-none": _ONE,
    "css-condition-ored": _ONE,
    "css-regex-unanchored": _ONE,
    "css-ref-needs-namespace": _ONE,
    "store-conditions-deny": _ONE,
    "conditions-on-secretstore": _MANY,
    "shared-store-for-tenants": _MANY,
    "ss-foreign-namespace": _MANY,
    "store-in-other-namespace": _MANY,
    "static-credentials": _IRSA,
    "irsa-annotation-malformed": _IRSA,
    "irsa-annotation-missing": _IRSA,
    "service-account-not-found": _IRSA,
    "irsa-aud-mismatch": _IRSA,
    "irsa-role-not-found": _IRSA,
    "irsa-trust-missing-sub": _IRSA,
    "irsa-trust-subject-mismatch": _IRSA,
    "irsa-trust-wildcard-stringequals": _IRSA,
    "irsa-trust-wrong-action": _IRSA,
    "pod-identity-trust": f"{_AWS} --auth pod-identity",
    "pod-identity-with-sa-ref": f"{_AWS} --auth pod-identity",
    "aws-region-missing": f"{_AWS} --region eu-central-1",
    "aws-jwt-missing-sa": _IRSA,
    "iam-missing-action": _IRSA,
    "iam-resource-not-covering-key": _IRSA,
    "iam-sm-arn-missing-suffix": _IRSA,
    "iam-push-delete-resource-policy": f"{_AWS} --push",
    "iam-ssm-double-slash": "--platform eks --provider aws-parameter-store --path '/prod/{namespace}/*'",
    "gcp-project-id-required": f"--platform gke {_GCP}",
    "gcp-wif-audience": f"--platform other {_GCP} --auth federation",
    "gcp-wif-exactly-one": f"--platform other {_GCP} --auth federation",
    "azure-sp-fields": f"{_AZURE} --auth workload-identity",
    "vault-approle-role-id": f"--platform other {_VAULT} --auth kubernetes",
    "vault-jwt-source": f"--platform other {_VAULT} --auth jwt",
    "vault-policy-missing-capability": f"--platform other {_VAULT} --path 'secret/data/{{namespace}}/*'",
    "vault-policy-missing-data-segment": f"--platform other {_VAULT} --path 'secret/data/{{namespace}}/*'",
    "vault-role-binding-mismatch": f"--platform other {_VAULT} --auth kubernetes",
    "gke-wi-binding-mismatch": f"--platform gke {_GCP} --auth workload-identity",
    "gcp-role-insufficient": f"--platform gke {_GCP} --path 'prod-{{namespace}}-*'",
    "gcp-binding-wrong-scope": f"--platform gke {_GCP} --path 'prod-{{namespace}}-*'",
    "azure-role-insufficient": f"{_AZURE} --auth workload-identity",
    "azure-access-policy-missing": f"{_AZURE} --auth workload-identity",
    "azure-fic-mismatch": f"{_AZURE} --auth workload-identity --issuer https://oidc.example.com/cluster",
    "aws-assume-role-untrusted": f"{_AWS} --auth pod-identity",
    "iam-overbroad": _IRSA,
    "ssm-push-plaintext": "--platform eks --provider aws-parameter-store --push",
    "auth-missing": f"--platform other {_VAULT} --auth kubernetes",
    "auth-multiple-methods": f"--platform other {_VAULT} --auth kubernetes",
    "gitlab-groups-conflict": "--provider gitlab --project 42",
    "eso-versions-disagree": f"--eso-version 2.9 {_GITOPS}",
    "chart-version-without-release": f"--eso-version 2.9 {_GITOPS}",
    "dead-chart-value": "--hardened",
    "unknown-chart-value": "--hardened",
    "kubernetes-authref-and-auth": "--platform other --provider kubernetes --auth kubernetes",
    "k8s-rbac-missing-verb": "--platform other --provider kubernetes --auth kubernetes",
    "infisical-scope-required": "--provider infisical --project shop --environment prod",
    "onepassword-sdk-target": "--provider onepassword --vault shop",
    "path-outside-convention": _AWS,
    "path-leading-slash": _AWS,
    "path-trailing-slash": _AWS,
    "unsupported-api-version": "--eso-version 2.9",
    "needs-newer-eso": "--eso-version 2.9",
    "server-side-apply-missing": _GITOPS,
    "admission-policy-missing": "--hardened",
    "network-policy-missing": "--hardened",
    "network-policy-blocks-egress": "--hardened",
    "store-rbac-too-wide": "--hardened",
    "token-create-unscoped": "--hardened",
    "token-create-denied": "--hardened",
    "crds-go-with-release": "--hardened",
    "unused-reconciler-enabled": "--hardened",
    "push-reconcilers-contradict": "--hardened --no-push",
    "reconciler-off-in-use": "--hardened --push",
    "webhook-fails-open": "--hardened",
    "scoped-namespace-without-scoped-rbac": "--teams many --namespaces team-a --hardened --scoped",
}


def fix(rule: str) -> str:
    """The command that writes it right; "" where no answer decides it."""
    return f"eso-lint init {FIXES[rule]}" if rule in FIXES else ""


def section(rule: str) -> str:
    """What `eso-lint explain` says of it, in Markdown; "" where there is nothing to say."""
    command = fix(rule)
    return f"\n## Written right from the start\n\n```sh\n{command}\n```\n" if command else ""
