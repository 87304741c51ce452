"""Patches whose target fits no object any more: which part of the target is wrong, and what comes closest."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from eso_lint.render.kustomize.select import cluster_scoped, effective, labelled
from eso_lint.render.unit import Item, Note
from eso_lint.source.node import Mapping, Node, Scalar, lookup, string
from eso_lint.source.pattern import go_fullmatch
from eso_lint.suggest import closest, is_slip

_OURS = "external-secrets.io"
_OUR_KINDS = frozenset(("ExternalSecret", "ClusterExternalSecret", "SecretStore", "ClusterSecretStore", "PushSecret",
                        "ClusterPushSecret", "ClusterGenerator"))  # fmt: skip
# Other kinds that decide what the operator does, or where; patches of what only uses Secrets are not our affair.
_CORE = frozenset(("Namespace", "ServiceAccount", "Secret", "ConfigMap"))
_GROUPS = {
    "rbac.authorization.k8s.io": frozenset(("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding")),
    "kustomize.toolkit.fluxcd.io": frozenset(("Kustomization",)),
    "helm.toolkit.fluxcd.io": frozenset(("HelmRelease",)),
    "argoproj.io": frozenset(("Application", "ApplicationSet")),
}
# Whether there may be objects of a kind (None: of a kind that the patch does not tell) that were not read.
Unread = Callable[[str | None], bool]
_NAME = re.compile(r"[\w.-]+\Z")
# In this order a wrong field is reported; those before `kind` may be wrong together.
_LOOSE = ("version", "group", "namespace")
_FIELDS = (*_LOOSE, "kind", "name", "labelSelector", "annotationSelector")


class Field(NamedTuple):
    """What a target asks of one field. `pattern` is an anchored regular expression."""

    at: Node
    text: str
    pattern: str


def misfit(found: Sequence[Item], wanted: Mapping, targeted: bool, unread: Unread) -> Note | None:
    """The Note for a patch that matches none of the objects; None where no defect can be seen.

    `wanted` is a `target`, or (not `targeted`) a merge patch that names its object. All objects of the operator must be
    known; `unread` says of another kind whether some are not. A target without a name is for whatever is there: it is a
    defect only where its version or group no longer fits.
    """
    fields = _fields(wanted, targeted)
    if not found or any(not _known(item) for item in found):
        return None
    ours = _is_ours(fields)
    if not ours:
        matters = _matters(fields)
        if (targeted and not matters) or unread(fields["kind"].text if "kind" in fields else None):
            return None
        if not matters:
            # kustomize refuses it, but this is about objects that have nothing to do with the operator.
            return Note("refused", wanted, _nothing(fields), fails=True)
    name = fields.get("name")
    exact = name is not None and (not targeted or _NAME.match(name.text) is not None)
    near, wrong = _nearest(found, fields)
    if near is None:
        if not exact or name is None:
            return None
        return Note("patch", name.at, _nothing(fields), fails=not targeted)
    if not wrong or (not exact and not set(wrong) <= {"version", "group"}):
        return None
    first = next(f for f in _FIELDS if f in wrong)
    suggestion = _actual(near, first, targeted)
    message = f"{_nothing(fields)}, but {_described(near, wrong)}"
    metadata = lookup(near.root, "metadata", "name") or near.root
    return Note("patch", fields[first].at, message, near=metadata, suggestion=suggestion, fails=not targeted)


def _fields(wanted: Mapping, targeted: bool) -> dict[str, Field]:
    found: dict[str, Field] = {}
    nodes = {f: wanted.get(f) for f in _FIELDS} if targeted else _named_by(wanted)
    for field, node in nodes.items():
        text = string(node)
        if node is not None and text:
            found[field] = Field(node, text, text if targeted else re.escape(text))
    version = None if targeted else wanted.get("apiVersion")
    if not targeted and "name" in found and "namespace" not in found:
        found["namespace"] = Field(found["name"].at, "", "default")
    if version is not None:
        group, _, plain = (string(version) or "").rpartition("/")
        found["group"] = Field(version, group, re.escape(group))
        found["version"] = Field(version, plain, re.escape(plain))
    return found


def _named_by(patch: Mapping) -> dict[str, Node | None]:
    metadata = patch.get("metadata")
    return {"kind": patch.get("kind"), "name": lookup(metadata, "name"), "namespace": lookup(metadata, "namespace")}


def _is_ours(fields: dict[str, Field]) -> bool:
    group, kind = fields.get("group"), fields.get("kind")
    if group is not None:
        return group.text.endswith(_OURS)
    return kind is not None and kind.text in _OUR_KINDS


def _matters(fields: dict[str, Field]) -> bool:
    """Whether the target is for kinds that decide what the operator does."""
    group, kind = fields.get("group"), fields.get("kind")
    if kind is None:
        return False
    homes = [home for home, kinds in _GROUPS.items() if kind.text in kinds] + ([""] if kind.text in _CORE else [])
    return bool(homes) and (group is None or group.text in homes)


def _known(item: Item) -> bool:
    return item.kind is not None and isinstance(item.root.get("apiVersion"), Scalar)


def _agrees(item: Item, field: str, pattern: str) -> bool:
    if field in ("labelSelector", "annotationSelector"):
        return labelled(pattern, lookup(item.root, "metadata", field.replace("Selector", "s"))) is not False
    if field == "namespace":
        if pattern == "default" and cluster_scoped(item.group, item.kind):
            return True
        texts = [effective(i[1]) for i in item.ids]
    elif field == "name":
        texts = [i[2] or "" for i in item.ids]
    else:
        texts = [{"group": item.face.group, "version": item.face.version, "kind": item.kind or ""}[field]]
    return any(go_fullmatch(pattern, text) is not False for text in texts)


def _nearest(found: Sequence[Item], fields: dict[str, Field]) -> tuple[Item | None, list[str]]:
    """The object that differs least, in a way that somebody may have overlooked."""
    best: tuple[int, Item, list[str]] | None = None
    slips: dict[str, Item] = {}
    for item in found:
        wrong = [f for f in _FIELDS if f in fields and not _agrees(item, f, fields[f].pattern)]
        strict = [f for f in wrong if f not in _LOOSE]
        if strict == ["name"] and len(wrong) == 1:
            slips[item.id[2] or ""] = item
            continue
        # Another kind of the same name is near only among kinds that people mix up.
        mixed = strict == ["kind"] and _alike(fields["kind"].text, item.kind or "")
        if strict and not (mixed and "name" in fields) and strict[0] not in ("labelSelector", "annotationSelector"):
            continue
        rank = len(wrong) + len(strict)
        if best is None or rank < best[0]:
            best = (rank, item, wrong)
    if best is not None:
        return best[1], best[2]
    name = fields["name"].text if "name" in fields else ""
    slip = closest(name, sorted(n for n in slips if is_slip(name, n)))
    return (slips[slip], ["name"]) if slip else (None, [])


def _alike(one: str, other: str) -> bool:
    return one.removeprefix("Cluster") == other.removeprefix("Cluster")


def _actual(item: Item, field: str, targeted: bool) -> str:
    """What would fit, written as the field is."""
    kind, namespace, name = item.id
    if field in ("group", "version"):
        face = item.face
        return (face.api or "") if not targeted else face.group if field == "group" else face.version
    return {"kind": kind, "name": name, "namespace": effective(namespace)}.get(field) or ""


def _nothing(fields: dict[str, Field]) -> str:
    kind = fields["kind"].text if "kind" in fields else "object"
    text = f"there is no {kind}"
    text += f" `{fields['name'].text}`" if "name" in fields else ""
    if "version" in fields:
        group = fields["group"].text if "group" in fields else ""
        text += f" of `{group + '/' if group else ''}{fields['version'].text}`"
    if "namespace" in fields and fields["namespace"].text:
        text += f" in namespace `{fields['namespace'].text}`"
    return text


def _described(item: Item, wrong: list[str]) -> str:
    kind, namespace, name = item.id
    text = f"{kind} `{name}`" if name else f"a {kind}"
    if "version" in wrong or "group" in wrong:
        text += f" of `{item.face.api}`"
    if "namespace" in wrong:
        text += f" in namespace `{namespace}`" if namespace else " without a namespace"
    if "labelSelector" in wrong or "annotationSelector" in wrong:
        text += " with other labels" if "labelSelector" in wrong else " with other annotations"
    return text
