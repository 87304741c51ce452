"""One run: from a root and settings to a Report. Reads no arguments and writes to no stream."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from eso_lint.app import charts_of, interest_of
from eso_lint.lint.report import Coverage, Report, Skipped
from eso_lint.lint.select import Selection
from eso_lint.record import TYPE_CHECKING
from eso_lint.source.node import SourceFile

if TYPE_CHECKING:
    from eso_lint.lint.entry import Entry
    from eso_lint.lint.rule import Finding, Rule
    from eso_lint.lint.triage import Thresholds
    from eso_lint.model.workspace import Workspace
    from eso_lint.plugins import Host
    from eso_lint.settings import Settings
    from eso_lint.source.directives import Suppression
    from eso_lint.source.prefilter import Interest

SUPPRESSION = "Suppression"
_NEEDLE = b"eso-lint"
_NOT_FOLLOWED = ("remote", "opaque", "missing", "refused")
_FEW = 100
_HCL = (".tf", ".tofu", ".hcl")  # its comments are a shell's
_GROUPS = ("external-secrets.io", "generators.external-secrets.io")


class Input:
    """The repository as read. `files` by path; `skipped` were not looked at; `paths` are all that exist."""

    __slots__ = ("files", "paths", "skipped")

    def __init__(self, files: dict[str, SourceFile], skipped: tuple[Skipped, ...], paths: frozenset[str]) -> None:
        self.files = files
        self.skipped = skipped
        self.paths = paths


class Request:
    """What to do. `within` are the paths that findings are shown for, empty for all.

    `before` maps changed paths to their bytes before the change, None where `--changed-since` was not asked.
    """

    __slots__ = ("before", "limits", "progress", "settings", "within")

    def __init__(
        self,
        settings: Settings,
        within: tuple[str, ...] = (),
        before: Mapping[str, bytes | None] | None = None,
        limits: Thresholds | None = None,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.settings = settings
        self.within = within
        self.before = before
        self.limits = limits
        self.progress = progress


class Result:
    """What the rules said of one state of the repository."""

    __slots__ = ("findings", "rules", "suppressions", "workspace")

    def __init__(
        self,
        findings: tuple[Finding, ...],
        suppressions: tuple[Suppression, ...],
        rules: tuple[Rule, ...],
        workspace: Workspace,
    ) -> None:
        self.findings = findings
        self.suppressions = suppressions
        self.rules = rules
        self.workspace = workspace


class Engine:
    """The plug-ins and rules of a run. Nothing is imported for rules that cannot be asked."""

    def __init__(self, strangers: bool) -> None:
        self.strangers = strangers
        self._host: Host | None = None

    @property
    def host(self) -> Host:
        if self._host is None:
            from eso_lint.plugins import Host

            self._host = Host(self.strangers)
        return self._host

    def entries(self) -> tuple[Entry, ...]:
        """All rules there are. Without strangers the index says it, and no plug-in host is made."""
        if self.strangers or self._host is not None:
            return self.host.rules()
        from eso_lint.rules.index import INDEX

        return INDEX

    def rules(self, wanted: tuple[Entry, ...], workspace: Workspace) -> tuple[Rule, ...]:
        """The rules among `wanted` that have something to look at, loaded."""
        offered = {entry.id: entry for entry in self.entries()}
        present = {base.__name__ for kind in {type(r) for r in workspace.resources} for base in kind.__mro__}
        asked = {name for entry in wanted for name in entry.on}
        present |= {
            view.__name__ for view in workspace.view_types() if view.__name__ in asked and workspace.views(view)
        }
        some = [offered[entry.id] for entry in wanted if present.intersection(entry.on)]
        # What a renderer makes need not hold the words of the file that it makes it of.
        made = self.strangers and self.host.renderers()
        return tuple(entry.load() for entry in some if made or _may_speak(entry, workspace))

    def all_rules(self, wanted: tuple[Entry, ...]) -> tuple[Rule, ...]:
        """All rules among `wanted`, sorted by id: for reports that describe rules whatever was found."""
        offered = {entry.id: entry for entry in self.entries()}
        return tuple(sorted((offered[entry.id].load() for entry in wanted), key=lambda rule: rule.id))


def _may_speak(entry: Entry, workspace: Workspace) -> bool:
    """Whether one of a rule's words is anywhere. In a large repository loading it costs less than looking for them."""
    sources = workspace.sources
    if not entry.words or len(sources) > _FEW:
        return True
    # Escapes can spell any word.
    words = (b"\\", *(word.encode() for word in entry.words))
    return any(file.holds(word) for file in sources.values() for word in words)


