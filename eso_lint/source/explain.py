"""What libyaml's complaints mean, said plainly: place, message and advice."""

from __future__ import annotations

from typing import Any, NamedTuple

from eso_lint.regex import pattern

_CONTROL = pattern(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WORD = pattern(r"[^\s,\[\]{}#]+")
_TO_LINE_END = pattern(r"[^\r\n]*[^\s]")


class Complaint(NamedTuple):
    """Half-open offsets in the parsed text, a one-clause message, and what to do."""

    start: int
    end: int
    message: str
    help: str


def explain(error: Any, text: str) -> Complaint:
    """A YAMLError of the parser as a place and plain words. `text` is what was given to the parser."""
    problem = str(getattr(error, "problem", None) or "")
    context = str(getattr(error, "context", None) or "")
    at = _index(getattr(error, "problem_mark", None), text)
    opened = _index(getattr(error, "context_mark", None), text)
    if at is None and opened is None:
        return _unreadable(error, text)
    at = opened if at is None else at
    assert at is not None
    opened = at if opened is None else opened
    char = text[at : at + 1]
    line_before = text[text.rfind("\n", 0, at) + 1 : at]
    if "\t" in (char, *line_before) and not line_before.strip() and "quoted" not in context:
        tab = at - len(line_before) + line_before.find("\t") if "\t" in line_before else at
        return Complaint(tab, tab + 1, "a tab indents this line", "indent with spaces: YAML allows no tabs there")
    if char == "\t" and "cannot start any token" in problem:
        return Complaint(at, at + 1, "a tab is not allowed here", "separate with spaces")
    if "cannot start any token" in problem:
        return Complaint(
            at, at + 1, f"a plain value cannot begin with `{char}`", "put the value in single or double quotes"
        )
    if "mapping values are not allowed" in problem:
        return Complaint(
            at,
            at + 1,
            "a `:` is not allowed here",
            "quote the value if it holds `: `; else indent this key like its neighbours",
        )
    if "could not find expected ':'" in problem:
        start, end = _word(text, opened)
        return Complaint(start, end, "a `:` is missing after this text", "write `key: value`, or indent the line below")
    if "quoted scalar" in context and ("end of stream" in problem or "document indicator" in problem):
        return Complaint(opened, opened + 1, "this quote is never closed", "add the closing quote")
    if "escape" in problem or "hexdecimal" in problem:
        return Complaint(
            at,
            at + 1,
            "an unknown escape stands in double quotes",
            "use single quotes, or double the backslash",
        )
    if "',' or '}'" in problem or "',' or ']'" in problem:
        closer = "}" if "}" in problem else "]"
        opener = "{" if closer == "}" else "["
        if at >= len(text.rstrip()) or text[at : at + 3] in ("---", "..."):
            return Complaint(opened, opened + 1, f"this `{opener}` is never closed", f"add `{closer}`")
        start, end = _word(text, at)
        return Complaint(
            start, end, f"`,` or `{closer}` is missing before this", f"separate with `,` or close `{opener}`"
        )
    if "block sequence entries are not allowed" in problem:
        return Complaint(
            at, at + 1, "a list item is not allowed here", "put the list on lines of its own below the key"
        )
    if "alias" in context or "anchor" in context:
        return Complaint(
            opened,
            max(opened + 1, min(at, len(text))),
            f"`{text[opened : opened + 1]}` starts an alias or anchor without a name",
            "quote the value if the character is part of it",
        )
    if "did not find expected key" in problem or "'-' indicator" in problem:
        start, end = _word(text, at)
        return Complaint(
            start,
            end,
            "this line does not continue what stands above it",
            "compare its indentation with the lines above, and look for an open quote or bracket there",
        )
    if "comment or line break" in problem or "block scalar" in context:
        return Complaint(
            at, at + 1, "this cannot follow a block scalar's `|` or `>`", "start the text on the next line"
        )
    if "<document start>" in problem:
        start, end = _word(text, at)
        return Complaint(
            start, end, "this stands outside the document above it", "indent it, or begin a document with `---`"
        )
    if "mapping keys are not allowed" in problem:
        return Complaint(at, at + 1, "`?` begins a key, which is not allowed here", "quote the value")
    if "node content" in problem and at >= len(text.rstrip()):
        start, end = _word(text, at)
        if text[start:end] in ("{", "["):
            return Complaint(start, end, f"this `{text[start:end]}` is never closed", "add the closing bracket")
        return Complaint(start, end, "a value is missing after this", "close what is open here, or write the value")
    if "node content" in problem:
        return Complaint(
            at, at + 1, f"a value is missing before `{char}`", "quote the value if the character is part of it"
        )
    start, end = _word(text, at)
    words = " ".join(part for part in (context, problem) if part) or str(error)
    return Complaint(start, end, f"no valid YAML: {words}", "correct the syntax here")


def _index(mark: Any, text: str) -> int | None:
    return None if mark is None else max(0, min(int(mark.index), len(text)))


def _unreadable(error: Any, text: str) -> Complaint:
    """The reader refused a character before any syntax."""
    match = _CONTROL.search(text)
    if match is not None:
        name = f"U+{ord(match[0]):04X}"
        return Complaint(
            match.start(), match.end(), f"control character {name} is not allowed in YAML", "remove the character"
        )
    at = min(int(getattr(error, "position", 0) or 0), len(text))
    return Complaint(at, min(at + 1, len(text)), f"no valid YAML: {error}", "correct the syntax here")


def _word(text: str, at: int) -> tuple[int, int]:
    """The word at an offset; where the text is over, the last one."""
    if at >= len(text.rstrip()):
        end = len(text.rstrip())
        return max(0, end - 1), max(end, 0)
    match = _WORD.match(text, at)
    return (at, match.end()) if match else (at, at + 1)
