"""The sheet of a store of the `kubernetes` provider: verbs on Secrets, and the smallest Role with its binding."""

from __future__ import annotations

import json

from eso_lint.iam.grant import HOLE
from eso_lint.iam.needs import Need
from eso_lint.iam.needs_kubernetes import remote_namespace
from eso_lint.iam.rbac import verdict
from eso_lint.model.kinds.store import Store
from eso_lint.model.workspace import Workspace
from eso_lint.report.permissions import Sheet
from eso_lint.report.permissions_rights import account, label, rights, rows

# Verbs that cannot be kept to names.
_UNNAMED = frozenset({"list", "create"})


def sheet(store: Store, ws: Workspace) -> Sheet:
    reference = next(iter(ws.references(store, "service-account")), None)
    needed = rights(store, ws)
    rules = _rules(needed)
    text = ""
    if rules:
        namespace = remote_namespace(store).replace(HOLE, "<namespace>")
        name = label(store).replace("_", "-")
        who = (
            (reference.namespace or "<namespace>", reference.name or "<name>")
            if reference
            else ("<namespace>", "<name>")
        )
        text = _manifests(name, namespace, who, rules)
    found = rows(store, ws, lambda need: need.resource.replace(HOLE, "*"), lambda need: verdict(need, ws))
    formats = {"kubernetes": text} if text else {}
    return Sheet(store, "kubernetes", account(reference), tuple(found), formats, {"rules": rules})


def _rules(needed: tuple[Need, ...]) -> list[dict[str, list[str]]]:
    """The rules of the Role: verbs on named Secrets, and those that take no names."""
    by_verbs: dict[str, set[str]] = {}
    for need in needed:
        name = need.resource.partition("/")[2]
        by_verbs.setdefault(need.action, set()).add("" if HOLE in name or need.action in _UNNAMED else name)
    wide = sorted(verb for verb, names in by_verbs.items() if "" in names)
    found: list[dict[str, list[str]]] = []
    if wide:
        found.append({"apiGroups": [""], "resources": ["secrets"], "verbs": wide})
    named: dict[tuple[str, ...], list[str]] = {}
    for verb, names in by_verbs.items():
        if "" not in names:
            named.setdefault(tuple(sorted(names)), []).append(verb)
    for names_, verbs in sorted(named.items()):
        found.append(
            {"apiGroups": [""], "resources": ["secrets"], "resourceNames": list(names_), "verbs": sorted(verbs)}
        )
    return found


def _manifests(name: str, namespace: str, who: tuple[str, str], rules: list[dict[str, list[str]]]) -> str:
    lines = ["apiVersion: rbac.authorization.k8s.io/v1", "kind: Role"]
    lines += [f"metadata: {{name: {name}, namespace: {namespace}}}", "rules:"]
    for rule in rules:
        for i, (field, values) in enumerate(rule.items()):
            lines.append(f"  {'- ' if i == 0 else '  '}{field}: {json.dumps(values)}")
    lines += ["---", "apiVersion: rbac.authorization.k8s.io/v1", "kind: RoleBinding"]
    lines += [f"metadata: {{name: {name}, namespace: {namespace}}}"]
    lines += [f"roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: {name}}}", "subjects:"]
    lines += [f"  - {{kind: ServiceAccount, name: {who[1]}, namespace: {who[0]}}}", ""]
    return "\n".join(lines)
