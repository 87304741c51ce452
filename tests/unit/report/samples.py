"""Reports made by hand, for the tests of every format."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from typing import Any

from eso_lint.lint.report import Coverage, Report, Skipped, Suppressed
from eso_lint.lint.rule import (
    Confidence,
    Edit,
    Finding,
    Fix,
    Problem,
    Profile,
    Related,
    Rule,
    Safety,
    Severity,
    rule,
)
from eso_lint.report import Options, render
from eso_lint.source.node import SourceFile, Span


def _check(view: Any, workspace: Any) -> Iterator[Problem]:
    """A reference names a store that nothing in the repository defines.

    Why: the operator never syncs the object, and nothing fails when the manifest is applied.

    Fix: correct the name.
    """
    yield from ()


def make_rule(
    id: str = "ESO101",
    name: str = "store-not-found",
    severity: Severity = Severity.ERROR,
    security: float | None = None,
) -> Rule:
    decorate = rule(
        id=id,
        name=name,
        on=object,
        severity=severity,
        confidence=Confidence.MEDIUM,
        profile=Profile.DEFAULT,
        since="0.1.0",
        bad=("kind: A\nname: vualt  # <- ESO101\n",),
        good=("kind: A\nname: vault\n",),
        security=security,
    )
    return decorate(_check)


NOT_FOUND = make_rule()
TOO_SHORT = make_rule("ESO403", "refresh-too-short", Severity.WARNING)
STATIC = make_rule("ESO601", "static-credentials", Severity.INFO, 6.5)
RULES = (NOT_FOUND, TOO_SHORT, STATIC)

SECRET_STORE = """\
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: cache
  namespace: shop
spec:
  refreshInterval: 1s
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  namespace: shop
spec:
  secretStoreRef:
    kind: ClusterSecretStore
    name: vualt
"""
STORE = """\
kind: ClusterSecretStore
metadata:
  name: vault
"""


def source(text: str | bytes, path: str = "apps/shop/externalsecret.yaml") -> SourceFile:
    return SourceFile(path, text if isinstance(text, bytes) else text.encode())


def at(file: SourceFile, needle: str, occurrence: int = 0) -> Span:
    """The span of the n-th occurrence of a text."""
    start = -1
    for _ in range(occurrence + 1):
        start = file.text.index(needle, start + 1)
    return Span(file, start, start + len(needle))


def finding(
    span: Span,
    rule: Rule = NOT_FOUND,
    message: str = "no ClusterSecretStore named `vualt`",
    label: str = "",
    related: tuple[Related, ...] = (),
    note: str = "",
    help: str = "",
    fix: Fix | None = None,
    kind: str = "ExternalSecret",
    object: str = "db",
    namespace: str = "shop",
    document: int = 0,
    path: str = "spec.secretStoreRef.name",
) -> Finding:
    identity = hashlib.sha256(f"{rule.id} {span.file.path} {path} {message}".encode("utf-8", "replace")).hexdigest()[
        :32
    ]
    return Finding(
        rule, rule.severity, rule.confidence, span, message, label, related, note, help, fix, kind, object, namespace,
        path, document, identity,
    )  # fmt: skip


def report(
    *findings: Finding,
    suppressed: tuple[Suppressed, ...] = (),
    skipped: tuple[Skipped, ...] = (),
    objects: dict[str, int] | None = None,
    notes: tuple[str, ...] = (),
    below: int = 0,
    files: int = 412,
) -> Report:
    kinds = {"SecretStore": 16, "ExternalSecret": 80} if objects is None else objects
    coverage = Coverage(files, 96, kinds, skipped)
    return Report(findings, suppressed, below, coverage, notes, RULES, "default", 1 if findings else 0)


def story() -> Report:
    """A report with a little of everything."""
    file, store = source(SECRET_STORE), source(STORE, "infra/stores/vault.yaml")
    name = at(file, "vualt")
    first = finding(
        name,
        label="nothing defines this name",
        related=(Related(at(store, "vault"), "closest name"),),
        note="looked in 412 files under the repository root; 3 ClusterSecretStores found",
        help="write `vault`, or list it under `external: stores:` if it lives elsewhere",
        fix=Fix("write `vault`", (Edit(name, "vault"),), Safety.UNSAFE),
        document=1,
    )
    second = finding(
        at(file, "1s"),
        TOO_SHORT,
        "refreshes every `1s`, below the floor of 30 s",
        object="cache",
        path="spec.refreshInterval",
        help="write `1h`; a refresh per second is a request per second to the provider for each of the keys that this object reads",
    )
    hidden = finding(at(file, "db"), STATIC, "a static key", path="metadata.name")
    chart = source("a: {{ .b }}\n", "charts/x/templates/a.yaml")
    return report(
        second,
        first,
        suppressed=(Suppressed(hidden, "comment", "rotated by hand"),),
        skipped=(
            Skipped("big.yaml", "larger than 5 MB"),
            Skipped(chart.path, "template that is no YAML before it is rendered", at(chart, "{{")),
        ),
        notes=("3 references to stores were not checked: no store is defined in this repository",),
        below=5,
    )


def shown(format: str, report: Report, **options: Any) -> str:
    stream = io.StringIO()
    render(format, report, stream, Options(**options))
    return stream.getvalue()
