"""Rules over a workspace: problems become findings with identity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from eso_lint.errors import EsoLintError, RuleError
from eso_lint.lint.rule import Finding, Problem, Related, Rule
from eso_lint.model.resource import Resource
from eso_lint.model.workspace import Workspace
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, Span, Supplied, string


def run(rules: Iterable[Rule], workspace: Workspace) -> Iterator[Finding]:
    """Ask every rule about every object (or other view) that it is for.

    What a rule says of one place in several deliveries is one finding.
    """
    for rule in rules:
        found = [(finding, view) for view in subjects(rule, workspace) for finding in ask(rule, view, workspace)]
        if found:
            from eso_lint.lint.deliveries import merged

            yield from merged(found, workspace)


def subjects(rule: Rule, workspace: Workspace) -> Iterator[Any]:
    """What a rule is asked about, in file order."""
    for kind in rule.on:
        if issubclass(kind, Resource):
            # A rule on a base class sees each object once. What lies in an archive is nobody's to mend.
            yield from (resource for resource in workspace.all(kind) if not resource.archived)
        else:
            yield from workspace.views(kind)


def ask(rule: Rule, view: Any, workspace: Workspace) -> Iterator[Finding]:
    try:
        for problem in rule.check(view, workspace):
            yield finding(rule, problem, view)
    except EsoLintError:
        raise
    except Exception as error:
        where = getattr(getattr(view, "file", None), "path", "?")
        raise RuleError(f"rule {rule.id} ({rule.name}) failed on {where}: {type(error).__name__}: {error}") from error


def finding(rule: Rule, problem: Problem, view: Any) -> Finding:
    """A problem with its identity: where in which object it stands, and a fingerprint that no line number enters."""
    span = problem.span
    resource = view if isinstance(view, Resource) else None
    kind = resource.kind if resource else ""
    name = (resource.name or "?") if resource else ""
    namespace = (resource.namespace or "") if resource else ""
    path = node_path(resource.root, span) if resource is not None else ""
    related = problem.related
    used = problem.at.used if isinstance(problem.at, Supplied) else None
    if resource is not None and used is None:
        used = resource.placement.origins.get(span)
    if used is not None:
        related = (Related(used, "used here"), *related)
    elif resource is not None and path and span.file is not resource.file:
        # A place that is no part of the object (a policy that it lives by) is not said to come to it.
        related = (Related(resource.name_node.span, "the object that gets it"), *related)
    import hashlib  # OpenSSL is slow to load, and most runs find nothing

    # Names and messages may differ from one delivery of an object to the next: what is written is what it is known by.
    said = () if resource else (problem.message,)
    identity = "\x00".join((rule.id, span.file.path, kind, *(resource.written if resource else ()), path, *said))
    fingerprint = hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()[:32]
    return Finding(
        rule,
        problem.severity or rule.severity,
        problem.confidence or rule.confidence,
        span,
        problem.message,
        problem.label,
        related,
        problem.note,
        problem.help,
        problem.fix,
        kind,
        name,
        namespace,
        path,
        _document(view, span),
        fingerprint,
    )


def _document(view: Any, span: Span) -> int:
    """The number of the document in which a finding stands, where that is known."""
    if isinstance(view, Resource):
        return view.document.number if span.file is view.file else 0
    return getattr(view, "document_index", 0)


def node_path(root: Node, span: Span) -> str:
    """`spec.data[password].remoteRef.key`: list items by their secretKey or name where they have one, else by place.

    A tree may hold nodes of several files: a place is looked for in every part of the span's own file.
    """
    return _path_below(root, span, set()) or ""


def _path_below(node: Node, span: Span, seen: set[int]) -> str | None:
    """The path to a place below a node, "" where it is the node's own, None where it is not there."""
    if isinstance(node, Scalar | Opaque):
        return "" if _holds(node, span) else None
    if id(node) in seen:
        return None
    seen.add(id(node))
    if isinstance(node, Mapping):
        for key, value in node.entries:
            name = key.text if isinstance(key, Scalar) else "?"
            below = "" if _holds(key, span) else _path_below(value, span, seen)
            if below is not None:
                return name + ("." if below and below[0] != "[" else "") + below
    elif isinstance(node, Sequence):
        for i, item in enumerate(node.items):
            below = _path_below(item, span, seen)
            if below is not None:
                label = f"[{item_label(item) or i}]"
                return label + ("." if below and below[0] != "[" else "") + below
    return "" if _holds(node, span) else None


def _holds(node: Node, span: Span) -> bool:
    return node.file is span.file and node.start <= span.start < max(node.end, node.start + 1)


def item_label(item: Node) -> str | None:
    """The name by which a list item is known, if any."""
    for key in ("secretKey", "name"):
        text = string(item.get(key)) if isinstance(item, Mapping) else None
        if text:
            return text
    return None
