"""The report for people: where, what, why and what to do, with the source under it."""

from __future__ import annotations

from collections.abc import Iterator

from eso_lint.lint.report import Report, Suppressed
from eso_lint.lint.rule import Finding, Safety, Severity
from eso_lint.lint.ruledoc import rule_url
from eso_lint.report import Options, summary
from eso_lint.report.excerpt import Excerpts, Marked
from eso_lint.report.visible import cells, visible
from eso_lint.source.node import Span

_RESET = "\x1b[0m"
_BOLD = "1"
_DIM = "2"
_BLUE = "1;34"
_CYAN = "1;36"
_COLORS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.INFO: "1;36"}
_MAX_RELATED = 5
_SAFETY = {Safety.SAFE: "safe", Safety.UNSAFE: "unsafe: it changes what the manifest means", Safety.DISPLAY: "by hand"}


def render(report: Report, options: Options) -> Iterator[str]:
    """Pieces of text, one a finding, then the summary."""
    writer = _Writer(options)
    for finding in report.shown:
        yield writer.finding(finding) + "\n"
    if options.show_suppressed:
        for suppressed in report.suppressed:
            yield writer.finding(suppressed.finding, suppressed) + "\n"
    if options.statistics and report.shown:
        yield "\n".join([*summary.statistics(report), "", ""])
    for i, line in enumerate(() if options.quiet else summary.lines(report)):
        yield (writer.paint(line, _BOLD) if i == 0 else line) + "\n"


class _Writer:
    def __init__(self, options: Options) -> None:
        self.options = options
        self.excerpts = Excerpts()
        self.explained: set[str] = set()

    def paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}{_RESET}" if self.options.color and text else text

    def finding(self, finding: Finding, hidden: Suppressed | None = None) -> str:
        """One finding, with a line break at its end."""
        color = _COLORS[finding.severity]
        secret = finding.kind == "Secret"
        places = [(finding.span, secret)]
        related = finding.related[:_MAX_RELATED]
        places += [(r.span, secret and r.span.file is finding.span.file) for r in related]
        gutter = max(len(str(span.file.position(span.start)[0])) for span, _ in places)
        pad = " " * (gutter + 1)

        rows = [self._header(finding, color)]
        rows.append(f"{pad} {self.paint('-->', _BLUE)} {self._place(finding.span)}{self._object(finding)}")
        rows += self._excerpt(finding.span, secret, gutter, "^", finding.label, color, context=True)
        for place, (span, masked) in zip(related, places[1:], strict=True):
            rows.append(f"{pad}{self.paint(':::', _BLUE)} {self._place(span)}")
            rows += self._excerpt(span, masked, gutter, "-", place.message, _BLUE)
        if len(finding.related) > _MAX_RELATED:
            rows.append(f"{pad}{self.paint(':::', _BLUE)} and {len(finding.related) - _MAX_RELATED} more places")
        if finding.note:
            rows += self._remark("note", finding.note, _BOLD)
        if finding.help:
            rows += self._remark("help", finding.help, _CYAN)
        if finding.fix is not None:
            rows += self._remark("fix", f"{finding.fix.title} ({_SAFETY[finding.fix.safety]})", _CYAN)
        if hidden is not None:
            rows += self._remark(f"suppressed by {hidden.how}", hidden.reason or "without a reason", _BOLD)
        if not self.options.hyperlinks and finding.rule.id not in self.explained:
            self.explained.add(finding.rule.id)
            rows.append(f" {self.paint('docs', _CYAN)}: {rule_url(finding.rule)}")
        return "\n".join(rows) + "\n"

    def _header(self, finding: Finding, color: str) -> str:
        id = finding.rule.id
        if self.options.hyperlinks:
            id = f"\x1b]8;;{rule_url(finding.rule)}\x1b\\{id}\x1b]8;;\x1b\\"
        head = self.paint(f"{finding.severity.label}[{id}]", color)
        return f"{head} {finding.rule.name}: {self.paint(visible(finding.message), _BOLD)}"

    def _place(self, span: Span) -> str:
        line, column = span.file.position(span.start)
        return f"{visible(span.file.path)}:{line}:{column}"

    def _object(self, finding: Finding) -> str:
        """` (ExternalSecret shop/db, document 2)`; nothing where the finding is about no object."""
        if not finding.kind:
            return ""
        name = f"{finding.namespace}/{finding.object}" if finding.namespace else finding.object
        document = f", document {finding.document + 1}" if finding.document else ""
        return self.paint(visible(f" ({finding.kind} {name}{document})"), _DIM)

    def _excerpt(
        self, span: Span, secret: bool, gutter: int, mark: str, label: str, color: str, context: bool = False
    ) -> list[str]:
        number = span.file.position(span.start)[0]
        room = self.options.width - gutter - 4
        bar = self.paint("|", _BLUE)
        rows = []
        if context and number > 1:
            before = self._context(span, number - 1, room, secret)
            if before.strip(" -"):
                rows.append(f" {self.paint(f'{number - 1:>{gutter}}', _BLUE)} {bar} {before}")
        marked = self.excerpts.marked(span, room, secret)
        rows.append(f" {self.paint(f'{number:>{gutter}}', _BLUE)} {bar} {marked.text}".rstrip())
        marks = f" {' ' * gutter} {bar} {' ' * marked.lead}"
        under = mark * marked.marks
        label = visible(label)
        width = sum(w for _, w in cells(label))
        if not label or marked.lead + marked.marks + 1 + width <= room:
            rows.append(marks + self.paint(f"{under} {label}".rstrip(), color))
        else:
            rows.append(marks + self.paint(under, color))
            lead = max(0, min(marked.lead, room - width))
            rows.append(f" {' ' * gutter} {bar} {' ' * lead}{self.paint(label, color)}")
        return rows

    def _context(self, span: Span, number: int, room: int, secret: bool) -> str:
        text = self.excerpts.line(span.file, number, secret, beside=True)
        return _cut(text, room).text

    def _remark(self, word: str, text: str, color: str) -> list[str]:
        """` note: text`, wrapped to the width with a hanging indent."""
        lead = len(word) + 3
        first, *rest = _wrap(visible(text), max(self.options.width - lead, 40))
        return [f" {self.paint(word, color)}: {first}", *(" " * lead + line for line in rest)]


def _cut(text: str, room: int) -> Marked:
    from eso_lint.report.excerpt import fit

    return fit(text, 0, 0, room)


def _wrap(text: str, width: int) -> list[str]:
    """Break at spaces, but never within backticks."""
    lines = [""]
    used = 0
    for word in _words(text):
        size = sum(w for _, w in cells(word))
        if lines[-1] and used + 1 + size > width:
            lines.append("")
            used = 0
        lines[-1] += (" " if lines[-1] else "") + word
        used += size + (1 if used else 0)
    return lines


def _words(text: str) -> Iterator[str]:
    held: list[str] = []
    for word in text.split(" "):
        held.append(word)
        joined = " ".join(held)
        if joined.count("`") % 2 == 0 or len(joined) > 60:
            yield joined
            held = []
    if held:
        yield " ".join(held)
