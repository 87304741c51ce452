"""Whether a ClusterSecretStore's `conditions` admit a namespace.

As the operator decides: no conditions admit all; else one element (a name, a selector, a regex) of one item must match.
"""

from __future__ import annotations

from typing import NamedTuple

from eso_lint.model.kinds.core import Namespace
from eso_lint.model.kinds.store import ClusterSecretStore
from eso_lint.model.place import same_world
from eso_lint.model.reference import Unknown
from eso_lint.model.workspace import Workspace
from eso_lint.regex import pattern
from eso_lint.source.node import Mapping, Node, Opaque, Sequence, is_absent, items, string
from eso_lint.source.pattern import go_search as go_search

NAME_LABEL = "kubernetes.io/metadata.name"
# Labels that clusters and delivery tools add by themselves: their absence from a manifest says nothing.
_SYSTEM_LABEL = pattern(r"(?:\A|\.)(?:kubernetes|k8s|openshift|cattle|fluxcd|argoproj|rancher|gke|x-k8s)\.(?:io|com)/")


class Admits(NamedTuple):
    """The namespace may use the store. `by` is the element that matched, None where there are no conditions."""

    by: Node | None


class Denies(NamedTuple):
    """No element matches. `looked_at` are all elements, in file order; empty where the items hold none."""

    looked_at: tuple[Node, ...]


Admission = Admits | Denies | Unknown


def admission(store: ClusterSecretStore, namespace: str, ws: Workspace) -> Admission:
    """Whether a namespace may use a store. Unknown where a template or missing labels could change it."""
    conditions = store.at("spec", "conditions")
    answer = decide(conditions, namespace, None)
    if not isinstance(answer, Unknown):
        return answer
    # The same namespace in several clusters: its manifests must agree.
    answers = [
        decide(conditions, namespace, _labels(m)) for m in ws.named("Namespace", namespace) if same_world(m, store)
    ]
    for verdict in (Admits, Denies):
        if answers and all(isinstance(a, verdict) for a in answers):
            return answers[0]
    return Unknown("the labels of the namespace are not known")


def _labels(namespace: object) -> dict[str, str] | None:
    if not isinstance(namespace, Namespace) or namespace.placement.open:
        return None
    return namespace.effective_labels


def decide(conditions: Node | None, namespace: str, labels: dict[str, str] | None) -> Admission:
    """As `admission`, from the conditions' node and the labels of the namespace (None: not known)."""
    if is_absent(conditions):
        return Admits(None)
    if not isinstance(conditions, Sequence):
        return Unknown("the conditions are templated")
    if not conditions.items and not conditions.open:
        return Admits(None)
    looked_at: list[Node] = []
    unknown = conditions.open
    for item in conditions.items:
        if is_absent(item):
            continue
        if not isinstance(item, Mapping):
            unknown = True
            continue
        unknown |= item.open
        for element, answer in elements(item, namespace, labels):
            if answer:
                return Admits(element)
            looked_at.append(element)
            unknown |= answer is None
    return Unknown("a condition cannot be decided from the files") if unknown else Denies(tuple(looked_at))


def elements(item: Mapping, namespace: str, labels: dict[str, str] | None) -> list[tuple[Node, bool | None]]:
    """Every element of one item of `conditions`, and whether it matches (None: not known), in the operator's order."""
    found: list[tuple[Node, bool | None]] = []
    selector = item.get("namespaceSelector")
    if selector is not None and not is_absent(selector):
        found.append((selector, selector_matches(selector, {NAME_LABEL: namespace}, labels)))
    for field in ("namespaces", "namespaceRegexes"):
        node = item.get(field)
        if isinstance(node, Opaque) or (isinstance(node, Sequence) and node.open):
            found.append((node, None))
        for element in items(node):
            text = string(element)
            if text is None:
                found.append((element, None))
            else:
                found.append((element, text == namespace if field == "namespaces" else go_search(text, namespace)))
    return found


def selector_matches(selector: Node, implied: dict[str, str], labels: dict[str, str] | None) -> bool | None:
    """A Kubernetes label selector: True, False, or None where it is templated, invalid, or needs unknown labels.

    `implied` are labels that the object has in any case; `labels` all others, None where they are not known.
    """
    if not isinstance(selector, Mapping) or selector.open:
        return None
    answers: list[bool | None] = []
    wanted = selector.get("matchLabels")
    if isinstance(wanted, Mapping) and not wanted.open:
        for key, (_, value) in wanted.index.items():
            answers.append(_requirement(key, "In", (string(value),), implied, labels))
    elif wanted is not None and not is_absent(wanted):
        return None
    expressions = selector.get("matchExpressions")
    if isinstance(expressions, Opaque) or (isinstance(expressions, Sequence) and expressions.open):
        return None
    for expression in items(expressions):
        if not isinstance(expression, Mapping) or expression.open:
            return None
        key_text, operator = string(expression.get("key")), string(expression.get("operator"))
        values = expression.get("values")
        if key_text is None or operator is None or isinstance(values, Opaque):
            return None
        texts = tuple(string(v) for v in items(values))
        # The operator refuses a selector with such an error as a whole.
        if (operator in ("In", "NotIn")) != bool(texts):
            return None
        answers.append(_requirement(key_text, operator, texts, implied, labels))
    if False in answers:
        return False
    return None if None in answers else True


def _requirement(
    key: str, operator: str, values: tuple[str | None, ...], implied: dict[str, str], labels: dict[str, str] | None
) -> bool | None:
    if None in values:
        return None
    value = implied.get(key)
    if value is None:
        value = labels.get(key) if labels is not None else None
        if value is None and (labels is None or _SYSTEM_LABEL.search(key)):
            return None
    if operator == "In":
        return value in values
    if operator == "NotIn":
        return value not in values
    if operator == "Exists":
        return value is not None
    if operator == "DoesNotExist":
        return value is None
    return None
