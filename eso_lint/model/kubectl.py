"""`kubectl apply` in shell commands: what is applied, in which way, and whether the operator's CRDs break it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import NamedTuple

from eso_lint.model.command_line import Flags, flags_of
from eso_lint.model.crd_sources import in_kustomization
from eso_lint.model.crds import Oversize, VendoredCrds, of_version, remote_kustomization_ref, remote_ref
from eso_lint.model.helm import Values, values_of
from eso_lint.model.kinds.script import Script, ShellCommand
from eso_lint.source.shell import UNKNOWN, Command, Word

_KUBECTLS = frozenset({"kubectl", "kubectl.exe", "oc", "k", "kubecolor"})
_KUBECTL_VARIABLE = re.compile(
    r"(?:\$\{?|\{\{[ \t]*\.?)(?:KUBECTL|OC)(?:_(?:BIN|CMD|PATH))?[ \t]*\}{0,2}", re.IGNORECASE
)
_PREFIXES = frozenset(
    {
        "if", "then", "else", "elif", "do", "while", "until", "!", "{", "sudo", "doas", "env", "time", "exec",
        "command", "nohup", "nice", "timeout", "retry", "microk8s", "k3s", "minikube",
    }
)  # fmt: skip
_SKIPPED = re.compile(r"-.*|\d+[smh]?|[A-Za-z_]\w*=.*")
_TALK = frozenset({"echo", "printf", "cat", "log", "print", "info", "warn", "die", "fail", "say"})
_ASSIGNED = re.compile(r"[A-Za-z_]\w*\+?=")
_APPLY_VALUES = frozenset(
    {
        "-n", "--namespace", "--context", "--kubeconfig", "--cluster", "--user", "--as", "--as-group",
        "--as-uid", "--token", "-s", "--server", "--request-timeout", "--cache-dir", "--certificate-authority",
        "--client-certificate", "--client-key", "--tls-server-name", "-v", "--v", "--profile",
        "--profile-output", "-o", "--output", "-l", "--selector", "--field-manager", "--timeout",
        "--grace-period", "--prune-allowlist", "--prune-whitelist", "--template", "--applyset",
    }
)  # fmt: skip
_HELM_VALUES = frozenset(
    {
        "--version", "--repo", "-n", "--namespace", "--set", "--set-string", "--set-file", "--set-json",
        "--set-literal", "-f", "--values", "--kube-version", "-a", "--api-versions", "--output-dir",
        "--post-renderer", "--post-renderer-args", "-s", "--show-only", "--name-template", "--ca-file",
        "--cert-file", "--key-file", "--keyring", "--username", "--password", "--timeout", "--kubeconfig",
        "--kube-context", "--description", "--registry-config", "--repository-config", "--repository-cache",
        "-l", "--labels",
    }
)  # fmt: skip
_HOME = re.compile(r"dirname|BASH_SOURCE|rev-parse|SCRIPT_DIR|REPO_ROOT|ROOT_DIR|%/\*")
_CURL = frozenset({"curl", "wget"})
_MAX_PIPES = 20
_PASSING = frozenset({"envsubst", "tee", "kbld", "sed"})


class BareApply(NamedTuple):
    """A client-side apply that cannot succeed. `first` to `verb` are the words `kubectl ... apply`."""

    command: ShellCommand
    first: Word
    verb: Word
    negated: Word | None  # a `--server-side=false` that says so
    crd: Oversize


def _leaves(command: ShellCommand) -> bool:
    """Whether a command changes to a directory other than the script's own or the repository's root."""
    words = [word for word in command.words if word.text not in _PREFIXES]
    if not words or words[0].text not in ("cd", "pushd"):
        return False
    return _HOME.search(command.block.text, words[0].start, words[-1].end) is None


class _Reader:
    """Judges the commands of one script."""

    def __init__(self, script: Script, crds: VendoredCrds, eso_version: str | None) -> None:
        self.script = script
        self.crds = crds
        self.eso_version = eso_version
        self.directory = posixpath.dirname(script.file.path)
        self.moved = False  # into a directory that is neither the script's nor the root

    def bare_applies(self) -> Iterator[BareApply]:
        block = None
        for command in self.script.commands:
            if command.block is not block:
                block, self.moved = command.block, False
            self.moved = self.moved or _leaves(command)
            at = self.kubectl_at(command.command)
            if at is None:
                continue
            found = self.judge(command, at)
            if found is not None:
                yield found

    # --- the command line -------------------------------------------------------------------------------------------

    def kubectl_at(self, command: Command) -> int | None:
        """Position of the word that runs kubectl."""
        words = command.words
        for i, word in enumerate(words):
            if self.is_kubectl(word):
                return i
            if word.text not in _PREFIXES and not _SKIPPED.fullmatch(word.text):
                break
        for i, word in enumerate(words[1:-1], 1):
            if word.text == "--" and words[0].text not in _TALK and self.is_kubectl(words[i + 1]):
                return i + 1
        return None

    def is_kubectl(self, word: Word) -> bool:
        text = self.script.expand(word.text)
        if UNKNOWN in text:
            return _KUBECTL_VARIABLE.fullmatch(word.text) is not None
        # A variable may hold flags too: `KUBECTL="kubectl --context prod"`.
        tool, _, flags = text.partition(" ") if word.inner is None else (text, "", "")
        return tool.rsplit("/", 1)[-1] in _KUBECTLS and "--server-side" not in flags

    # --- kubectl apply ----------------------------------------------------------------------------------------------

    def judge(self, command: ShellCommand, at: int) -> BareApply | None:
        words = command.words[at:]
        verb = self.verb_of(words)
        if verb is None or self.script.expand(verb.text) != "apply":
            return None
        after = words[words.index(verb) + 1 :]
        operands = frozenset({"-f", "--filename", "-k", "--kustomize"})
        flags = flags_of(self.script, (*words[1 : words.index(verb)], *after), _APPLY_VALUES | operands, "fknosvl")
        if not flags.sure or flags.positional:
            return None  # `apply view-last-applied`, or words that only the run will know
        server_side = [(value, word) for flag, value, word in flags.pairs if flag == "--server-side"]
        if server_side and server_side[-1][0] not in ("false", "False", "FALSE", "0", "f", "F"):
            return None
        dry_run = [value for flag, value, _ in flags.pairs if flag == "--dry-run"]
        if dry_run and dry_run[-1] not in ("none", "false", "server"):
            return None
        if flags.all("-l", "--selector", "-h", "--help"):
            return None
        crd = self.applied(command.command, flags, after)
        if crd is None:
            return None
        return BareApply(command, words[0], verb, server_side[-1][1] if server_side else None, crd)

    def verb_of(self, words: tuple[Word, ...]) -> Word | None:
        """The first word after kubectl that is neither a flag nor a flag's value."""
        skip = False
        for word in words[1:]:
            if skip:
                skip = False
            elif word.text == "--":
                continue
            elif word.text.startswith("-"):
                skip = "=" not in word.text and word.text in _APPLY_VALUES
            elif self.script.expand(word.text).startswith("-"):
                continue  # a variable that holds flags
            else:
                return word
        return None

    def applied(self, command: Command, flags: Flags, words: tuple[Word, ...]) -> Oversize | None:
        """The first CRD among the operands that is over the limit."""
        recursive = any(flag in ("-R", "--recursive") and value != "false" for flag, value, _ in flags.pairs)
        sources = [word for word in words if word.source]
        for flag, value, _ in flags.pairs:
            found: Oversize | None = None
            if value and flag in ("-k", "--kustomize"):
                found = self.kustomized(value, helm=False)
            elif value and flag in ("-f", "--filename"):
                if value in ("-", "/dev/stdin"):
                    found = self.stdin(command)
                elif value == UNKNOWN and sources:
                    found = self.output(sources[0].source[-1])
                else:
                    found = self.named(value, recursive)
            if found is not None:
                return found
        return None

    def named(self, value: str, recursive: bool) -> Oversize | None:
        """An operand of `-f`: an address, a file or a directory (several with commas)."""
        ref = remote_ref(value)
        if ref is not None:
            return self.version(ref)
        for name in value.split(","):
            for path in self.local(name):
                found = self.crds.in_file(path) if path in self.crds.files else self.crds.in_directory(path, recursive)
                for crd in found:
                    return crd
        return None

    def local(self, name: str) -> list[str]:
        """Places in the repository that a path may mean: beside the script, else below the root."""
        if self.moved or UNKNOWN in name or name.startswith(("/", "~")):
            return []
        if "://" in name or any(c in name for c in "*?["):
            return []
        for base in (self.directory, ""):
            path = posixpath.normpath(posixpath.join(base, name))
            path = "" if path == "." else path
            if path in self.crds.files or (path and not path.startswith("..") and self.crds.is_directory(path)):
                return [path]
        return []

    def kustomized(self, value: str, helm: bool) -> Oversize | None:
        ref = remote_kustomization_ref(value)
        if ref is not None:
            return self.version(ref)
        for path in self.local(value):
            for crd in in_kustomization(self.crds, path, self.eso_version, helm):
                return crd
        return None

    def version(self, ref: str, ranges: bool = False) -> Oversize | None:
        return of_version("" if UNKNOWN in ref else ref, self.eso_version, ranges)

    # --- pipelines --------------------------------------------------------------------------------------------------

    def stdin(self, command: Command, depth: int = 0) -> Oversize | None:
        """What is fed to a command, through at most `_MAX_PIPES` filters."""
        if depth > _MAX_PIPES:
            return None
        if command.stdin is not None:
            return self.named(self.script.expand(command.stdin.text), False)
        return self.output(command.upstream, depth + 1) if command.upstream is not None else None

    def output(self, command: Command, depth: int = 0) -> Oversize | None:
        """What a command writes to its output, where that is manifests that are known."""
        words = command.words
        while words and (words[0].text in _PREFIXES or _ASSIGNED.match(words[0].text)):
            words = words[1:]
        if not words:
            return None
        tool = words[0].text.rsplit("/", 1)[-1]
        if self.is_kubectl(words[0]):
            return self.kubectl_output(words)
        if tool in _PASSING:
            edits = [word.text for word in words[1:] if not word.text.startswith("-")]
            if tool == "sed" and not all(text.startswith("s") for text in edits):
                return None
            return self.stdin(command, depth)
        if tool in _CURL:
            refs = [remote_ref(self.script.expand(word.text)) for word in words[1:]]
            return next((self.version(ref) for ref in refs if ref is not None), None)
        if tool == "cat":
            names = [self.script.expand(word.text) for word in words[1:] if not word.text.startswith("-")]
            found = (self.named(name, False) for name in names)
            return next((crd for crd in found if crd is not None), None if names else self.stdin(command, depth))
        if tool == "kustomize" and len(words) > 1 and words[1].text == "build":
            valued = frozenset({"--load-restrictor", "-o", "--output", "--helm-command"})
            flags = flags_of(self.script, words[2:], valued, "oe")
            if not flags.sure or flags.all("-o", "--output"):
                return None
            return self.kustomized(flags.positional[0] if flags.positional else ".", helm=True)
        if tool == "helm" and len(words) > 1 and words[1].text == "template":
            return self.rendered(words[2:])
        return None

    def kubectl_output(self, words: tuple[Word, ...]) -> Oversize | None:
        verb = self.verb_of(words)
        if verb is None or verb.text not in ("create", "apply", "kustomize"):
            return None
        after = words[words.index(verb) + 1 :]
        flags = flags_of(self.script, after, _APPLY_VALUES | {"-f", "--filename", "-k", "--kustomize"}, "fknosvl")
        if not flags.sure:
            return None
        if verb.text == "kustomize":
            return self.kustomized(flags.positional[0] if flags.positional else ".", helm=False)
        if flags.last("--dry-run") != "client" or flags.last("-o", "--output") not in ("yaml", "json"):
            return None
        return None if flags.positional else self.applied(Command(words), flags, after)

    def rendered(self, words: tuple[Word, ...]) -> Oversize | None:
        """`helm template [NAME] CHART`: the CRDs are templates of the chart, unless `installCRDs` is false."""
        flags = flags_of(self.script, words, _HELM_VALUES, "fnasl")
        if not flags.sure or not flags.positional:
            return None
        if flags.all("--output-dir", "--post-renderer", "-s", "--show-only", "--set-file", "--set-json"):
            return None
        chart = flags.positional[-1]
        packed = re.fullmatch(r"(?:.*/)?external-secrets-(v?\d[\w.-]*)\.tgz", chart)
        remote = chart.startswith("oci://") and chart.rsplit("/", 1)[-1].split(":")[0] == "external-secrets"
        aliased = re.fullmatch(r"[\w.-]+/external-secrets", chart) is not None and not self.local(chart)
        aliased = aliased and not chart.startswith((".", "chart"))
        repository = flags.last("--repo") is not None and chart == "external-secrets"
        if not (packed or remote or aliased or repository):
            return None
        version = packed[1] if packed else flags.last("--version")
        values: list[Values | None] = [self.values_file(name) for name in flags.all("-f", "--values")]
        settings = [s for text in flags.all("--set", "--set-string") for s in text.split(",")]
        values.append(values_of(settings))
        if Values.layered(values).installs_crds is not True:
            return None
        if version is None and ":" in chart.rsplit("/", 1)[-1]:
            version = chart.rsplit(":", 1)[-1]
        if version is None:
            newest = of_version("latest")
            return newest._replace(source="no version is named, so the newest release") if newest else None
        return self.version(version, ranges=True)

    def values_file(self, name: str) -> Values | None:
        for path in self.local(name):
            return Values.of(self.crds.root(path))
        return None


def bare_applies(script: Script, crds: VendoredCrds, eso_version: str | None) -> Iterator[BareApply]:
    """The client-side applies of a script that the operator's CRDs break. `eso_version` stands for unknown versions."""
    return _Reader(script, crds, eso_version).bare_applies()
