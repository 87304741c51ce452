"""Reports on strange files."""

from __future__ import annotations

from eso_lint.lint.report import Report, Skipped
from eso_lint.lint.rule import Edit, Fix, Related, Safety
from eso_lint.source.node import SourceFile, Span
from tests.unit.report.samples import NOT_FOUND, STATIC, at, finding, report, source


def _whole(file: SourceFile) -> Span:
    return Span(file, 0, len(file.text))


def _end(file: SourceFile) -> Span:
    return Span(file, len(file.text), len(file.text))


SECRET = """\
apiVersion: v1
kind: Secret
metadata:
  name: db
stringData:
  # hunter0
  password: hunter1
  config: |
    user: hunter2
  api: {k: hunter3}
type: Opaque
"""
LONG = "key: [" + "x" * 500_000 + "NEEDLE" + "y" * 500_000 + "]\n"
_merge = source("a: vualt\nb: [vualt, vuelt]\n")
_hostile_message = "no store `x`\n::error::pwned \x1b[31mred\x1b[0m ##[error]pwned [link](1) {0} <b>|`"

ODD: dict[str, Report] = {
    "no-newline-at-end": report(finding(_end(source("name: vualt")))),
    "end-of-file": report(finding(_end(source("name: vualt\n")))),
    "empty-file": report(finding(_end(source("")))),
    "zero-width": report(finding(Span(source("name: vualt\n"), 6, 6))),
    "several-lines": report(finding(_whole(source("a: 1\nb: 2\nc: 3\n")))),
    "one-line-file": report(finding(_whole(source("name: vualt")))),
    "crlf": report(finding(at(source("a: 1\r\nname: vualt\r\nb: 2\r\n"), "vualt"))),
    "tabs": report(finding(at(source("a:\t1\n\t\tname:\tvualt\t# x\n"), "vualt"))),
    "wide": report(finding(at(source("a: 1\n名前: 金庫😀 # e\u0301\n"), "金庫😀"), label="これ")),
    "bom": report(finding(at(source(b"\xef\xbb\xbfname: vualt\n"), "vualt"))),
    "bytes": report(finding(at(source(b"a: \xff\xfe\nname: vualt\n", "app\udcff/x.yaml"), "vualt"), object="\udcff")),
    "path": report(
        finding(at(source("name: vualt\n", "a b/ü,#%:?\n::error::x.yaml"), "vualt")),
        skipped=(Skipped("::error::a\nb.yaml", "binary"),),
    ),
    "hostile": report(
        finding(
            at(source("a: 1 ##[error]x\n::error::name: vualt \x1b]0;x\x07\u202e\n", "::error::pwned.yaml"), "vualt"),
            message=_hostile_message,
            label=_hostile_message,
            note=_hostile_message,
            help=_hostile_message,
            object="::x\x1b[2J",
            related=(Related(Span(source("b\x1b[1mc\n", "::warning::\x1b.yaml"), 0, 1), "[see](9) \x1b[1m"),),
        ),
        notes=("::error::note\x1b[1m\nnext",),
        skipped=(Skipped("x\x1b[1m", "why\n::error::"),),
    ),
    "merged": report(
        finding(at(_merge, "vualt", 1), related=(Related(at(_merge, "a"), "first"),)),
        finding(at(_merge, "vuelt"), message="no store `vuelt`", related=(Related(at(_merge, "a"), "first"),)),
        finding(at(_merge, "vuelt"), STATIC, "other rule"),
    ),
    "fix": report(
        finding(at(_merge, "vualt"), fix=Fix("write `vault`", (Edit(at(_merge, "vualt"), "vault"),), Safety.SAFE))
    ),
    "secret": report(
        finding(
            at(source(SECRET), "hunter1"),
            kind="Secret",
            fix=Fix("f", (Edit(at(source(SECRET), "hunter1"), "hunter9"),)),
        )
    ),
    "long": report(finding(at(source(LONG), "NEEDLE"))),
    "long-value": report(finding(_whole(source(LONG)))),
    "no-object": report(finding(at(_merge, "vualt"), kind="", object="", namespace="", path=""), objects={}),
    "unknown-rule": report(
        finding(at(_merge, "vualt"), NOT_FOUND._replace(id="XYZ1", name="strange", source="plugin"))
    ),
    "syntax": report(finding(at(_merge, "vuelt"), NOT_FOUND._replace(id="ESO001", name="yaml-syntax"))),
}
