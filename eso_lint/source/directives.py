"""Suppression comments: `# eso-lint: ignore[ESO101,store-not-found] reason`.

At the end of a line the comment covers what stands on that line; alone on a line, the next node as a whole (a key with
its block, a list item, the document where it stands before the first key). `ignore-document[...]` and
`ignore-file[...]` cover a document and a file. In YAML only real comments count: a marker inside a text value hides
nothing. In Markdown the comment is `<!-- eso-lint: ignore[...] reason -->`.
"""

from __future__ import annotations

import re
from bisect import bisect, bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, SourceFile, Span, walk
from eso_lint.source.parse import Parsed, chunks

NEEDLE = b"eso-lint"
Seen = dict[int, tuple[int, int]]
# Files without the exact needle are only looked into when they are read anyway: for misspelt markers.
SUSPECT = re.compile(rb"(?i)eso[-_ ]?lint|\bignore[\[ (:]*ESO\d{3}")

_MARKER = re.compile(r"eso-lint:[ \t]*(ignore(?:-document|-file)?)\[([^\[\]\r\n]*)\][ \t]*([^\r\n]*)")
_LEAD = re.compile(r"[#<!\- \t]*+")
_HASHES = re.compile(r"[# \t]*+")
_VERB = r"(?:ignored?|disabled?|skip|suppress|allow|noqa|nolint|off|ignore-(?:doc\w*|file|line|next\S*))"
_MISSPELT = re.compile(rf"eso[-_ ]?lint\b[ \t]*[:=]?[ \t]*{_VERB}(?![\w-])|ignore[ \t\[(:]*ESO\d{{3}}", re.IGNORECASE)
_NAME = re.compile(r"[^,\s]+")
_YAML_COMMENT = re.compile(r"(?:(?<=[ \t\r\n])|\A)#[^\r\n]*")
_HTML_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[ \t]*([\w+-]*)[^\n]*$", re.MULTILINE)
_SHELLS = frozenset(("sh", "bash", "shell", "zsh", "console", "shell-session"))
_YAML_FILE = re.compile(r"\.(?:ya?ml|json)(?:\.(?:tpl|tmpl|j2|gotmpl))?\Z")


class Name(NamedTuple):
    """One rule name (or id) of a suppression, and where it stands."""

    text: str
    span: Span


class Suppression(NamedTuple):
    """One marker as written.

    `scope` is line, node, document, file or object (an annotation). `covers` are the offsets that it hides, half-open,
    None for the whole file. `fault` says why it hides nothing: "text" (inside a text value), "misspelt", "late" (an
    ignore-file after the first document), "empty" (names no rule); "" where it works.
    `unused` and `unknown` are filled by triage: names that hid nothing, and names no rule has (with a suggestion).
    """

    file: SourceFile
    span: Span
    scope: str
    names: tuple[Name, ...]
    reason: str
    covers: tuple[int, int] | None
    fault: str = ""
    unused: tuple[Name, ...] = ()
    unknown: tuple[tuple[Name, str], ...] = ()

    def hides(self, span: Span) -> bool:
        """Whether a place lies in what this covers."""
        if self.fault or span.file.path != self.file.path:
            return False
        return self.covers is None or self.covers[0] <= span.start < max(self.covers[1], self.covers[0] + 1)


def suppressions(file: SourceFile, parsed: Parsed | None) -> tuple[Suppression, ...]:
    """All markers of a file, in order. `parsed` is the file with all its documents, None for what is no YAML."""
    if parsed is not None and _YAML_FILE.search(file.path):
        return tuple(_yaml(file, parsed))
    if file.path.endswith((".md", ".markdown", ".mdx")):
        return tuple(_markdown(file))
    return tuple(_script(file, 0, len(file.text)))


def _marker(file: SourceFile, start: int, end: int) -> tuple[re.Match[str] | None, bool]:
    """The marker in a comment's text, or whether one seems to be meant."""
    lead = _LEAD.match(file.text, start, end)
    # A marker begins its comment: prose that mentions one is no marker.
    at = lead.end() if lead is not None else start
    match = _MARKER.match(file.text, at, end)
    return match, match is None and _MISSPELT.match(file.text, at, end) is not None


def _make(
    file: SourceFile, match: re.Match[str], scope: str, covers: tuple[int, int] | None, fault: str = ""
) -> Suppression:
    base = match.start(2)
    names = tuple(Name(n[0], Span(file, base + n.start(), base + n.end())) for n in _NAME.finditer(match[2]))
    reason = match[3].removesuffix("-->").strip(" \t-:#")
    span = Span(file, match.start(), match.end(2) + 1)
    return Suppression(file, span, scope, names, reason, covers, fault or ("" if names else "empty"))


def _misspelt(file: SourceFile, start: int, end: int) -> Suppression:
    line = file.text[start:end].rstrip()
    return Suppression(file, Span(file, start, start + len(line)), "line", (), "", (start, start), "misspelt")


