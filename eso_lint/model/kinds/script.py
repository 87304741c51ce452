"""Scripts and guides as rules see them: shell commands with exact spans, and what the file says of its variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eso_lint.source.block import Block
    from eso_lint.source.node import SourceFile, Span
    from eso_lint.source.script import ScriptText
    from eso_lint.source.shell import Command, Word


class ShellCommand(NamedTuple):
    """One simple command of a script. `words` keep variables as written."""

    block: Block
    command: Command

    @property
    def words(self) -> tuple[Word, ...]:
        return self.command.words

    def span(self, first: Word, last: Word) -> Span:
        """The file's span from one word to another, both included."""
        return self.block.span(first.start, last.end)


class Script:
    """A file with shell text. `kind` is its dialect: shell, make, just, task, docker, workflow, gitlab, markdown..."""

    __slots__ = ("_commands", "_variables", "document_index", "file", "kind", "text")

    def __init__(self, text: ScriptText) -> None:
        self.text = text
        self.file: SourceFile = text.file
        self.kind = text.kind
        self.document_index = 0
        self._commands: tuple[ShellCommand, ...] | None = None
        self._variables: dict[str, str | None] | None = None

    @property
    def commands(self) -> tuple[ShellCommand, ...]:
        """All simple commands, block by block."""
        if self._commands is None:
            from eso_lint.source.shell import commands

            self._commands = tuple(
                ShellCommand(block, command)
                for block in self.text.blocks
                for command in commands(block.text, block.make)
            )
        return self._commands

    @property
    def variables(self) -> dict[str, str | None]:
        """What each variable is set to in this file, as written; None where that is no single literal."""
        if self._variables is None:
            from eso_lint.model.script_variables import assignments

            found: dict[str, str | None] = {}
            for name, value in (*self.text.variables, *assignments(c.command for c in self.commands)):
                found[name] = None if value is None or found.get(name, value) != value else value
            self._variables = found
        return self._variables

    def expand(self, text: str) -> str:
        """The text with variables replaced by what this file sets; what is not known becomes `shell.UNKNOWN`."""
        if "$" not in text and "{{" not in text and "`" not in text:
            return text
        from eso_lint.model.script_variables import expand

        return expand(text, self.variables)

    def __repr__(self) -> str:
        return f"<script {self.file.path}>"


def scripts(files: Iterable[SourceFile]) -> tuple[Script, ...]:
    """The scripts among the files that may apply the operator's definitions or install it, in the order given."""
    candidates = [f for f in files if may_hold_shell(f.path) and (f.holds(b"apply") or f.holds(b"helm"))]
    if not candidates:
        return ()
    from eso_lint.source.script import read_script

    texts = (read_script(file) for file in candidates)
    return tuple(Script(text) for text in texts if text is not None and text.blocks)


def may_hold_shell(path: str) -> bool:
    """A cheap first test by name; `source.script` decides."""
    if path.endswith((".yaml", ".yml")):
        return any(part in path for part in (".git", ".forgejo", "askfile", "pipelines", "action.y", ".circleci"))
    if path.endswith((".sh", ".bash", ".zsh", ".ksh", ".mk", ".just", ".md", ".markdown", ".mdx")):
        return True
    name = path[path.rfind("/") + 1 :]
    return "." not in name or "file" in name
