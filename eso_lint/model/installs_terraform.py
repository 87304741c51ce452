"""Installs of the operator's chart in Terraform: `helm_release`, and the add-on of EKS Blueprints."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from collections.abc import Mapping as Dict

from eso_lint.model.chart import CHART, is_chart, release
from eso_lint.model.kinds.install import OperatorInstall
from eso_lint.source.node import Node, Opaque, Scalar, SourceFile

_TERRAFORM = (".tf", ".tofu")
_NEEDLES = (b"external-secrets", b"external_secrets")
# What is skipped before braces count: comments, strings, heredocs.
_TOKEN = re.compile(
    r"(?P<comment>#[^\n]*|//[^\n]*)|(?P<long>/\*)|(?P<string>\"(?:[^\"\\\n]|\\.)*\")"
    r"|<<[-~]?(?P<end>\w{1,100})[ \t\r]*\n|(?P<open>[{\[(])|(?P<close>[}\])])"
)
_MAX_BYTES = 1_000_000
_MAX_BLOCKS = 20  # installs of one chart in one file
_RELEASE = re.compile(r"^[ \t]*resource[ \t]+\"helm_release\"[ \t]+\"[^\"]*\"[ \t]*\{", re.MULTILINE)
_ADDON = re.compile(r"^[ \t]*(?:external_secrets|external_secrets_helm_config)[ \t]*=[ \t]*\{", re.MULTILINE)
_SET = re.compile(r"^[ \t]*set[ \t]*\{", re.MULTILINE)
_QUOTED = re.compile(r"\"((?:[^\"\\\n$%]|\\.)*)\"")
_NAME = re.compile(r"\b(var|local)\.([A-Za-z_][\w-]*)")


def terraform_installs(files: Dict[str, SourceFile]) -> Iterator[OperatorInstall]:
    """All installs in Terraform files."""
    for path, file in files.items():
        named = path.endswith(_TERRAFORM) and any(file.holds(needle) for needle in _NEEDLES)
        if named and file.size <= _MAX_BYTES:
            yield from _releases(file, files)
            yield from _addons(file, files)


def _releases(file: SourceFile, files: Dict[str, SourceFile]) -> Iterator[OperatorInstall]:
    matches = list(_RELEASE.finditer(file.text))
    ends = [*(match.start() for match in matches[1:]), len(file.text)]
    near = [match for match, end in zip(matches, ends, strict=False) if CHART in file.text[match.end() : end]]
    for match in near[:_MAX_BLOCKS]:
        block = _Block(file, match.end())
        if block.unfinished:
            return
        chart = block.literal("chart")
        if chart is None or not is_chart(chart.text):
            continue
        yield _install(block, chart, block.attribute("version"), files)


def _addons(file: SourceFile, files: Dict[str, SourceFile]) -> Iterator[OperatorInstall]:
    for match in list(_ADDON.finditer(file.text))[:_MAX_BLOCKS]:
        block = _Block(file, match.end())
        if block.unfinished:
            return
        found = block.attribute("chart_version") or block.attribute("version")
        if found is not None:
            start = match.end() - len(match[0].lstrip())
            at = Scalar(file, start, start + len(match[0].split("=")[0].strip()), CHART)
            yield _install(block, at, found, files)


def _install(block: _Block, at: Scalar, version: Node | None, files: Dict[str, SourceFile]) -> OperatorInstall:
    resolved = _resolved(version, files) if version is not None else None
    text, known = release(resolved, follows=False)
    namespace = block.literal("namespace")
    return OperatorInstall(
        "terraform",
        at,
        version=text,
        release=known,
        parameters=dict(block.parameters()),
        open=True,
        namespace=namespace.text if namespace is not None else None,
    )


class _Block:
    """The inside of one block: attributes at its own level, and the blocks below."""

    def __init__(self, file: SourceFile, start: int) -> None:
        self.file = file
        self.start = start
        self.end, self.own = _inside(file.text, start)

    @property
    def unfinished(self) -> bool:
        """Whether the file ends before the block does: it is no Terraform."""
        return self.end == len(self.file.text)

    def attribute(self, name: str) -> Node | None:
        """The value of an attribute: a Scalar where it is a literal, Opaque with its text else."""
        pattern = re.compile(rf"(?:^|(?<=[\n{{,]))[ \t]*\"?{name}\"?[ \t]*=[ \t]*", re.MULTILINE)
        for start, end in self.own:
            match = pattern.search(self.file.text, start, end)
            if match is not None:
                return self._value(match.end())
        return None

    def literal(self, name: str) -> Scalar | None:
        found = self.attribute(name)
        return found if isinstance(found, Scalar) else None

    def parameters(self) -> Iterator[tuple[str, Node]]:
        """`set { name = … value = … }` blocks, by name."""
        ends = {end for _, end in self.own}
        for match in _SET.finditer(self.file.text, self.start, self.end):
            if match.end() - 1 not in ends:
                continue  # deeper in, or in a text
            block = _Block(self.file, match.end())
            name, value = block.literal("name"), block.attribute("value")
            if name is not None and value is not None:
                yield name.text.replace("\\\\.", "."), Scalar(value.file, value.start, value.end, _text(value))

    def _value(self, start: int) -> Node:
        quoted = _QUOTED.match(self.file.text, start)
        if quoted is not None:
            return Scalar(self.file, quoted.start(1), quoted.end(1), quoted[1], '"')
        end = re.compile(r"[^\n,}#]*").match(self.file.text, start).end()  # type: ignore[union-attr]
        text = self.file.text[start:end].rstrip()
        if re.fullmatch(r"true|false|\d+", text):
            return Scalar(self.file, start, start + len(text), text)
        return Opaque(self.file, start, start + max(len(text), 1), text, "variable")


def _text(node: Node) -> str:
    return node.text if isinstance(node, (Scalar, Opaque)) else ""


def _inside(text: str, start: int) -> tuple[int, list[tuple[int, int]]]:
    """The end of the block that begins at `start`, and the stretches of it that lie at its own level."""
    depth, own, begin, at = 1, [], start, start
    while (token := _TOKEN.search(text, at)) is not None:
        at = token.end()
        if token["open"]:
            if depth == 1:
                own.append((begin, token.start()))
            depth += 1
        elif token["close"]:
            depth -= 1
            if depth == 0:
                return token.start(), [*own, (begin, token.start())]
            if depth == 1:
                begin = at
        elif not token["string"]:
            # A comment or heredoc that never ends swallows the rest.
            at = _behind(text, token)
            if depth == 1:
                own.append((begin, token.start()))
                begin = at
    return len(text), [*own, (begin, len(text))] if depth == 1 else own


def _behind(text: str, token: re.Match[str]) -> int:
    """Where a comment or heredoc ends."""
    if token["comment"]:
        return token.end()
    if token["long"]:
        end = text.find("*/", token.end())
        return len(text) if end < 0 else end + 2
    last = re.compile(rf"^[ \t]*{token['end']}\b", re.MULTILINE).search(text, token.end())
    return len(text) if last is None else last.end()


def _resolved(node: Node, files: Dict[str, SourceFile]) -> Node:
    """A value, through `local.x` and `var.x`: Opaque where the module's caller or a tfvars file decides."""
    match = _NAME.fullmatch(node.text) if isinstance(node, Opaque) else None
    if match is None:
        return node
    kind, name = match[1], match[2]
    directory = posixpath.dirname(node.file.path)
    beside = [f for p, f in files.items() if posixpath.dirname(p) == directory and p.endswith(_TERRAFORM)]
    if kind == "var" and _is_set(name, files):
        return node
    head = rf"^[ \t]*variable[ \t]+\"{name}\"[ \t]*\{{" if kind == "var" else r"^[ \t]*locals[ \t]*\{"
    for file in beside:
        for found in re.finditer(head, file.text, re.MULTILINE):
            value = _Block(file, found.end()).literal("default" if kind == "var" else name)
            if value is not None:
                return value
    return node


def _is_set(name: str, files: Dict[str, SourceFile]) -> bool:
    """Whether a tfvars file or a call of a module gives a variable of that name."""
    given = re.compile(rf"^[ \t]*{re.escape(name)}[ \t]*=", re.MULTILINE)
    return any(
        path.endswith((*_TERRAFORM, ".tfvars", ".hcl")) and file.holds(name.encode()) and given.search(file.text)
        for path, file in files.items()
    )
