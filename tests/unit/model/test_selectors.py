"""Our table of selector namespaces beside verdicts of the operator's own webhook (v2.9.0)."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from eso_lint.lint.rule import Finding, Severity
from eso_lint.model.reference import PROVIDERS
from eso_lint.model.selectors import Foreign, Unset, selector_scope
from eso_lint.rules.tenancy.css_ref_needs_namespace import css_ref_needs_namespace
from eso_lint.rules.tenancy.ss_foreign_namespace import ss_foreign_namespace
from eso_lint.testing import lint

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "data" / "selector_verdicts.json").read_text(encoding="utf-8")
)
OWN = "own"


def store(case: dict[str, Any]) -> str:
    """A store of that kind with just these selectors, as JSON."""
    spec: dict[str, Any] = {}
    for path, state in case["selectors"]:
        node: Any = spec
        steps = [*path.split("."), ""]
        for step, following in pairwise(steps):
            empty: Any = [] if following == "[]" else {}
            if step == "[]":
                node.append(empty)
                node = node[-1]
            else:
                node = node.setdefault(step, empty)
        namespace, _, unnamed = state.partition(":")
        node.update({"key": "k"} if unnamed else {"name": "n", "key": "k"})
        if namespace != "absent":
            node["namespace"] = OWN if namespace == "own" else "elsewhere"
    metadata = {"name": "store", **({"namespace": OWN} if case["kind"] == "SecretStore" else {})}
    return json.dumps(
        {
            "apiVersion": "external-secrets.io/v1",
            "kind": case["kind"],
            "metadata": metadata,
            "spec": {"provider": spec},
        }
    )


def findings(case: dict[str, Any]) -> list[Finding]:
    rule = css_ref_needs_namespace if case["kind"] == "ClusterSecretStore" else ss_foreign_namespace
    return lint({"store.json": store(case)}, [rule])


@pytest.mark.parametrize("case", [c for c in CASES if c["refused"]], ids=store)
def test_what_the_webhook_refuses_is_an_error(case: dict[str, Any]) -> None:
    assert any(f.severity is Severity.ERROR for f in findings(case))


def test_what_the_webhook_accepts_is_never_said_to_be_refused_by_it() -> None:
    for case in CASES:
        if case["refused"]:
            continue
        for finding in findings(case):
            assert "webhook" not in finding.note, case
            # The CA source of a SecretStore is checked when the client is built, not by the webhook.
            assert case["kind"] == "ClusterSecretStore" or finding.severity is not Severity.ERROR, case


def test_every_provider_and_path_is_in_the_table() -> None:
    for provider, patterns in PROVIDERS.items():
        for pattern, _ in patterns:
            assert selector_scope(("spec", "provider", provider, *pattern.split("."))) is not None, (provider, pattern)


@pytest.mark.parametrize(
    ("path", "unset", "foreign"),
    [
        ("aws.auth.jwt.serviceAccountRef", Unset.CONSUMER, Foreign.REFUSED),
        ("doppler.auth.secretRef.dopplerToken", Unset.ADMISSION, Foreign.REFUSED),
        ("kubernetes.server.caProvider", Unset.ADMISSION, Foreign.FORBIDDEN),
        ("kubernetes.auth.serviceAccount", Unset.CONSUMER, Foreign.REFUSED),
        ("vault.caProvider", Unset.CLIENT, Foreign.REFUSED),
        ("scaleway.accessKey.secretRef", Unset.CLIENT, Foreign.REFUSED),
        ("webhook.secrets.[].secretRef", Unset.CLIENT, Foreign.IGNORED),
    ],
)
def test_some_scopes(path: str, unset: Unset, foreign: Foreign) -> None:
    steps: list[str | int] = [0 if step == "[]" else step for step in path.split(".")]
    assert selector_scope(("spec", "provider", *steps)) == (unset, foreign)
