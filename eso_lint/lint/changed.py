"""Read wide, report narrow: of all findings, those that a change touched or broke."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from eso_lint.lint.rule import Finding
from eso_lint.source.node import decode
from eso_lint.source.parse import chunks


def narrow(
    findings: Iterable[Finding], earlier: Iterable[Finding], before: Mapping[str, bytes | None]
) -> list[Finding]:
    """Findings in documents that the change wrote, and findings that the state before did not have.

    `earlier` are the findings of the repository as it was; `before` maps changed paths to their old bytes.
    """
    known = {finding.fingerprint for finding in earlier}
    old_documents: dict[str, frozenset[str]] = {}
    kept: list[Finding] = []
    for finding in findings:
        path = finding.span.file.path
        if finding.fingerprint not in known:
            kept.append(finding)
        elif path in before:
            if path not in old_documents:
                old_documents[path] = _documents(decode(before[path] or b""))
            if _document_at(finding.span.file.text, finding.span.start) not in old_documents[path]:
                kept.append(finding)
    return kept


def _documents(text: str) -> frozenset[str]:
    return frozenset(text[start:end].strip() for start, end in chunks(text))


def _document_at(text: str, offset: int) -> str:
    for start, end in chunks(text):
        if start <= offset < end:
            return text[start:end].strip()
    return text.strip()
