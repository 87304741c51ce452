"""Shell text out of the files that carry it, every character with its place in the file.

Scripts, Makefiles, justfiles, Taskfiles, Dockerfiles, pipeline definitions and the fenced blocks of Markdown. Each
piece of shell text is a Block; variables that the file itself sets (in make, env, vars) come along as written.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, SourceFile, Span, walk

MAX_BYTES = 1_000_000

_KINDS = (
    ("shell", re.compile(r"\.(?:sh|bash|zsh|ksh)\Z")),
    ("make", re.compile(r"(?:\A|/)(?:GNU)?[mM]akefile(?:\.[\w-]+)?\Z|\.mk\Z")),
    ("just", re.compile(r"(?:\A|/)\.?[jJ]ustfile\Z|\.just\Z")),
    ("task", re.compile(r"(?:\A|/)(?:[tT]askfile(?:[.-][\w-]+)?|\.?taskfiles?/(?:.*/)?[^/]+)\.ya?ml\Z")),
    ("docker", re.compile(r"(?:\A|/)(?:Dockerfile|Containerfile)(?:\.[\w-]+)?\Z|\.[dD]ockerfile\Z")),
    ("workflow", re.compile(r"(?:\A|/)\.(?:github|gitea|forgejo)/workflows/[^/]+\.ya?ml\Z|(?:\A|/)action\.ya?ml\Z")),
    ("gitlab", re.compile(r"(?:\A|/)[\w.-]*\.gitlab-ci\.ya?ml\Z|(?:\A|/)\.gitlab/.*\.ya?ml\Z")),
    ("pipeline", re.compile(r"(?:\A|/)(?:azure-pipelines[\w.-]*|bitbucket-pipelines|\.circleci/config)\.ya?ml\Z")),
    ("markdown", re.compile(r"\.(?:md|markdown|mdx)\Z")),
)
_MAYBE = re.compile(r"(?:\.(?:sh|bash|zsh|ksh|mk|just|[dD]ockerfile|md|markdown|mdx)|ya?ml|file(?:\.[\w-]+)?)\Z")
_YAML_KEYS = {
    "task": frozenset({"cmds", "cmd"}),
    "workflow": frozenset({"run"}),
    "gitlab": frozenset({"script", "before_script", "after_script"}),
    "pipeline": frozenset({"script", "bash", "run", "command"}),
}
_ENV_KEYS = frozenset({"env", "vars", "variables", "environment"})
_MAKE_SET = re.compile(r"(?:export[ \t]+|override[ \t]+)*([A-Za-z_][\w-]*)[ \t]*(\?=|:{1,3}=|!=|\+=|=)[ \t]*(.*)")
_MAKE_VARIABLE = re.compile(r"\$\(([A-Za-z_][\w-]*)\)")
_JUST_SET = re.compile(r"(?:export[ \t]+)?([A-Za-z_][\w-]*)[ \t]*:=[ \t]*(?:'([^']*)'|\"([^\"]*)\")?(.*)")
_DOCKER_RUN = re.compile(r"[ \t]*(?:RUN|CMD|ENTRYPOINT)[ \t]+((?:--\S+[ \t]+)*)", re.IGNORECASE)
_DOCKER_SET = re.compile(r"[ \t]*(?:ARG|ENV)[ \t]+(.*)", re.IGNORECASE)
_DOCKER_PAIR = re.compile(r"([A-Za-z_]\w*)=(\"[^\"]*\"|'[^']*'|\S*)")
_HEREDOC = re.compile(r"<<-?[ \t]*[\"']?(\w+)")
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})[ \t]*(?:\{\.?)?([\w+-]*)")
_SHELL_FENCES = frozenset(
    {
        "sh", "bash", "shell", "zsh", "console", "terminal", "shell-session", "shellsession", "shellscript",
    }
)  # fmt: skip
_PROMPT = re.compile(r"[ \t]*\$[ \t]+")
_KUBECTL = re.compile(r"[ \t]*(?:kubectl|oc|helm|kustomize)[ \t]")


class Block(NamedTuple):
    """A piece of shell text. `starts` (positions in `text`) and `offsets` (in the file) say where each run lies."""

    file: SourceFile
    text: str
    starts: tuple[int, ...]
    offsets: tuple[int, ...]
    make: bool = False

    def span(self, start: int, end: int) -> Span:
        """The file's span of text[start:end]."""
        return Span(self.file, self._offset(start), self._offset(max(start, end - 1)) + (1 if end > start else 0))

    def _offset(self, position: int) -> int:
        i = bisect_right(self.starts, position) - 1
        return self.offsets[i] + position - self.starts[i]


class ScriptText(NamedTuple):
    """What one file holds: its dialect, shell blocks, and the variables it sets (None: not a literal)."""

    file: SourceFile
    kind: str
    blocks: tuple[Block, ...]
    variables: tuple[tuple[str, str | None], ...] = ()


