"""The rights in an Azure Key Vault that the azurekv provider's calls need.

Actions are `secrets/Get`, as access policies name them (a permission of an object type).
"""

from __future__ import annotations

from collections.abc import Iterator

from eso_lint.iam.grant import HOLE
from eso_lint.iam.needs import EVERY, Need
from eso_lint.iam.uses import Use
from eso_lint.model.workspace import Workspace

_TYPES = {"secret": "secrets", "cert": "certificates", "key": "keys"}


def needs(use: Use, ws: Workspace) -> Iterator[Need]:
    if use.feature in ("find-name", "find-tags"):
        yield Need("secrets/List", EVERY, use, "the vault")
        yield Need("secrets/Get", f"secrets/{HOLE}", use, "the secrets that are found")
        return
    found = object_of(use.key)
    if found is None:
        return
    kind, name = found
    resource, shown = f"{kind}/{name}", f"`{name}`" if name != HOLE else "an object whose name is not known"

    def one(right: str, sure: bool = True) -> Need:
        return Need(f"{kind}/{right}", resource, use, shown, sure)

    yield one("Get")
    if use.feature in ("push", "push-new"):
        yield one("Set" if kind == "secrets" else "Import", sure=use.feature == "push")
    elif use.feature == "delete":
        yield one("Delete")


def object_of(key: str | None) -> tuple[str, str] | None:
    """The type of object and its name; None where the key names none, or (unknown) could be of any type."""
    if not key:
        return None
    first, slash, rest = key.partition("/")
    if not slash:
        return "secrets", key
    kind = _TYPES.get(first)
    return None if kind is None else (kind, rest.partition("/")[0])
