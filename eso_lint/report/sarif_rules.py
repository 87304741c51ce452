"""Rule metadata in SARIF: constant per rule, the same for every run of one version."""

from __future__ import annotations

from typing import Any

from eso_lint import HOMEPAGE
from eso_lint.lint.rule import Rule, Severity
from eso_lint.lint.ruledoc import help_markdown, help_text, reflow, rule_url, sections
from eso_lint.report.visible import whole

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PROBLEM_SEVERITY = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}
# What code scanning accepts.
_MAX_NAME = 255
_MAX_DESCRIPTION = 1024

NOTIFICATIONS: tuple[tuple[str, str, str], ...] = (
    ("ESO-SKIPPED", "NotChecked", "A file or a document was not checked."),
    ("ESO-UNREADABLE", "NotReadable", "A document could not be read as YAML."),
)


def descriptor(rule: Rule) -> dict[str, Any]:
    """A `reportingDescriptor` for one rule."""
    parts = sections(rule)
    summary = sentence(rule.summary) or f"{rule.id}."
    why = reflow(parts.get("Why", "")).replace("\n", " ")
    properties: dict[str, Any] = {
        "precision": rule.confidence.label,
        "problem.severity": _PROBLEM_SEVERITY[rule.severity],
        "profile": rule.profile.label,
        "tags": _tags(rule),
    }
    if rule.security is not None:
        properties["security-severity"] = f"{float(rule.security):.1f}"
    return {
        "id": rule.id,
        "name": pascal(rule.name)[:_MAX_NAME],
        "shortDescription": {"text": _limit(summary)},
        "fullDescription": {"text": _limit(f"{summary} {sentence(why)}".strip())},
        "help": {"text": help_text(rule), "markdown": help_markdown(rule)},
        "helpUri": rule_url(rule),
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": dict(sorted(properties.items())),
    }


def notification_descriptors() -> list[dict[str, Any]]:
    """Descriptors of what the tool says about its own run."""
    return [
        {
            "id": id,
            "name": name,
            "shortDescription": {"text": text},
            "fullDescription": {"text": text},
            "help": {"text": f"{text} Other documents and files were still checked."},
            "helpUri": HOMEPAGE,
            "defaultConfiguration": {"level": "warning"},
        }
        for id, name, text in NOTIFICATIONS
    ]


def pascal(name: str) -> str:
    """`store-not-found` to `StoreNotFound`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("-"))


def sentence(text: str) -> str:
    """A clause as a sentence: upper-case start, full stop."""
    text = whole(text.strip())
    if not text:
        return ""
    return text[:1].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")


def _tags(rule: Rule) -> list[str]:
    """Subjects, the rule's family (its folder; for a stranger's rule its source), and `security` where true."""
    module = getattr(rule.check, "__module__", "").split(".")
    family = module[2] if module[:2] == ["eso_lint", "rules"] and len(module) > 3 else rule.source
    return sorted({"external-secrets", "kubernetes", family, *(("security",) if rule.security is not None else ())})


def _limit(text: str) -> str:
    if len(text) <= _MAX_DESCRIPTION:
        return text
    return text[: _MAX_DESCRIPTION - 4].rsplit(" ", 1)[0].rstrip(".,;:") + "..."
