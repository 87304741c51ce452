from __future__ import annotations

import io
import re

import pytest
from syrupy.assertion import SnapshotAssertion

from eso_lint.lint.report import Report
from eso_lint.lint.rule import Related
from eso_lint.report import Options, render
from eso_lint.report.excerpt import fit
from eso_lint.report.visible import cells
from eso_lint.source.node import Span
from tests.unit.report.odd import ODD, SECRET
from tests.unit.report.samples import at, finding, report, shown, source, story

PEOPLE = ("text", "concise", "github", "markdown")


@pytest.mark.parametrize("format", PEOPLE)
def test_story(format: str, snapshot: SnapshotAssertion) -> None:
    assert shown(format, story(), show_suppressed=True, statistics=True) == snapshot


@pytest.mark.parametrize("name", sorted(ODD))
def test_odd_files(name: str, snapshot: SnapshotAssertion) -> None:
    assert shown("text", ODD[name], width=80, quiet=True) == snapshot


def test_color_and_links_change_no_letter() -> None:
    colored = shown("text", story(), color=True, hyperlinks=True)
    plain = re.sub(r"\x1b\[[\d;]*m|\x1b\]8;;[^\x1b]*\x1b\\", "", colored)
    without_docs = re.sub(r"^ docs: .*\n", "", shown("text", story()), flags=re.MULTILINE)
    assert plain == without_docs
    assert "\x1b]8;;https://" in colored


@pytest.mark.parametrize("format", PEOPLE)
@pytest.mark.parametrize("name", sorted(ODD))
def test_no_terminal_code_or_workflow_command_gets_through(format: str, name: str) -> None:
    text = shown(format, ODD[name])
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029\ud800-\udfff]", text)
    assert "##[" not in text
    commands = [
        line for line in text.splitlines() if line.lstrip().startswith("::") and not line.lstrip().startswith("::: ")
    ]
    assert len(commands) == (len(ODD[name].shown) if format == "github" else 0)


@pytest.mark.parametrize("format", [*PEOPLE, "json", "sarif"])
def test_secret_values_are_never_shown(format: str) -> None:
    file = source(SECRET)
    everywhere = [
        finding(at(file, part), kind=kind)
        for part in ("kind", "password", "hunter1", "config", "user", "api", "type", "stringData")
        for kind in ("Secret", "")
    ]
    related = finding(at(source("a: b\n", "other.yaml"), "b"), related=(Related(at(file, "hunter3"), "this"),))
    text = shown(format, report(*everywhere, related))
    assert "hunter" not in text


@pytest.mark.parametrize(
    "text",
    [
        '{"kind": "Secret", "data": {"a": "hunter1", "b": "hunter2"}}\n',
        '{\n  "kind": "Secret",\n  "data": {\n    "a": "hunter1",\n    "b": "hunter2"\n  }\n}\n',
        '{\n"kind": "Secret",\n"data": {\n"a": "hunter1"\n}\n}\n',
        "kind: Secret\ndata:\n    a: |-\n      x: hunter1\n      hunter2\n    b: hunter3\n",
        "kind: Secret\r\ndata:\r\n  a: hunter1\r\n",
        "data: {a: hunter1}\nkind: 'Secret' # x\n",
        "kind: List\nitems:\n- kind: Secret\n  data:\n    a: hunter1\n  type: Opaque\n",
        'kind: Secret\nmetadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      {"data":{"a":"hunter1"}}\n',
        'kind: Secret\nstringData:\n  "a b": "hunter1\n    hunter2"\n',
    ],
)
def test_secrets_in_every_style(text: str) -> None:
    file = source(text)
    lines = [finding(Span(file, start, start)) for start in file.line_starts]
    for format in ("text", "sarif"):
        assert "hunter" not in shown(format, report(*lines, objects={}))


def test_other_documents_of_a_secret_file_are_shown() -> None:
    file = source("kind: Secret\ndata:\n  a: hunter1\n---\nkind: ExternalSecret\nspec:\n  data:\n    - secretKey: x\n")
    assert "- secretKey: x" in shown("text", report(finding(at(file, "secretKey"))))


def test_clean_runs() -> None:
    assert shown("text", report()) == (
        "All clear: no problems in 412 files (96 External Secrets objects: 80 ExternalSecret, 16 SecretStore).\n"
    )
    assert shown("text", report(objects={}, files=12)) == (
        "Nothing to report: no External Secrets objects found in 12 files.\n"
    )


@pytest.mark.parametrize("room", [20, 40, 74])
@pytest.mark.parametrize(
    "line", ["a" * 10, "a" * 74, "a" * 75, "a" * 1000, "金" * 50, "\t" * 30 + "é" * 30, "e\u0301" * 90, ""]
)
@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 1.0])
def test_a_cut_line_fits_and_shows_the_span(line: str, share: float, room: int) -> None:
    start = int(len(line) * share)
    for end in {start, min(start + 3, len(line)), len(line)}:
        marked = fit(line, start, end, room)
        width = sum(w for _, w in cells(marked.text))
        assert width <= room
        assert marked.marks >= 1
        assert marked.lead + marked.marks <= max(width, marked.lead + 1)


def test_a_narrow_stream_gets_escapes() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    render("text", ODD["wide"], stream, Options())
    stream.flush()
    assert b"\\u91d1" in raw.getvalue()


def test_unknown_format() -> None:
    with pytest.raises(KeyError):
        render("xml", report(), io.StringIO(), Options())


def many(count: int) -> Report:
    file = source("".join(f"name: vualt{i}\n" for i in range(count)))
    return report(*(finding(Span(file, start + 6, start + 11)) for start in file.line_starts[:-1]))


@pytest.mark.parametrize("format", [*PEOPLE, "json", "sarif"])
def test_ten_thousand_findings_are_no_trouble(format: str) -> None:
    assert "vualt" in shown(format, many(10_000))
