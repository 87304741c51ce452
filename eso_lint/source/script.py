"""Shell text out of the files that carry it, every character with its place in the file.

Scripts, Makefiles, justfiles, Taskfiles, Dockerfiles, pipeline definitions and the fenced blocks of Markdown. Each
piece of shell text is a Block; variables that the file itself sets (in make, env, vars) come along as written.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from eso_lint.source.block import Block, Writer
from eso_lint.source.node import SourceFile

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


class ScriptText(NamedTuple):
    """What one file holds: its dialect, shell blocks, and the variables it sets (None: not a literal)."""

    file: SourceFile
    kind: str
    blocks: tuple[Block, ...]
    variables: tuple[tuple[str, str | None], ...] = ()


def script_kind(path: str, data: bytes) -> str | None:
    """The dialect of a file that may hold shell text, by name or first line; None for all others."""
    name = path.rsplit("/", 1)[-1]
    if _MAYBE.search(name) is None:
        head = data[:80].split(b"\n", 1)[0] if "." not in name and data[:2] == b"#!" else b""
        return "shell" if re.search(rb"\b(?:ba|z|da|a|k)?sh\b", head) else None
    return next((kind for kind, pattern in _KINDS if pattern.search(path)), None)


def is_interesting(data: bytes) -> bool:
    """Whether a script could apply the operator's definitions, or install its chart, on bytes alone."""
    if len(data) > MAX_BYTES:
        return False
    named = b"external-secrets" in data
    return (b"apply" in data and (named or b"crd" in data)) or (named and b"helm" in data)


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
        from eso_lint.source.script_yaml import shell_in_yaml

        blocks = shell_in_yaml(file, kind, variables)
    return ScriptText(file, kind, tuple(blocks), tuple(variables))


def _lines(file: SourceFile) -> list[tuple[int, int]]:
    """Start and end of each line, break included."""
    starts = file.line_starts
    return list(zip(starts, [*starts[1:], len(file.text)], strict=True))


def _recipes(file: SourceFile, kind: str, variables: list[tuple[str, str | None]]) -> list[Block]:
    """Recipe lines of a Makefile or justfile; neighbouring lines form one block."""
    text, make = file.text, kind == "make"
    blocks: list[Block] = []
    writer = Writer(file, make)
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
        writer = Writer(file, make)
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
        writer = Writer(file)
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
    if body and "annotations: Too long" in text[body[0][0] : body[-1][1]]:
        return None  # a guide that shows the failure
    prompted = any(_PROMPT.match(text, start, end) for start, end in body)
    if not labelled and not prompted and not any(_KUBECTL.match(text, start, end) for start, end in body):
        return None
    writer = Writer(file)
    continued = False
    for start, end in body:
        prompt = _PROMPT.match(text, start, end)
        if prompted and prompt is None and not continued:
            continue  # output of the command before
        writer.copy(prompt.end() if prompt is not None else start, end)
        continued = text[start:end].rstrip("\r\n").endswith("\\")
    return writer.block()
