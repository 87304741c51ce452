"""The permissions of Google's Secret Manager that the gcpsm provider's calls need."""

from __future__ import annotations

from collections.abc import Iterator

from eso_lint.iam.grant import HOLE
from eso_lint.iam.needs import Need
from eso_lint.iam.uses import Use
from eso_lint.model.kinds.store import Store
from eso_lint.model.workspace import Workspace
from eso_lint.source.node import is_absent, string

_SM = "secretmanager."


def needs(use: Use, ws: Workspace) -> Iterator[Need]:
    """Resources are `projects/<id>` and `projects/<id>/secrets/<name>`: listing and creating act on the project."""
    project = f"projects/{project_of(use.store)}"
    secret = f"{project}/secrets/{use.key or HOLE}"
    shown = f"secret `{use.key}`" if use.key else "a secret whose name is not known"

    def one(permission: str, sure: bool = True) -> Need:
        return Need(_SM + permission, secret, use, shown, sure)

    def whole(permission: str, sure: bool = True) -> Need:
        return Need(_SM + permission, project, use, "the project", sure)

    if use.feature in ("data", "extract"):
        yield one("versions.access")
        if string(use.store.config("secretVersionSelectionPolicy")) == "LatestOrFetch":
            yield one("versions.list", sure=False)
    elif use.feature == "fetch":
        yield one("secrets.get")
    elif use.feature in ("find-name", "find-tags"):
        yield whole("secrets.list")
        yield Need(_SM + "versions.access", f"{project}/secrets/{HOLE}", use, "the secrets that are found")
    elif use.feature in ("push", "push-new"):
        yield one("secrets.get")
        yield whole("secrets.create", sure=False)
        if use.feature == "push":
            yield one("secrets.update", sure=False)
            yield one("versions.access", sure=False)
        else:
            yield one("versions.list")
        yield one("versions.add")
    elif use.feature == "delete":
        yield one("secrets.get")
        yield one("secrets.delete")


def project_of(store: Store) -> str:
    """The project of the secrets; `HOLE` where it cannot be known, or is asked of the cluster's metadata server."""
    node = store.config("projectID")
    return HOLE if is_absent(node) else string(node) or HOLE