class _Places:
    """The nodes of one file, as far as suppressions need them."""

    def __init__(self, file: SourceFile, parsed: Parsed) -> None:
        self.file = file
        self.chunks = [(s, e) for s, e in chunks(file.text) if file.text[s:e].strip()]
        self.scalars: list[tuple[int, int]] = []
        # The same, of block texts without their header, after which a comment may stand.
        self.texts: list[tuple[int, int]] = []
        self.flows: list[tuple[int, int]] = []
        # Outermost first at each start: documents, then list items and keys with their blocks.
        self.units: list[tuple[int, int]] = []
        for document in parsed.documents:
            self.units.append((document.root.start, document.end))
            for node in walk(document.root):
                self._see(node)
        self.units.sort(key=lambda unit: (unit[0], -unit[1]))
        self.texts.sort()
        self.scalars.sort()
        # Flow collections inside of others touch no further line.
        outer: list[tuple[int, int]] = []
        for start, end in sorted(self.flows, key=lambda flow: (flow[0], -flow[1])):
            if not outer or start >= outer[-1][1]:
                outer.append((start, end))
        self.flows = outer

    def _see(self, node: Node) -> None:
        if isinstance(node, (Scalar, Opaque)):
            self.scalars.append((node.start, node.end))
            header = node.start
            if isinstance(node, Scalar) and node.style in ("|", ">"):
                header = self.file.text.find("\n", node.start, node.end)
            self.texts.append((node.end if header < 0 else header, node.end))
        elif isinstance(node, Mapping):
            if node.flow:
                self.flows.append((node.start, node.end))
            self.units += [(key.start, max(key.end, value.end)) for key, value in node.entries]
        elif isinstance(node, Sequence):
            if node.flow:
                self.flows.append((node.start, node.end))
            self.units += [(item.start, item.end) for item in node.items]

    def in_scalar(self, offset: int) -> bool:
        i = bisect(self.texts, (offset, len(self.file.text) + 1)) - 1
        # Scalars do not overlap, but templates may put an opaque beside one.
        return any(start <= offset < end for start, end in self.texts[max(0, i - 1) : i + 1])

    def line(self, offset: int) -> tuple[int, int]:
        """The line of an offset, widened to the texts and flow collections that touch it."""
        starts = self.file.line_starts
        number = self.file.position(offset)[0]
        start = starts[number - 1]
        end = starts[number] if number < len(starts) else len(self.file.text)
        low, high = start, end
        for spans in (self.scalars, self.flows):
            # Where spans do not overlap, few of those that begin before the line can reach it.
            for i in range(max(0, bisect(spans, (start, 0)) - 2), bisect(spans, (end, 0))):
                if spans[i][1] > start:
                    low, high = min(low, spans[i][0]), max(high, spans[i][1])
        return starts[self.file.position(low)[0] - 1], high

    def next(self, offset: int) -> tuple[int, int] | None:
        """The outermost node that begins after an offset, in the same document or the one that follows it."""
        i = bisect_left(self.units, (offset, -1))
        return self.units[i] if i < len(self.units) else None

    def chunk(self, offset: int) -> tuple[int, int]:
        i = bisect(self.chunks, (offset, len(self.file.text) + 1)) - 1
        found = i >= 0 and offset < self.chunks[i][1]
        return self.chunks[i] if found else (0, len(self.file.text))

    def first_content(self) -> int:
        return self.units[0][0] if self.units else len(self.file.text)


def _yaml(file: SourceFile, parsed: Parsed) -> Iterator[Suppression]:
    places = _Places(file, parsed)
    text = file.text
    seen: Seen = {}
    for comment in _YAML_COMMENT.finditer(text):
        start, end = comment.span()
        if places.in_scalar(start):
            # Only a line that would be a comment by itself: a text about markers is no attempt.
            lead = _HASHES.match(text, start, end)
            match = _MARKER.match(text, lead.end() if lead is not None else start, end)
            if match is not None:
                yield _make(file, match, "line", (start, start), "text")
            continue
        match, meant = _marker(file, start, end)
        if match is None:
            if meant:
                yield _misspelt(file, start, end)
            continue
        if match[1] == "ignore-file":
            late = start > places.first_content()
            yield _make(file, match, "file", None, "late" if late else "")
        elif match[1] == "ignore-document":
            yield _make(file, match, "document", places.chunk(start))
        elif _alone(text, start):
            yield _make(file, match, "node", places.next(end) or _next_line(file, end, seen))
        else:
            yield _make(file, match, "line", places.line(start))


def _alone(text: str, start: int) -> bool:
    line = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    return not text[line:start].strip()


def _next_line(file: SourceFile, offset: int, seen: Seen) -> tuple[int, int]:
    """The next line that is no comment, with those that continue it. `seen` keeps the answers of earlier calls."""
    starts = file.line_starts
    number = file.position(offset)[0]
    passed = []
    while number < len(starts) and number not in seen:
        passed.append(number)
        text = file.line(number + 1).strip()
        if text and not text.startswith("#"):
            break
        number += 1
    found = seen.get(number)
    if found is None:
        start = starts[number] if number < len(starts) else len(file.text)
        found = start, _continued(file, number + 1, seen)
    seen.update(dict.fromkeys(passed, found))
    return found


