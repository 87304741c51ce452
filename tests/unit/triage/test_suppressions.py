"""What a suppression covers, in every place one can stand."""

from __future__ import annotations

import pytest

from eso_lint.source.directives import Suppression, suppressions
from eso_lint.source.node import SourceFile
from eso_lint.source.parse import parse


def markers(text: str, path: str = "a.yaml") -> tuple[Suppression, ...]:
    file = SourceFile(path, text.encode())
    return suppressions(file, parse(file) if path.endswith(".yaml") else None)


def lines(text: str, path: str = "a.yaml") -> list[set[int]]:
    """The lines whose first character each marker covers."""
    found = []
    for marker in markers(text, path):
        starts = [i for i, line in enumerate(text.split("\n"), 1) if line.strip()]
        file = marker.file
        spans = [file.line_starts[n - 1] + len(file.line(n)) - len(file.line(n).lstrip(" -")) for n in starts]
        from eso_lint.source.node import Span

        found.append({n for n, at in zip(starts, spans, strict=True) if marker.hides(Span(file, at, at + 1))})
    return found


def test_at_the_end_of_a_line_it_covers_the_line() -> None:
    assert lines("a: 1 # eso-lint: ignore[x] why\nb: 2\n") == [{1}]
    assert lines("spec: # eso-lint: ignore[x] why\n  b: 2\n") == [{1}]


def test_at_the_key_of_a_text_it_covers_the_text() -> None:
    assert lines("a: | # eso-lint: ignore[x] why\n  one\n  two\nb: 2\n") == [{1, 2, 3}]
    assert lines('a: "one\n  two" # eso-lint: ignore[x] why\nb: 2\n') == [{1, 2}]


def test_alone_it_covers_the_next_node_as_a_whole() -> None:
    assert lines("a: 1\n# eso-lint: ignore[x] why\nb:\n  c: 2\n  d: 3\ne: 4\n") == [{3, 4, 5}]
    assert lines("a:\n  # eso-lint: ignore[x] why\n  - b: 1\n    c: 2\n  - d: 3\n") == [{3, 4}]


def test_before_the_first_key_it_covers_the_document() -> None:
    assert lines("# eso-lint: ignore[x] why\na: 1\nb: 2\n---\nc: 3\n") == [{2, 3}]
    assert lines("a: 1\n---\n# eso-lint: ignore[x] why\nb: 2\nc: 3\n") == [{4, 5}]


def test_document_and_file() -> None:
    assert lines("a: 1\n---\nb: 2\nc: 3 # eso-lint: ignore-document[x] why\n---\nd: 4\n") == [{2, 3, 4}]
    assert lines("# eso-lint: ignore-file[x] why\na: 1\n---\nb: 2\n") == [{1, 2, 3, 4}]
    assert [m.fault for m in markers("a: 1\n# eso-lint: ignore-file[x] why\nb: 2\n")] == ["late"]


def test_names_and_reason() -> None:
    (marker,) = markers("a: 1 # eso-lint: ignore[ESO101, store-not-found]  made by Terraform\n")
    assert [name.text for name in marker.names] == ["ESO101", "store-not-found"]
    assert [name.span.text for name in marker.names] == ["ESO101", "store-not-found"]
    assert marker.reason == "made by Terraform"


def test_in_a_text_it_hides_nothing() -> None:
    (marker,) = markers("a: |\n  # eso-lint: ignore[x] why\n  b\n")
    assert marker.fault == "text"
    assert markers('a: "# no comment, eso-lint: ignore[x]"\n') == ()


@pytest.mark.parametrize(
    "comment",
    ["eso-lint ignore x", "esolint: ignore[x]", "eso-lint: ignore x", "ignore ESO101", "eso-lint: disable[x]"],
)
def test_misspelt(comment: str) -> None:
    assert [m.fault for m in markers(f"a: 1 # {comment}\n")] == ["misspelt"]


@pytest.mark.parametrize(
    "comment",
    [
        "eso-lint ignores templates",
        "see eso-lint: ignore[x] in the docs",
        "eso-lint: made by hand",
        "do not ignore this",
    ],
)
def test_prose_is_no_marker(comment: str) -> None:
    assert markers(f"a: 1 # {comment}\n") == ()


def test_scripts_and_markdown() -> None:
    assert lines("# eso-lint: ignore[x] why\nkubectl apply \\\n  -f x\nls\n", "a.sh") == [{2, 3}]
    assert lines("kubectl apply \\\n  -f x # eso-lint: ignore[x] why\nls\n", "a.sh") == [{1, 2}]
    text = "<!-- eso-lint: ignore[x] why -->\n\n```sh\nkubectl apply\nls\n```\n\ntext\n"
    assert lines(text, "a.md") == [{3, 4, 5, 6}]
    assert markers("```yaml\na: 1 # eso-lint: ignore[x] why\n```\n`<!-- eso-lint: ignore[x] -->`\n", "a.md") == ()


def test_templates_keep_their_comments() -> None:
    text = "a: {{ .Values.x }} # eso-lint: ignore[x] why\nb: 1\n"
    assert lines(text) == [{1}]
