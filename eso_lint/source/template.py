"""Templates before they are YAML: actions are masked without moving any position, then given back as Opaque.

Helm and other Go templates (`{{ }}`), Jinja (`{% %}`, `{# #}`), its `#{ }#` dialect, Terraform (`%{ }`) and ytt
(`#@`) are seen through as far as the rest is YAML. An action alone on its lines becomes line breaks; one inside a
line becomes a run of one private-use character. What a template may add leaves its mapping or sequence `open`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from eso_lint.regex import pattern

FILLER = "\ue000"
_OPEN = pattern(r"\{[{%#]|#[{%@|]|%\{(?=~?[ \t]*(?:if|else|endif|for|endfor)\b)")
_CLOSE = {"{%": "%}", "{#": "#}", "#{": "}#", "#%": "%#", "#|": "|#", "%{": "}"}
_GO_COMMENT = pattern(r"\{\{(?:-\s)?\s*/\*")
_GO_ACTION = pattern(r"""\{\{(?:[^"'`}]++|"(?:[^"\\\n]|\\.)*+"|`[^`]*+`|'(?:[^'\\\n]|\\.)*+'|\}(?!\}))*+\}\}""")
_MAX_MISSES = 50  # then the strict pattern, which may look far ahead in vain, is no longer tried
_WORD = pattern(r"[{#%]+[-~+]?\s*(\$\w*(?:[ \t]*,[ \t]*\$\w+)?[ \t]*:?=(?!=)|/\*|[A-Za-z]\w*)")
_INDENT = pattern(r"\b(n?)indent[ \t]+(\d{1,3})\b")
_REST = pattern(r"[ \t]*(?:\r|\n|\Z)|[ \t]+#")
_GAP = pattern(r"[ \t]*\Z")
_VALUE_OPENER = pattern(r"(?:\A|[ \t])-[ \t]*\Z|:[ \t]*\Z")
_STARTS = frozenset(("if", "range", "with", "define", "block", "for", "macro", "raw", "call", "filter"))
_ENDS = frozenset(("end", "endif", "endfor", "endmacro", "endraw", "endwith", "endblock", "endcall", "endfilter"))
_ELSES = frozenset(("else", "elif", "elseif"))
_CONTROL = _STARTS | _ENDS | _ELSES
_GO_SILENT = frozenset(("if", "range", "with", "define", "block", "end", "else", "fail", "break", "continue", "/*"))
FAR = 1 << 20


class Action(NamedTuple):
    """One template action: offsets in the chunk, and its first word ("" where it emits text)."""

    start: int
    end: int
    word: str


class Insertion(NamedTuple):
    """Lines that a template puts in: where, at which column (-1: not known), and where its first line begins.

    `own` is the column of the action itself.
    """

    at: int
    column: int
    first: int
    own: int


class Block(NamedTuple):
    """From `if`, `range`... to its `end`. `alternatives` says that it has an `else`."""

    start: int
    end: int
    word: str
    alternatives: bool


class Masked(NamedTuple):
    """Text of the same length in which a YAML parser sees no action. Offsets of the rest are file offsets."""

    text: str
    dialect: str
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    insertions: tuple[Insertion, ...] = ()
    blocks: tuple[Block, ...] = ()


def is_templated(chunk: str) -> bool:
    """Whether a document holds template actions. It may still be plain YAML with actions inside its scalars."""
    return ("{" in chunk and ("{{" in chunk or "{%" in chunk or "%{" in chunk)) or hides_in_comments(chunk)


def hides_in_comments(chunk: str) -> bool:
    """Whether actions look like YAML comments, so that plain reading succeeds and is wrong."""
    return (
        ("{" in chunk and "}#" in chunk and "#{" in chunk)
        or ("%" in chunk and "%#" in chunk and "#%" in chunk)
        or ("@" in chunk and "#@ " in chunk)
    )


def actions(chunk: str) -> Iterator[Action]:
    """Template actions in order, without overlap. Time is linear in the length of the chunk."""
    at = misses = 0
    lost: set[str] = set()
    comments = hides_in_comments(chunk)
    while match := _OPEN.search(chunk, at):
        start = match.start()
        opener = match[0]
        if opener in lost or (opener[0] == "#" and (not comments or chunk.startswith("{{", start + 1))):
            at = start + 1
            continue
        end = 0
        if opener == "{{":
            if "/*" not in lost and _GO_COMMENT.match(chunk, start):
                end = _after(chunk, "*/", start)
                end = _after(chunk, "}}", end) if end else 0
                if not end:
                    lost.add("/*")
            elif misses < _MAX_MISSES:
                strict = _GO_ACTION.match(chunk, start)
                end = strict.end() if strict else 0
                misses += strict is None
            end = end or _after(chunk, "}}", start)
        elif opener == "#@":
            end = _after(chunk, "\n", start) - 1
            end = end if end > 0 else len(chunk)
        else:
            end = _after(chunk, _CLOSE[opener], start + 2)
        if not end:
            lost.add(opener)
            at = start + 1
            continue
        at = end
        yield Action(start, end, _word(chunk, start, end, opener))


def _after(chunk: str, text: str, start: int) -> int:
    """Offset behind the next occurrence of `text`; 0 where there is none."""
    found = chunk.find(text, start)
    return found + len(text) if found >= 0 else 0


def _word(chunk: str, start: int, end: int, opener: str) -> str:
    """The control word of an action, "/*" for a comment, "set" for anything else that emits nothing, else ""."""
    if opener in ("{#", "#|"):
        return "/*"
    if opener == "#@":
        # ytt: alone on a line it never emits; behind a key it is the value.
        alone = not chunk[chunk.rfind("\n", max(0, start - 500), start) + 1 : start].strip()
        words = chunk[start + 2 : end].split(None, 1) if alone else []
        word = words[0].rstrip(":") if words else ""
        return word if word in _CONTROL else ("set" if alone else "")
    match = _WORD.match(chunk, start, end)
    word = match[1] if match else ""
    if word.startswith("$"):
        return "set"
    if opener in ("{%", "#%", "%{"):
        return "" if word == "include" else word if word in _CONTROL else "set"
    return word if word in _GO_SILENT else ""


def mask(chunk: str, base: int) -> Masked:
    """Hide the actions of a document whose text begins at `base` in its file."""
    found = list(actions(chunk))
    blocks = _blocks(found, len(chunk))
    hidden = [(b.start, b.end) for b in blocks if b.word in ("define", "macro")]
    pieces: list[str] = []
    insertions: list[Insertion] = []
    done = i = 0
    while i < len(found):
        # A group: actions with nothing but blanks between them.
        j = i
        while j + 1 < len(found) and _is_gap(chunk, found[j].end, found[j + 1].start):
            j += 1
        start, end = found[i].start, found[j].end
        newline = chunk.rfind("\n", done, start)
        line = newline + 1 if newline >= 0 else done
        first_on_line = newline >= 0 or done == 0
        before = chunk[line:start]
        blank = first_on_line and not before.strip(" \t")
        alone = _REST.match(chunk, end) is not None
        emits = [a for a in found[i : j + 1] if not a.word]
        indents = [_INDENT.findall(chunk[a.start : a.end])[-1:] for a in emits]
        if not blank and alone:
            # `key: {{ toYaml .x | nindent 4 }}` puts its lines below; `{{ end }}` behind a value is no part of it.
            opens = _VALUE_OPENER.search(before[-200:]) is not None
            alone = first_on_line and all(indents) and opens if emits or opens else before[-1:] not in ":-"
        if alone:
            if emits:
                insertions.append(_insertion(chunk, base, emits, indents, start - line if blank else 0))
            edge = line if blank else start
            pieces += (chunk[done:edge], "\n" * (end - edge))
        else:
            pieces += (chunk[done:start], FILLER * (end - start))
        done = end
        i = j + 1
    pieces.append(chunk[done:])
    text = "".join(pieces)
    if hidden:
        # The body of a definition is text of whoever includes it.
        text = _blank(text, hidden)
        insertions = [n for n in insertions if not any(s <= n.at - base < e for s, e in hidden[:100])]
    return Masked(
        text,
        _dialect(chunk, found),
        tuple(base + a.start for a in found),
        tuple(base + a.end for a in found),
        tuple(insertions),
        tuple(Block(base + b.start, base + b.end, b.word, b.alternatives) for b in blocks),
    )


def _insertion(chunk: str, base: int, emits: list[Action], indents: list[list[tuple[str, str]]], own: int) -> Insertion:
    """Where the lines of a group of actions land; `own` is the column at which the group stands."""
    start = emits[0].start
    known = {(n, int(width)) for found in indents for n, width in found}
    if len(known) == 1 and all(indents):
        n, width = known.pop()
        if n or own == 0:
            return Insertion(base + start, width, width, own)
    # Without `indent` its first line stands here, or is glued to the line above; the others stand anywhere.
    glued = chunk.startswith(("{{-", "{%-", "{{~"), start)
    return Insertion(base + start, -1, FAR if glued else own, own)


def _blank(text: str, ranges: list[tuple[int, int]]) -> str:
    pieces: list[str] = []
    done = 0
    for start, end in sorted(ranges):
        if end > done:
            start = max(start, done)
            pieces += (text[done:start], "\n" * (end - start))
            done = end
    return "".join((*pieces, text[done:]))


def _dialect(chunk: str, found: list[Action]) -> str:
    for action in found:
        opener = chunk[action.start : action.start + 2]
        if opener != "{{":
            return {"%{": "terraform", "#@": "ytt"}.get(opener, "jinja")
    return "helm"


def _is_gap(chunk: str, start: int, end: int) -> bool:
    return end - start < 200 and _GAP.fullmatch(chunk, start, end) is not None


def _blocks(found: list[Action], length: int) -> list[Block]:
    """Control blocks; one whose other half lies in another document reaches to the document's edge."""
    blocks: list[Block] = []
    stack: list[tuple[int, str, bool]] = []
    for action in found:
        if action.word in _STARTS:
            stack.append((action.start, action.word, False))
        elif action.word in _ELSES:
            start, word, _ = stack.pop() if stack else (0, "if", True)
            stack.append((start, word, True))
        elif action.word in _ENDS:
            start, word, alternatives = stack.pop() if stack else (0, "if", False)
            blocks.append(Block(start, action.end, word, alternatives))
    blocks += (Block(start, length, word, alternatives) for start, word, alternatives in stack)
    return blocks