class _Writer:
    """Collects runs of a file's text."""

    def __init__(self, file: SourceFile, make: bool = False) -> None:
        self.file, self.make = file, make
        self.parts: list[str] = []
        self.starts: list[int] = []
        self.offsets: list[int] = []
        self.length = 0

    def copy(self, start: int, end: int) -> None:
        self.put(self.file.text[start:end], start)

    def put(self, text: str, offset: int) -> None:
        if text:
            self.starts.append(self.length)
            self.offsets.append(offset)
            self.parts.append(text)
            self.length += len(text)

    def block(self) -> Block | None:
        text = "".join(self.parts)
        if not text.strip():
            return None
        return Block(self.file, text, tuple(self.starts), tuple(self.offsets), self.make)


def script_kind(path: str, data: bytes) -> str | None:
    """The dialect of a file that may hold shell text, by name or first line; None for all others."""
    name = path.rsplit("/", 1)[-1]
    if _MAYBE.search(name) is None:
        head = data[:80].split(b"\n", 1)[0] if "." not in name and data[:2] == b"#!" else b""
        return "shell" if re.search(rb"\b(?:ba|z|da|a|k)?sh\b", head) else None
    return next((kind for kind, pattern in _KINDS if pattern.search(path)), None)


def is_interesting(data: bytes) -> bool:
    """Whether a script could apply the operator's definitions, on bytes alone."""
    return b"apply" in data and (b"external-secrets" in data or b"crd" in data) and len(data) <= MAX_BYTES


def read_script(file: SourceFile) -> ScriptText | None:
    """The shell text of a file; None where the file is no script or holds nothing of interest. Never raises."""
    kind = script_kind(file.path, file.data)
    if kind is None or not is_interesting(file.data):
        return None
    variables: list[tuple[str, str | None]] = []
    if kind == "shell":
        blocks = [Block(file, file.text, (0,), (0,))] if file.text.strip() else []
    elif kind in ("make", "just"):
        blocks = _recipes(file, kind, variables)
    elif kind == "docker":
        blocks = _docker(file, variables)
    elif kind == "markdown":
        blocks = _markdown(file)
    else:
        blocks = _yaml(file, kind, variables)
    return ScriptText(file, kind, tuple(blocks), tuple(variables))


def _lines(file: SourceFile) -> list[tuple[int, int]]:
    """Start and end of each line, break included."""
    starts = file.line_starts
    return list(zip(starts, [*starts[1:], len(file.text)], strict=True))


def _recipes(file: SourceFile, kind: str, variables: list[tuple[str, str | None]]) -> list[Block]:
    """Recipe lines of a Makefile or justfile; neighbouring lines form one block."""
    text, make = file.text, kind == "make"
    blocks: list[Block] = []
    writer = _Writer(file, make)
    continued = False
    for start, end in _lines(file):
        line = text[start:end]
        recipe = line.startswith("\t") or (not make and line[:1] == " ")
        if recipe or (continued and writer.parts):
            prefix = 0 if continued else len(line) - len(line.lstrip(" \t").lstrip("@-+").lstrip(" \t"))
            writer.copy(start + prefix, end)
            continued = line.rstrip("\r\n").endswith("\\")
            continue
        continued = False
        if not line.strip() and not make:
            writer.copy(start, end)
            continue
        blocks += filter(None, [writer.block()])
        writer = _Writer(file, make)
        match = (_MAKE_SET if make else _JUST_SET).match(line.rstrip("\r\n"))
        if match is None:
            continue
        if make:
            value = re.split(r"(?:^|\s)#", match[3])[0].strip()
            literal = None if match[2] in ("!=", "+=") else _MAKE_VARIABLE.sub(r"${\1}", value)
        else:
            rest = match[4].strip()
            literal = (match[2] if match[2] is not None else match[3]) if not rest or rest.startswith("#") else None
        variables.append((match[1], literal))
    blocks += filter(None, [writer.block()])
    return blocks


def _docker(file: SourceFile, variables: list[tuple[str, str | None]]) -> list[Block]:
    text = file.text
    blocks: list[Block] = []
    lines = _lines(file)
    i = 0
    while i < len(lines):
        start, end = lines[i]
        i += 1
        setting = _DOCKER_SET.match(text, start, end)
        if setting is not None:
            variables += [(m[1], m[2].strip("\"'")) for m in _DOCKER_PAIR.finditer(setting[1])]
            continue
        match = _DOCKER_RUN.match(text, start, end)
        if match is None:
            continue
        writer = _Writer(file)
        begin = match.end()
        heredoc = _HEREDOC.search(text, begin, end)
        whole = heredoc is not None and not text[begin : heredoc.start()].strip()
        if not whole:
            writer.copy(begin, end)
        while i < len(lines):
            previous = text[lines[i - 1][0] : lines[i - 1][1]].rstrip()
            line = text[lines[i][0] : lines[i][1]]
            if heredoc is not None:
                if whole and line.strip() == heredoc[1]:
                    i += 1
                    break
                writer.copy(*lines[i])
                i += 1
                if line.strip() == heredoc[1]:
                    break
                continue
            if not previous.endswith("\\") and not (previous.lstrip().startswith("#") and writer.parts):
                break
            if not line.lstrip().startswith("#"):
                writer.copy(*lines[i])
            i += 1
            if not line.lstrip().startswith("#") and not line.rstrip().endswith("\\"):
                break
        blocks += filter(None, [writer.block()])
    return blocks


