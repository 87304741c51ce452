"""Text of a file to documents of our own tree.

Each document is parsed alone: a broken one does not take its neighbours with it, and one that cannot matter is
never parsed. What Kubernetes refuses (complex keys, `%YAML` above 1.1, bytes that are no UTF-8) becomes a fault here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from eso_lint.regex import pattern
from eso_lint.source.node import Document, Mapping, Node, SourceFile, Span, lookup

_SEPARATOR = pattern(r"\n---(?=[ \t\r\n]|\Z)")
_SEPARATOR_CR = pattern(r"(?:\n|\r\n?)---(?=[ \t\r\n]|\Z)")
_DIRECTIVES = pattern(r"\A(?:[ \t]*+(?:#[^\r\n]*+)?(?:\r\n?|\n))*+%")
_HEAD = pattern(r"(?:[ \t]*+(?:[#%][^\r\n]*+)?(?:\r\n?|\n))*+")
_YAML_DIRECTIVE = pattern(r"^%YAML[ \t]+(\d+)\.(\d+)", re.MULTILINE)
_TEMPLATE_NAME = (".tpl", ".tmpl", ".j2", ".gotmpl")
_OWN_TEMPLATES = (
    ("spec", "target", "template"),
    ("spec", "externalSecretSpec", "target", "template"),
    ("spec", "template"),
    ("spec", "pushSecretSpec", "template"),
)
UNREADABLE = "template that is no YAML before it is rendered"


class Fault(NamedTuple):
    """Something in the text that is wrong before any meaning. `kind` is "syntax" or "duplicate-key"."""

    kind: str
    span: Span
    message: str
    related: tuple[tuple[Span, str], ...] = ()
    document: int = 0
    help: str = ""

    @property
    def file(self) -> SourceFile:
        return self.span.file

    @property
    def document_index(self) -> int:
        return self.document


class Parsed(NamedTuple):
    """What reading one file gave. `skipped` says why text was left unread: (offset, reason)."""

    file: SourceFile
    documents: tuple[Document, ...]
    faults: tuple[Fault, ...]
    skipped: tuple[tuple[int, str], ...] = ()


class Roots(NamedTuple):
    """The documents in one chunk of text, its duplicate keys, and the fault that ended reading, if any."""

    roots: list[Node]
    faults: list[Fault]
    refused: Fault | None


def chunks(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each document's text. Directives stay with the document they head."""
    start = 0
    separator = _SEPARATOR_CR if "\r" in text else _SEPARATOR
    for match in separator.finditer(text):
        piece_end = match.end() - 3
        if _headed(text, start, piece_end):
            continue
        yield start, piece_end
        start = piece_end
    yield start, len(text)


def _headed(text: str, start: int, end: int) -> bool:
    """Whether only directives and comments stand before this `---`."""
    head = text[start] if start < end else ""
    return head in ("%", "#", " ", "\t", "\r", "\n") and _HEAD.fullmatch(text, start, end) is not None


def parse(file: SourceFile, wanted: Callable[[str], bool] | None = None, in_chart: bool = False) -> Parsed:
    """Parse the documents of a file that `wanted` (given the document's text) accepts; all where it is None.

    `in_chart` says that the file is a Helm template. Never raises on any input.
    """
    from eso_lint.source.template import hides_in_comments, is_templated

    text = file.text
    bad = _bad_byte(file) if "\ufffd" in text else None
    documents: list[Document] = []
    faults: list[Fault] = []
    skipped: list[tuple[int, str]] = []
    number = 0
    for start, end in chunks(text):
        chunk = text[start:end]
        if not chunk.strip() or chunk.strip() == "---":
            continue
        if wanted is not None and not wanted(chunk):
            number += 1
            continue
        if bad is not None and start <= bad[0] < end:
            faults.append(Fault("syntax", Span(file, bad[0], bad[0] + 1), bad[1], (), number, bad[2]))
        templated = is_templated(chunk)
        dialect = "plain"
        result: Roots | None = None
        if not (templated and (in_chart or hides_in_comments(chunk))):
            result = read_chunk(file, chunk, start, number)
        if result is None or (result.refused is not None and templated):
            plain = result
            dialect, result, not_rendered = _read_template(file, chunk, start, number, plain)
            if plain is not None and not_rendered and not file.path.endswith(_TEMPLATE_NAME):
                dialect = "plain"
                result = result._replace(refused=plain.refused)
        for root in result.roots:
            documents.append(Document(file, number, root, dialect, start, end))
            number += 1
        number += 0 if result.roots else 1
        if file.path.endswith(".json") and "apiVersion" not in chunk:
            # Settings of an editor or the like, often JSON with comments: nothing that reaches a cluster.
            if result.refused is not None:
                skipped.append((result.refused.span.start, "JSON that is neither valid nor a manifest"))
            continue
        faults += result.faults
        if result.refused is not None:
            if dialect != "plain" or file.path.endswith(_TEMPLATE_NAME):
                skipped.append((result.refused.span.start, UNREADABLE))
            else:
                faults.append(result.refused)
    return Parsed(file, tuple(documents), tuple(faults), tuple(skipped))


