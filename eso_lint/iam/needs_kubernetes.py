"""The verbs on Secrets of the remote namespace that the kubernetes provider's calls need."""

from __future__ import annotations

from collections.abc import Iterator

from eso_lint.iam.grant import HOLE
from eso_lint.iam.needs import Need
from eso_lint.iam.uses import Use
from eso_lint.model.kinds.store import Store
from eso_lint.model.workspace import Workspace
from eso_lint.source.node import is_absent, lookup, string


def needs(use: Use, ws: Workspace) -> Iterator[Need]:
    """Resources are `<namespace>/<secret>`; listing and creating name no Secret (`<namespace>/`)."""
    namespace = remote_namespace(use.store)
    if not is_absent(lookup(use.entry, "metadata", "spec", "remoteNamespace")):
        namespace = string(lookup(use.entry, "metadata", "spec", "remoteNamespace")) or HOLE
    one, every = f"{namespace}/{use.key or HOLE}", f"{namespace}/"
    shown = f"Secret `{use.key}`" if use.key else "Secrets"
    if use.feature in ("data", "extract", "fetch"):
        yield Need("get", one, use, shown)
    elif use.feature in ("find-name", "find-tags"):
        yield Need("list", every, use, "Secrets")
    elif use.feature in ("push", "push-new"):
        yield Need("get", one, use, shown)
        yield Need("create", every, use, "Secrets", sure=False)
        if use.feature == "push":
            yield Need("update", one, use, shown, sure=False)
    elif use.feature == "delete":
        yield Need("get", one, use, shown)
        if is_absent(use.property):
            yield Need("delete", one, use, shown)
        else:
            yield Need("update", one, use, shown, sure=False)


def remote_namespace(store: Store) -> str:
    """The namespace in which the store looks: `default` where it names none, `HOLE` where it cannot be known."""
    node = store.config("remoteNamespace")
    return "default" if is_absent(node) or string(node) == "" else string(node) or HOLE