def check(source: Input, request: Request, engine: Engine) -> Report:
    """Lint a repository. PluginError and ConfigError where the job cannot be done as asked."""
    from eso_lint.config import Config

    config: Config = request.settings.config
    entries = engine.entries()
    selection = request.settings.selection(entries)
    wanted = selection.on()
    interest = interest_of(wanted)
    renderers = engine.host.renderers() if engine.strangers else ()
    if renderers:
        from eso_lint.source.prefilter import Interest

        interest = Interest({*interest.kinds, *(kind for r in renderers for kind in r.kinds)}, interest.only)
    if request.before is None and not _anything(source.files, interest):
        return _empty(source, config.profile)
    result = analyse(source, config, wanted, selection, interest, engine, request.progress)
    return _report(source, request, selection, result, _earlier(source, request, wanted, selection, interest, engine))


def _anything(files: Mapping[str, SourceFile], interest: Interest) -> bool:
    return any(interest.file(path, file.data) or file.holds(_NEEDLE) for path, file in files.items())


def _empty(source: Input, profile: str) -> Report:
    return Report((), (), 0, Coverage(len(source.files), 0, {}, source.skipped), (), (), profile, 0)


def analyse(
    source: Input,
    config: object,
    wanted: tuple[Entry, ...],
    selection: Selection,
    interest: Interest,
    engine: Engine,
    progress: Callable[[str], None],
) -> Result:
    """Read, build and ask every rule, suppressions last: they are judged by what the others found."""
    from eso_lint.lint.run import run
    from eso_lint.lint.triage import judge

    files = source.files
    progress("reading")
    workspace, chosen = workspace_of(source, config, interest, engine)
    parsed = workspace.parsed
    progress("asking the rules")
    rules = engine.rules(tuple(e for e in wanted if SUPPRESSION not in e.on), workspace)
    findings = list(run(rules, workspace))
    markers = markers_of(files, chosen, workspace, charts_of(source.paths))
    if markers:
        faulty = {p.file.path for p in parsed if p.skipped or any(f.kind == "syntax" for f in p.faults)}
        on = {entry.id for entry in wanted}

        def was_on(entry: Entry, path: str) -> bool:
            return entry.id in on and SUPPRESSION not in entry.on and path not in faulty

        markers = judge(markers, findings, selection.entries, was_on)
        workspace.add_view(type(markers[0]), markers)
        meta = engine.rules(tuple(e for e in wanted if SUPPRESSION in e.on), workspace)
        findings += run(meta, workspace)
        rules = (*rules, *meta)
    return Result(tuple(findings), markers, rules, workspace)


def workspace_of(source: Input, config: object, interest: Interest, engine: Engine) -> tuple[Workspace, frozenset[str]]:
    """Files to the workspace: what can matter is parsed, expanded by plug-ins and rendered. And the files that can."""
    from eso_lint.app import build, choose, read

    chosen, interest = choose(source.files.values(), interest)
    parsed = read(chosen, interest, charts_of(source.paths))
    if engine.strangers and engine.host.renderers():
        parsed = tuple(p._replace(documents=engine.host.rendered(p.documents)) for p in parsed)
    workspace = build(parsed, config, source.paths, source.files)  # type: ignore[arg-type]
    return workspace, frozenset(file.path for file in chosen)


def markers_of(
    files: Mapping[str, SourceFile], read: frozenset[str], workspace: Workspace, charts: frozenset[str]
) -> tuple[Suppression, ...]:
    """All suppressions: comments of files that hold the needle (or, in files that are read, seem to), annotations."""
    from eso_lint.app import in_chart, is_yaml

    marked = [f for p, f in files.items() if f.holds(_NEEDLE) or (p in read and _suspect(f.data))]
    if not marked:
        return ()
    from eso_lint.source.directives import annotated, suppressions
    from eso_lint.source.parse import parse
    from eso_lint.source.script import script_kind

    found: list[Suppression] = []
    for file in marked:
        if is_yaml(file.path):
            found += suppressions(file, parse(file, None, in_chart(file.path, charts)))
        elif file.path.endswith(_HCL) or script_kind(file.path, file.data) is not None:
            found += suppressions(file, None)
    paths = {file.path for file in marked}
    found += annotated(r for r in workspace.resources if r.file.path in paths)
    return tuple(sorted(found, key=lambda s: (s.file.path, s.span.start)))


def _suspect(data: bytes) -> bool:
    if b"ignore" not in data and b"lint" not in data.lower():
        return False
    from eso_lint.source.directives import SUSPECT

    return SUSPECT.search(data) is not None


def _earlier(
    source: Input,
    request: Request,
    wanted: tuple[Entry, ...],
    selection: Selection,
    interest: Interest,
    engine: Engine,
) -> tuple[Finding, ...]:
    """Findings of the repository as it was before the change."""
    if request.before is None:
        return ()
    files = dict(source.files)
    for path, data in request.before.items():
        files.pop(path, None)
        if data is not None:
            files[path] = SourceFile(path, data)
    files = dict(sorted(files.items()))
    gone = {path for path, data in request.before.items() if data is None}
    old = Input(files, (), frozenset((source.paths - gone) | files.keys()))
    return analyse(old, request.settings.config, wanted, selection, interest, engine, request.progress).findings