def _read_template(
    file: SourceFile, chunk: str, base: int, number: int, plain: Roots | None
) -> tuple[str, Roots, bool]:
    """Dialect, documents, and whether what `plain` reading refused is a fault that no rendering mends.

    It is where every action stands in a place at which the operator itself reads templates (they want quotes then),
    and where the text is refused at the same place with the actions hidden, on a line that holds none.
    """
    from eso_lint.source.template import is_templated, mask
    from eso_lint.source.unmask import unmask

    masked = mask(chunk, base)
    result = read_chunk(file, masked.text, base, number, masked=True)
    roots = [unmask(root, masked) for root in result.roots]
    not_rendered = False
    if plain is not None and plain.refused is not None and result.refused is not None:
        at = plain.refused.span.start
        line = file.line(file.position(at)[0])
        not_rendered = at == result.refused.span.start and not is_templated(line)
    elif len(roots) == 1 and masked.starts:
        places = [node for node in (lookup(roots[0], *path) for path in _OWN_TEMPLATES) if isinstance(node, Mapping)]
        not_rendered = any(p.start <= masked.starts[0] and masked.ends[-1] <= p.end and not p.open for p in places)
    return masked.dialect, Roots(roots, [], result.refused), not_rendered


def read_chunk(file: SourceFile, chunk: str, base: int, number: int, masked: bool = False) -> Roots:
    """Parse text that begins at `base` in its file; `masked` says that template actions were hidden in it."""
    from eso_lint.source.flat import read_flat

    root = read_flat(file, chunk, base, masked)
    if root is not None:
        return Roots([root], [], None)
    import yaml

    from eso_lint.source.builder import Builder, RefusedError, parser

    if chunk.startswith("\ufeff"):
        # A second byte order mark: the parser drops it without counting it.
        base, chunk = base + len(chunk) - len(chunk.lstrip("\ufeff")), chunk.lstrip("\ufeff")
    builder = Builder(file, base, masked)
    refused: Fault | None = None
    directive = _YAML_DIRECTIVE.search(chunk) if "%YAML" in chunk else None
    if directive is not None and (int(directive[1][:9]), int(directive[2][:9])) != (1, 1) and _DIRECTIVES.match(chunk):
        span = Span(file, base + directive.start(), base + directive.end())
        message = f"Kubernetes reads YAML 1.1 and refuses `{directive[0]}`"
        return Roots([], [], Fault("syntax", span, message, (), number, "remove the directive"))
    try:
        builder.build(parser(chunk), chunk)
    except RefusedError as error:
        refused = Fault(
            "syntax", Span(file, error.start, min(error.end, len(file.text))), error.message, (), number, error.help
        )
    except yaml.YAMLError as error:
        from eso_lint.source.explain import explain

        place = explain(error, chunk)
        span = Span(file, base + place.start, base + min(place.end, len(chunk)))
        refused = Fault("syntax", span, place.message, (), number, place.help)
    faults = [Fault("syntax", n.span, message, (), number, help) for n, message, help in builder.refusals]
    for again, first in builder.duplicates:
        related = ((first.span, "first written here"),)
        faults.append(Fault("duplicate-key", again.span, f"key `{again.span.text}` is written twice", related, number))
    return Roots(builder.roots, faults, refused)


def _bad_byte(file: SourceFile) -> tuple[int, str, str] | None:
    """Offset in the text of the first byte that is not in the file's encoding, with message and advice."""
    from eso_lint.source.node import encoding_of

    skip, encoding = encoding_of(file.data)
    data = file.data[skip:]
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        offset = len(data[: error.start].decode(encoding))
        message = f"byte 0x{data[error.start]:02x} is not valid {encoding.upper()[:6].rstrip('-')}"
        return offset, message, "save the file as UTF-8"
    return None
