"""Broken rules of whole objects: those, and no others, that plain Python finds; what is left out; what is counted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from eso_lint.config import Config
from eso_lint.model.build import resources
from eso_lint.model.workspace import Workspace
from eso_lint.schema.cel.ledger import Ledger
from eso_lint.schema.cel.verdicts import cel_verdicts
from eso_lint.schema.pack import Shape
from eso_lint.schema.store import schema_of
from eso_lint.schema.verdict import Verdict, verdicts
from eso_lint.schema.walk import Frame, Rules
from eso_lint.source.node import Sequence, SourceFile
from eso_lint.source.parse import parse
from tests.unit.schema.cel_samples import STRING, fields, node, shape
from tests.unit.schema.drawn import document, every_version
from tests.unit.schema.test_cel_rules import MEANS

VERSIONS = [v for v in every_version() if v[2] != "v1beta1" and v[1] != "GeneratorState"]

# Kinds whose drawn objects are sure to break some rule.
RICH = (
    ("SecretStore", "v1"),
    ("ClusterSecretStore", "v1"),
    ("PushSecret", "v1alpha1"),
    ("GitlabDeployToken", "v1alpha1"),
)


def judged(text: str, release: str = "2.9.0") -> tuple[Shape, tuple[Verdict, ...]]:
    (resource,) = resources(parse(SourceFile("x.yaml", text.encode())).documents[0])
    ws = Workspace((resource,), Config(eso_version=release))
    chosen = schema_of(resource, ws)
    assert chosen is not None
    return chosen.shape, verdicts(resource, ws)


def expected(data: Any, shape: Shape | None, path: str) -> Iterator[tuple[str, str]]:
    """Path and message of each broken rule, by plain Python."""
    if shape is None or path == "status":
        return
    if isinstance(data, dict):
        there = {name for name, value in data.items() if value is not None}
        reference = data.get("storeRef")
        for rule in shape.cel:
            holds = MEANS[rule["rule"]](there)
            if "self.storeRef.name" in rule["rule"]:
                holds = isinstance(reference, dict) and bool(reference.keys() & {"name", "labelSelector"})
            if "size(self.rewrite)" in rule["rule"]:
                holds = not ("remoteKey" in there and data.get("rewrite"))
            if not holds:
                yield path, rule["message"]
        for name, value in data.items():
            if name != "metadata" or path:
                yield from expected(value, shape.child(name), f"{path}.{name}" if path else name)
    elif isinstance(data, list):
        for i, item in enumerate(data):
            yield from expected(item, shape.items, f"{path}[{i}]")


@pytest.mark.parametrize("version", VERSIONS, ids="/".join)
def test_drawn_objects_break_the_rules_that_python_says(version: tuple[str, str, str]) -> None:
    random = Random("/".join(version))
    group, kind, name = version
    broken = 0
    for _ in range(60 if kind.endswith(("Store", "Generator")) or "Push" in kind else 10):
        shape, _ = judged(json.dumps({"apiVersion": f"{group}/{name}", "kind": kind}), "2.9.0")
        data = document(version, shape, random)
        _, found = judged(json.dumps(data))
        assert {v.kind for v in found} <= {"cel-violation"}
        wanted = sorted(f"{path}: {message}" for path, message in expected(data, shape, ""))
        assert sorted(v.message for v in found) == wanted, data
        broken += len(wanted)
    if (kind, name) in RICH:
        assert broken, "the objects that are drawn show nothing"


STORE = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: x}
spec:
  provider:
    doppler:
      auth: {%s}
%s"""


def test_older_releases_have_fewer_rules() -> None:
    store = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: x}
spec:
  provider:
    secretserver:
      serverURL: https://example.org
      username: {value: x}
      password: {value: x, secretRef: {name: x, key: k}}
"""
    assert [v.kind for v in judged(store)[1]] == ["cel-violation"]
    assert judged(store, "2.7.0")[1] == ()


def test_what_the_api_server_does_not_reach_is_not_said() -> None:
    blocked = judged(STORE % ("", "  retrySettings: {maxRetries: many}"))[1]
    assert [v.kind for v in blocked] == ["scalar-type"]
    # A name that breaks a pattern does not keep it from going on.
    other = judged((STORE % ("", "")).replace("name: x", "name: X_"))[1]
    assert sorted(v.kind for v in other) == ["cel-violation", "name-or-key-pattern"]


def test_a_misspelt_field_is_said_once() -> None:
    kinds = [v.kind for v in judged(STORE % ("secretReff: {dopplerToken: {name: x}}", ""))[1]]
    assert kinds == ["unknown-field"]
    assert sorted(v.kind for v in judged(STORE % ("nothingLikeIt: 1", ""))[1]) == ["cel-violation", "unknown-field"]


def test_what_could_not_be_evaluated_is_counted_by_reason() -> None:
    rules = [{"rule": "nosuch(self)"}, {"rule": "other.a == 1"}, {"rule": "has(self.a)", "message": "a is needed"}]
    inner = {**fields(a=STRING), "x-kubernetes-validations": rules}
    schema = {
        **fields(list={"type": "array", "items": inner}),
        "x-kubernetes-validations": [{"rule": "self.kind == 'K'"}],
    }
    top = node("kind: J\nlist:\n  - b: 1\n  - a: x\n")
    whole, items = shape(schema), top.get("list")
    assert isinstance(items, Sequence)
    inside = whole.child("list")
    assert inside is not None and inside.items is not None
    root = Frame(None, "", whole, top)
    rows = Frame(root, "list", inside, items)
    places = [Rules(item, inside.items, Frame(rows, i, inside.items, item), item) for i, item in enumerate(items.items)]
    places.append(Rules(top, whole, root, top))
    ws = Workspace((), Config())
    found = cel_verdicts(places, (), ws)
    assert [(v.path, v.message, v.steps) for v in found] == [
        ("list[0]", "list[0]: a is needed", ("list", 0)),
        ("", "failed rule: self.kind == 'K'", ()),
    ]
    assert found[1].at.text == "J"  # type: ignore[union-attr]
    assert ws.index(Ledger).notes() == [
        "1 rule of a CRD could not be evaluated in 2 places: the function `nosuch`",
        "1 rule of a CRD could not be evaluated in 2 places: the name `other`",
    ]