def _report(
    source: Input, request: Request, selection: Selection, result: Result, earlier: tuple[Finding, ...]
) -> Report:
    from eso_lint.lint.triage import Thresholds, triage

    findings: tuple[Finding, ...] = result.findings
    if request.before is not None:
        from eso_lint.lint.changed import narrow

        findings = tuple(narrow(findings, earlier, request.before))
    if request.within:
        within = request.within
        findings = tuple(f for f in findings if any(covers(prefix, f.span.file.path) for prefix in within))
    triaged = triage(findings, result.suppressions, selection, request.limits or Thresholds())
    config = request.settings.config
    code = exit_code(triaged.shown, config.fail_on)
    rules = tuple(sorted(result.rules, key=lambda rule: rule.id))
    return Report(
        triaged.shown,
        triaged.suppressed,
        triaged.below,
        _coverage(source, result.workspace),
        tuple(_notes(result)),
        rules,
        config.profile,
        code,
    )


def covers(prefix: str, path: str) -> bool:
    """Whether a path is the named file or lies in the named directory; "" is the root."""
    return not prefix or path == prefix or path.startswith(prefix + "/")


def exit_code(shown: tuple[Finding, ...], fail_on: str) -> int:
    """1 where a finding counts, else 0."""
    from eso_lint.lint.rule import Severity

    if fail_on == "never":
        return 0
    return int(any(finding.severity >= Severity[fail_on.upper()] for finding in shown))


def _coverage(source: Input, workspace: Workspace) -> Coverage:
    # An object counts once, in however many shapes it is delivered.
    written = {(id(r.document), r.root.start): r.kind for r in workspace.resources if r.group in _GROUPS}
    counts: dict[str, int] = {}
    for kind in written.values():
        counts[kind] = counts.get(kind, 0) + 1
    skipped = list(source.skipped)
    read = 0
    for parsed in workspace.parsed:
        read += bool(parsed.documents)
        for offset, reason in parsed.skipped:
            from eso_lint.source.node import Span

            skipped.append(Skipped(parsed.file.path, reason, Span(parsed.file, offset, offset)))
    return Coverage(len(source.files), read, dict(sorted(counts.items())), tuple(sorted(skipped, key=_place)))


def _place(item: Skipped) -> tuple[str, int]:
    return item.path, item.span.start if item.span is not None else 0


def _second_opinions(workspace: Workspace) -> list[str]:
    """What helm and kustomize had to say, where they were run."""
    from eso_lint.render.unit import Note

    told = sorted(
        (note.at.file.path, note.at.file.position(note.at.start)[0], note.message)
        for note in workspace.views(Note)
        if note.kind in ("differs", "unasked")
    )
    return [f"{path}:{line}: {message}" for path, line, message in told]


def _notes(result: Result) -> list[str]:
    """What was not checked: objects in archives, references that the repository gives no reason to expect."""
    archived = {(id(r.document), r.root.start) for r in result.workspace.resources if r.archived and r.group in _GROUPS}
    notes = []
    if archived:
        some = f"{len(archived)} object{'s' if len(archived) > 1 else ''} in archives"
        notes.append(f"{some} {'are' if len(archived) > 1 else 'is'} not checked")
    from eso_lint.model.in_play import assumed

    notes += filter(None, [assumed(result.workspace)])
    ledger = sys.modules.get("eso_lint.schema.cel.ledger")  # only where rules of CRDs were asked
    if ledger is not None:
        notes += result.workspace.index(ledger.Ledger).notes()
    unit = sys.modules.get("eso_lint.render.unit")  # only where something delivers
    unknown = sum(note.kind in _NOT_FOLLOWED for note in result.workspace.views(unit.Note)) if unit is not None else 0
    if unknown:
        some = f"{unknown:,} place{'s' if unknown > 1 else ''} in deliveries could not be followed"
        notes.append(f"{some}; what is unknown for that is not reported (`eso-lint inventory` lists them)")
    if any(rule.name == "iam-missing-action" for rule in result.rules):
        from eso_lint.iam.join import unverified

        notes += unverified(result.workspace)
    identities = sys.modules.get("eso_lint.iam.identities")  # only where rules asked what is granted
    if identities is not None:
        notes += identities.unread_notes(result.workspace)
    if result.workspace.config.render:
        notes += _second_opinions(result.workspace)
    return notes + [
        f"{count} reference{'s' if count > 1 else ''} to {kind} {'are' if count > 1 else 'is'} not checked: "
        f"the repository defines none"
        for kind, count in result.workspace.unchecked().items()
    ]
