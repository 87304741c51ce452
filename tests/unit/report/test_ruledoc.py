from __future__ import annotations

from eso_lint.lint.ruledoc import file_name, help_markdown, help_text, page, rule_url, sections
from tests.unit.report.samples import NOT_FOUND, STATIC

LONG = """Summary line.

    More of it.

    Why: first line
    goes on.

    - a point
    - another

    References: https://example.org/
    """


def test_page() -> None:
    text = page(STATIC)
    assert text.startswith("# ESO601 static-credentials\n\n| Severity |")
    assert "| info | medium | default | 0.1.0 | 6.5 |" in text
    assert "name: vualt  # <- ESO101" in text
    assert text.endswith("```\n")


def test_help_has_no_marks() -> None:
    assert "<-" not in help_markdown(NOT_FOUND)
    assert rule_url(NOT_FOUND).endswith("/rules/ESO101-store-not-found.md")
    assert file_name(NOT_FOUND) == "ESO101-store-not-found.md"


def test_sections() -> None:
    parts = sections(NOT_FOUND._replace(doc=LONG))
    assert parts[""] == "Summary line.\n\nMore of it."
    assert parts["Why"] == "first line\ngoes on.\n\n- a point\n- another"
    assert parts["References"] == "https://example.org/"
    assert "Why: first line goes on.\n\n- a point\n- another" in help_text(NOT_FOUND._replace(doc=LONG))


def test_files_and_fences_of_an_example() -> None:
    example = "# file: a/x.yaml\na: 1\n# file: README.md\n```sh\nls\n```\n"
    text = page(NOT_FOUND._replace(bad=(example,)))
    assert "`a/x.yaml`\n\n```yaml\na: 1\n```" in text
    assert "````markdown\n```sh\nls\n```\n````" in text