def _continued(file: SourceFile, number: int, seen: Seen) -> int:
    """Where a line ends with all that continue it. The answers of earlier calls stand in `seen` below zero."""
    starts = file.line_starts
    passed = [number]
    while number < len(starts) and -number not in seen and file.line(number).rstrip().endswith("\\"):
        number += 1
        passed.append(number)
    end = starts[number] if number < len(starts) else len(file.text)
    found = seen.get(-number, (end, end))
    seen.update((-line, found) for line in passed)
    return found[1]


def _this_line(file: SourceFile, offset: int, seen: Seen) -> tuple[int, int]:
    """The line of an offset, with the earlier ones that it continues. `seen` keeps the answers of earlier calls."""
    starts = file.line_starts
    number = last = file.position(offset)[0]
    while number > 1 and number not in seen and file.line(number - 1).rstrip().endswith("\\"):
        number -= 1
    first = seen[number][0] if number in seen else starts[number - 1]
    seen[last] = first, starts[last] if last < len(starts) else len(file.text)
    return seen[last]


def _script(file: SourceFile, start: int, end: int) -> Iterator[Suppression]:
    """Markers in `#` comments of scripts, Makefiles, Dockerfiles."""
    text = file.text
    before: Seen = {}
    after: Seen = {}
    for comment in _YAML_COMMENT.finditer(text, start, end):
        match, meant = _marker(file, *comment.span())
        if match is None:
            if meant:
                yield _misspelt(file, *comment.span())
        elif match[1] == "ignore-file":
            yield _make(file, match, "file", None)
        elif match[1] == "ignore-document":
            yield _make(file, match, "document", (0, len(text)))
        elif _alone(text, comment.start()):
            yield _make(file, match, "node", _next_line(file, comment.end(), after))
        else:
            yield _make(file, match, "line", _this_line(file, comment.start(), before))


def _markdown(file: SourceFile) -> Iterator[Suppression]:
    text = file.text
    fences = list(_fences(text))
    starts = [start for start, _, _ in fences]
    found: list[Suppression] = []
    before: Seen = {}
    after: Seen = {}

    def fence_at(offset: int) -> tuple[int, int] | None:
        start, end, _ = fences[bisect(starts, offset) - 1] if fences else (0, 0, "")
        return (start, end) if start <= offset < end else None

    # Nothing is searched for behind the last end of a comment.
    for comment in _HTML_COMMENT.finditer(text, 0, text.rfind("-->") + 3):
        quoted = text[comment.start() - 1 : comment.start()] == "`"
        if quoted or fence_at(comment.start()):
            continue
        match, meant = _marker(file, *comment.span())
        if match is None:
            if meant:
                found.append(_misspelt(file, *comment.span()))
        elif match[1] == "ignore-file":
            found.append(_make(file, match, "file", None))
        elif _alone(text, comment.start()):
            at = re.compile(r"\s*").match(text, comment.end())
            begin = at.end() if at else comment.end()
            found.append(_make(file, match, "node", fence_at(begin) or _next_line(file, comment.end(), after)))
        else:
            found.append(_make(file, match, "line", _this_line(file, comment.start(), before)))
    for start, end, language in fences:
        if language in _SHELLS:
            found += _script(file, start, end)
    yield from sorted(found, key=lambda s: s.span.start)


def _fences(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and language of the fenced blocks."""
    opened: re.Match[str] | None = None
    for match in _FENCE.finditer(text):
        if opened is None:
            opened = match
        elif match[1][0] == opened[1][0] and len(match[1]) >= len(opened[1]) and not match[2]:
            yield opened.start(), match.end(), opened[2].lower()
            opened = None
    if opened is not None:
        yield opened.start(), len(text), opened[2].lower()


def annotated(resources: Iterable[object]) -> Iterator[Suppression]:
    """`eso-lint/ignore-ESO101: reason` annotations: they cover the object that carries them.

    An object may be here in several shapes; what it says of itself counts once.
    """
    seen: set[tuple[SourceFile, int, SourceFile, int]] = set()
    for resource in resources:
        node = getattr(resource, "root", None)
        metadata = node.get("metadata") if isinstance(node, Mapping) else None
        found = metadata.get("annotations") if isinstance(metadata, Mapping) else None
        if not isinstance(node, Mapping) or not isinstance(found, Mapping):
            continue
        for key, value in found.entries:
            place = (key.file, key.start, node.file, node.start)
            if isinstance(key, Scalar) and key.text.startswith("eso-lint/ignore-") and place not in seen:
                seen.add(place)
                text = key.text.removeprefix("eso-lint/ignore-")
                skip = len("eso-lint/ignore-") + (1 if key.style else 0)
                names = (Name(text, Span(key.file, key.start + skip, key.start + skip + len(text))),) if text else ()
                reason = value.text.strip() if isinstance(value, Scalar) else ""
                covers = (node.start, node.end)
                yield Suppression(node.file, key.span, "object", names, reason, covers, "" if names else "empty")
