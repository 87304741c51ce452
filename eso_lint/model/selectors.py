"""What the operator makes of the namespace of a selector inside a store: of a missing one, and of a foreign one.

Read in the providers' `ValidateStore` and `NewClient` of the operator's v2.9.0 sources, and compared with verdicts of
its webhook (tests/data/selector_verdicts.json). Providers that were removed before are as they were last.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Unset(Enum):
    """A selector of a ClusterSecretStore without `namespace`."""

    ADMISSION = "the validating webhook refuses the store"
    CLIENT = "the store is admitted, but the operator refuses to build a client or to read the object"
    CONSUMER = "allowed: the object is looked up in the namespace of each ExternalSecret, and validation is put off"
    UNCHECKED = "as CONSUMER, but the operator's own check of the store looks the object up in no namespace and fails"
    UNUSED = "the operator does not read the selector"


class Foreign(Enum):
    """A selector of a SecretStore that names a namespace other than the store's own."""

    REFUSED = "the validating webhook refuses it, or client creation does"
    IGNORED = "nothing checks it, and the object is looked up in the store's own namespace"
    FORBIDDEN = "any value is refused, even the store's own namespace"


class Scope(NamedTuple):
    unset: Unset
    foreign: Foreign


_STRICT = Scope(Unset.ADMISSION, Foreign.REFUSED)
_REFERENT = Scope(Unset.CONSUMER, Foreign.REFUSED)
_LATE = Scope(Unset.CLIENT, Foreign.REFUSED)
_LATE_LOOSE = Scope(Unset.CLIENT, Foreign.IGNORED)
_CHECKED = Scope(Unset.UNCHECKED, Foreign.REFUSED)
_LOOSE = Scope(Unset.UNCHECKED, Foreign.IGNORED)
_REFERENT_LOOSE = Scope(Unset.CONSUMER, Foreign.IGNORED)
_CA = Scope(Unset.CLIENT, Foreign.REFUSED)
_CA_CHECKED = Scope(Unset.ADMISSION, Foreign.FORBIDDEN)
_UNUSED = Scope(Unset.UNUSED, Foreign.IGNORED)

# Provider -> (path below the provider's block, scope), the most telling first; "" is the rest.
_SCOPES: dict[str, tuple[tuple[str, Scope], ...]] = {
    "akeyless": (
        ("authSecretRef.secretRef", _STRICT),
        ("authSecretRef.kubernetesAuth.secretRef", _STRICT),
        ("caProvider", _CA),
        ("", _REFERENT),
    ),
    "alibaba": (("", _STRICT),),
    "aws": (("", _REFERENT),),
    "azurekv": (
        ("authSecretRef.clientId", _REFERENT),
        ("authSecretRef.clientSecret", _REFERENT),
        ("serviceAccountRef", _REFERENT),
        ("", _REFERENT_LOOSE),
    ),
    "barbican": (("", _STRICT),),
    "beyondtrust": (("auth.certificate", _LOOSE), ("auth.certificateKey", _LOOSE), ("", _CHECKED)),
    "beyondtrustworkloadcredentials": (("caProvider", _CA), ("", _STRICT)),
    "bitwardensecretsmanager": (("caProvider", _CA), ("", _LOOSE)),
    "chef": (("", _STRICT),),
    "cloudrusm": (("", _REFERENT),),
    "conjur": (("caProvider", _CA), ("", _REFERENT)),
    "crd": (
        ("server.caProvider", _CA_CHECKED),
        ("auth.cert", _STRICT),
        ("auth.token", _STRICT),
        ("auth.serviceAccount", _REFERENT),
        ("", _LOOSE),
    ),
    "delinea": (("", _LATE),),
    "device42": (("", _LOOSE),),
    "doppler": (("", _STRICT),),
    "dvls": (("", _STRICT),),
    "fortanix": (("", _CHECKED),),
    "gcpsm": (("auth.workloadIdentityFederation", _REFERENT_LOOSE), ("", _REFERENT)),
    "github": (("", _LOOSE),),
    "gitlab": (("caProvider", _CA), ("", _STRICT)),
    "ibm": (("", _STRICT),),
    "infisical": (("caProvider", _CA_CHECKED), ("auth.universalAuthCredentials", _CHECKED), ("", _LOOSE)),
    "keepersecurity": (("", _STRICT),),
    "kubernetes": (
        ("server.caProvider", _CA_CHECKED),
        ("auth.cert", _STRICT),
        ("auth.token", _STRICT),
        ("auth.serviceAccount", _REFERENT),
        ("", _LOOSE),
    ),
    "nebiusmysterybox": (("", _STRICT),),
    "ngrok": (("", _LATE_LOOSE),),
    "onboardbase": (("", _STRICT),),
    "onepassword": (("", _STRICT),),
    "onepasswordSDK": (("", _STRICT),),
    "openBao": (("caProvider", _CA), ("", _REFERENT)),
    "oracle": (("serviceAccountRef", _REFERENT), ("", _STRICT)),
    "ovh": (("auth.mtls.caProvider", _UNUSED), ("", _LOOSE)),
    "passbolt": (("caProvider", _CA), ("", _LOOSE)),
    "passworddepot": (("", _LATE_LOOSE),),
    "previder": (("", _LOOSE),),
    "pulumi": (("auth.oidcConfig", _LATE_LOOSE), ("", _LATE)),
    "scaleway": (("", _LATE),),
    "secretserver": (("caProvider", _CA), ("", _LATE)),
    "senhasegura": (("", _LOOSE),),
    "vault": (("caProvider", _CA), ("auth.gcp", _REFERENT_LOOSE), ("", _REFERENT)),
    "volcengine": (("", _REFERENT),),
    "webhook": (("caProvider", _CA), ("", _LATE_LOOSE)),
    "yandexcertificatemanager": (("", _LOOSE),),
    "yandexlockbox": (("", _LOOSE),),
}


def selector_scope(path: tuple[str | int, ...]) -> Scope | None:
    """The scope of the selector at `spec.provider.<provider>.<path>`; None where the provider is not known."""
    if len(path) < 3:
        return None
    below = ".".join("[]" if isinstance(step, int) else step for step in path[3:])
    for prefix, scope in _SCOPES.get(str(path[2]), ()):
        if not prefix or below == prefix or below.startswith(prefix + "."):
            return scope
    return None