def _markdown(file: SourceFile) -> list[Block]:
    """Fenced blocks that are labelled as shell, and unlabelled ones that read like commands."""
    text = file.text
    blocks: list[Block] = []
    fence, label, indent = "", "", 0
    body: list[tuple[int, int]] = []
    for start, end in _lines(file):
        match = _FENCE.match(text, start, end)
        if match is not None and not fence:
            fence, label, indent, body = match[1], match[2].lower(), match.start(1) - start, []
        elif match is not None and match[1][0] == fence[0] and len(match[1]) >= len(fence) and not match[2]:
            if label in _SHELL_FENCES or not label:
                blocks += filter(None, [_fenced(file, body, bool(label))])
            fence = ""
        elif fence:
            lead = len(text[start:end]) - len(text[start:end].lstrip(" \t>"))
            body.append((start + min(indent, lead), end))
    return blocks


def _fenced(file: SourceFile, body: list[tuple[int, int]], labelled: bool) -> Block | None:
    text = file.text
    prompted = any(_PROMPT.match(text, start, end) for start, end in body)
    if not labelled and not prompted and not any(_KUBECTL.match(text, start, end) for start, end in body):
        return None
    writer = _Writer(file)
    continued = False
    for start, end in body:
        prompt = _PROMPT.match(text, start, end)
        if prompted and prompt is None and not continued:
            continue  # output of the command before
        writer.copy(prompt.end() if prompt is not None else start, end)
        continued = text[start:end].rstrip("\r\n").endswith("\\")
    return writer.block()


def _yaml(file: SourceFile, kind: str, variables: list[tuple[str, str | None]]) -> list[Block]:
    from eso_lint.source.parse import parse

    keys = _YAML_KEYS[kind]
    blocks: list[Block] = []
    for document in parse(file).documents:
        for node in walk(document.root):
            if not isinstance(node, Mapping):
                continue
            for key, value in node.entries:
                name = key.text if isinstance(key, Scalar) else ""
                if name in _ENV_KEYS and isinstance(value, Mapping):
                    variables += _settings(value)
                elif name in keys:
                    blocks += _scalars(value)
                elif kind == "task" and name == "tasks" and isinstance(value, Mapping):
                    for _, task in value.entries:  # short forms: a command, or a list of them
                        blocks += _scalars(task)
    return blocks


def _settings(node: Mapping) -> list[tuple[str, str | None]]:
    return [
        (key.text, value.text if isinstance(value, Scalar) else None)
        for key, value in node.entries
        if isinstance(key, Scalar)
    ]


def _scalars(node: Node, depth: int = 0) -> list[Block]:
    """Blocks of a command or a (nested) list of commands."""
    if isinstance(node, (Scalar, Opaque)):
        block = scalar_block(node)
        return [block] if block is not None else []
    if isinstance(node, Sequence) and depth < 5:
        return [block for item in node.items for block in _scalars(item, depth + 1)]
    return []


def scalar_block(scalar: Scalar | Opaque) -> Block | None:
    """The shell text of a YAML scalar (with template actions or without), line by line as the parser reads it."""
    file, text = scalar.file, scalar.file.text
    writer = _Writer(file)
    style = scalar.style if isinstance(scalar, Scalar) else text[scalar.start : scalar.start + 1]
    if style and style in "|>":
        _block_scalar(scalar, writer, style == ">")
        return writer.block()
    style = style if style and style in "'\"" else ""
    quote = len(style)
    at, end = scalar.start + quote, scalar.end - quote
    while at < end:
        c = text[at]
        if c == "\\" and style == '"':
            escaped = text[at + 1 : at + 2]
            writer.put({"n": "\n", "t": "\t", "\n": " ", "\r": " "}.get(escaped, escaped), at)
            at += 2
        elif c == "'" and style == "'":
            writer.put("'", at)
            at += 2
        elif c in "\r\n":
            writer.put(" ", at)
            at += 1
        else:
            stop = at + 1
            while stop < end and text[stop] not in "\\'\r\n":
                stop += 1
            writer.copy(at, stop)
            at = stop
    return writer.block()


def _block_scalar(scalar: Node, writer: _Writer, folded: bool) -> None:
    text, end = scalar.file.text, scalar.end
    at = text.find("\n", scalar.start, end) + 1
    indent: int | None = None
    while 0 < at < end:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        line = text[at:stop].rstrip("\r")
        blank = not line.strip()
        if indent is None and not blank:
            indent = len(line) - len(line.lstrip(" "))
        lead = min(indent or 0, len(line) - len(line.lstrip(" ")))
        writer.copy(at + lead, at + len(line))
        following = text[stop + 1 : stop + 2 + (indent or 0)].lstrip(" ")
        fold = folded and not blank and following[:1] not in ("", "\r", "\n") and line[lead : lead + 1] != " "
        writer.put(" " if fold else "\n", stop)
        at = stop + 1
