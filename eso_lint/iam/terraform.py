"""Terraform and OpenTofu modules: directories of files, and each use of them with the values that it is given."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping as Dict
from typing import NamedTuple

from eso_lint.iam.hcl import read
from eso_lint.iam.hcl_ast import Attribute, Block, Body, Expr, Template, Text
from eso_lint.source.file import SourceFile, Span

ENDS = (".tf", ".tofu")
_MAX_BYTES = 1_000_000
_MAX_ALL = 30_000_000
_LOCAL = re.compile(rb"source\s*=\s*\"(\.\.?/[^\"\n]*)\"")


class Written(NamedTuple):
    """A block or attribute, and the file that it is in."""

    file: SourceFile
    item: Block


class Named(NamedTuple):
    file: SourceFile
    value: Expr


Said = tuple[SourceFile, Attribute]


class Module:
    """What the files of a directory say together.

    `broken`: some of it could not be read, so what seems absent may be there.
    """

    def __init__(self, directory: str, files: list[SourceFile], broken: bool) -> None:
        self.directory = directory
        self.broken = broken
        self.faults: list[Span] = []
        self.variables: dict[str, Written] = {}
        self.locals: dict[str, Named] = {}
        self.outputs: dict[str, Written] = {}
        self.calls: dict[str, Written] = {}
        self.blocks: dict[tuple[str, str, str], Written] = {}
        for file in files:
            self._add(file)

    def _add(self, file: SourceFile) -> None:
        body = read(file)
        self.broken = self.broken or bool(body.broken)
        self.faults += (Span(file, at, min(at + 1, len(file.text))) for at in body.broken[:1])
        for block in body.blocks:
            labels = [label.text for label in block.labels]
            written = Written(file, block)
            if block.type in ("resource", "data") and len(labels) == 2:
                self.blocks[(block.type, labels[0], labels[1])] = written
            elif block.type == "locals":
                self.locals.update((a.name, Named(file, a.value)) for a in block.body.attributes)
            elif len(labels) == 1:
                kinds = {"variable": self.variables, "output": self.outputs, "module": self.calls}
                if block.type in kinds:
                    kinds[block.type][labels[0]] = written


class Terraform:
    """The Terraform of a repository: which directories there are, who calls them, and what tfvars files say."""

    def __init__(self, files: Dict[str, SourceFile], needles: re.Pattern[bytes]) -> None:
        self.files = files
        # Uses of modules are made while they are met, so many at most; `cut` says that some were left out.
        self.uses = 0
        self.most_uses = 1_000
        self.cut = False
        self.homes: dict[str, object] = {}
        self._own: dict[str, list[SourceFile]] = {}
        self._modules: dict[str, Module] = {}
        self._tfvars: list[SourceFile] = []
        self._terragrunt = [f for p, f in files.items() if p.endswith(".hcl") and "terragrunt" in p]
        self._elsewhere: dict[str, bool] = {}
        self._bodies: dict[str, Body] = {}
        self.unread: dict[str, str] = {}
        self._closed: set[str] = set()
        size = 0
        for path, file in files.items():
            if path.endswith((*ENDS, ".tf.json")):
                size += file.size
                directory = posixpath.dirname(path)
                why = self._why(path, file, size)
                if why is not None:
                    self.unread[path] = why
                    self._closed.add(directory)
                else:
                    self._own.setdefault(directory, []).append(file)
            elif path.endswith(".tfvars"):
                self._tfvars.append(file)
        self.called_by = self._callers()
        self.wanted = self._wanted(needles)

    @staticmethod
    def _why(path: str, file: SourceFile, size: int) -> str | None:
        """Why a file is not read; None where it is."""
        if path.endswith(".json"):
            return "Terraform in JSON is not read"
        if file.size > _MAX_BYTES:
            return f"Terraform larger than {_MAX_BYTES:,} bytes"
        return f"more than {_MAX_ALL:,} bytes of Terraform" if size > _MAX_ALL else None

    def _callers(self) -> dict[str, set[str]]:
        """Directory -> directories whose files call it."""
        found: dict[str, set[str]] = {}
        for directory, files in self._own.items():
            for file in files:
                for source in _LOCAL.findall(file.data):
                    target = local(directory, source.decode("utf-8", "replace"))
                    if target in self._own:
                        found.setdefault(target, set()).add(directory)
        return found

    def _wanted(self, needles: re.Pattern[bytes]) -> list[str]:
        """Directories that hold something of interest, and those above that call them, in order of their names."""
        found: set[str] = set()
        ahead = [d for d, files in self._own.items() if any(needles.search(file.data) for file in files)]
        while ahead:
            directory = ahead.pop()
            if directory not in found:
                found.add(directory)
                ahead += self.called_by.get(directory, ())
        return sorted(found)

    def module(self, directory: str) -> Module | None:
        if directory not in self._own:
            return None
        made = self._modules.get(directory)
        if made is None:
            made = Module(directory, self._own[directory], directory in self._closed)
            self._modules[directory] = made
        return made

    def roots(self) -> list[str]:
        """The wanted directories that nothing in the repository calls."""
        return [directory for directory in self.wanted if not self.called_by.get(directory)]

    def given_elsewhere(self, directory: str) -> bool:
        """Whether a root's variables are likely set where nothing here sees: a module for others, or Terragrunt."""
        known = self._elsewhere.get(directory)
        if known is None:
            parts = directory.split("/")
            name = parts[-1].encode()
            known = self._elsewhere[directory] = "modules" in parts or any(
                file.holds(b"source") and file.holds(name) for file in self._terragrunt
            )
        return known

    def tfvars(self, directory: str) -> tuple[list[Said], list[Said]]:
        """What tfvars files say of a root's variables: those that Terraform reads by itself, and others below it."""
        sure: list[Said] = []
        other: list[Said] = []
        for file in self._tfvars:
            home, name = posixpath.split(file.path)
            own = name == "terraform.tfvars" or name.endswith(".auto.tfvars")
            if home == directory or not directory or home.startswith(directory + "/"):
                (sure if home == directory and own else other).extend((file, a) for a in self._read(file).attributes)
        return sure, other

    def _read(self, file: SourceFile) -> Body:
        body = self._bodies.get(file.path)
        if body is None:
            body = self._bodies[file.path] = read(file)
        return body


def local(directory: str, source: str) -> str | None:
    """The directory that a module's source names, where it lies in the repository."""
    if not source.startswith(("./", "../")):
        return None
    target = posixpath.normpath(posixpath.join(directory, source.split("?")[0]))
    return None if target.startswith("..") else "" if target == "." else target


def literal(expr: Expr | None) -> Text | None:
    """The text of a string in which nothing is interpolated."""
    if isinstance(expr, Template) and len(expr.parts) == 1 and isinstance(expr.parts[0], Text):
        return expr.parts[0]
    return None
