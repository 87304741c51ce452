"""What the operator's providers do with a push, whatever they report: read in their methods, not in `Capabilities()`.

doppler and pulumi call themselves read-only and push all the same.
"""

from __future__ import annotations

from eso_lint.model.kinds.store import Store
from eso_lint.source.node import Scalar, is_absent

# A push fails with an error at every reconcile.
READ_ONLY = frozenset(
    {
        "barbican", "beyondtrustworkloadcredentials", "chef", "cloudrusm", "conjur", "crd", "delinea", "fortanix",
        "gitlab", "ibm", "nebiusmysterybox", "openBao", "passbolt", "passworddepot", "previder", "senhasegura",
        "volcengine", "yandexcertificatemanager", "yandexlockbox",
    }
)  # fmt: skip
# It is reported as done, and nothing is written.
SILENT = frozenset({"onboardbase"})
# A deletion takes the whole secret away, whatever property the entry names.
DELETES_WHOLE = frozenset(
    {"aws", "azurekv", "bitwardensecretsmanager", "doppler", "gcpsm", "oracle", "scaleway"}
)  # fmt: skip


def push_works(store: Store) -> bool | None:
    """Whether pushes to a store can work; None where its provider is not known."""
    provider = store.provider
    if provider is None:
        return None
    if provider == "onepasswordSDK":
        # An environment can only be read.
        environment = store.config("environment")
        if isinstance(environment, Scalar) and not is_absent(environment) and is_absent(store.config("vault")):
            return False
    return provider not in READ_ONLY and provider not in SILENT


def deletes_whole(store: Store) -> bool:
    """Whether deleting an entry that names a property takes the whole secret."""
    return store.provider in DELETES_WHOLE
