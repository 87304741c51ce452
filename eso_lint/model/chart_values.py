"""Values of the operator's chart: which exist in which release, and what a name that does not exist was meant to be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from eso_lint.model.kinds.install import OperatorInstall
from eso_lint.model.resource import Resource
from eso_lint.model.served import NEWEST
from eso_lint.model.versions import Version, parse_version
from eso_lint.model.workspace import Workspace
from eso_lint.record import NamedTuple
from eso_lint.source.node import Mapping, Node, Opaque, Scalar
from eso_lint.suggest import closest

# Values of all subcharts, and of the subchart.
_OTHERS = frozenset({"global", "bitwarden-sdk-server"})
# Names that other charts have for the switch of their CRDs.
_SWITCHES = frozenset(
    {
        "crds.create", "crds.install", "crds.enabled", "crds.installCRDs", "crds.installCrds", "installCrds",
        "createCRDs", "createCrds", "crd.create", "crd.install", "crd.enabled", "crds.managed", "crds.deploy",
    }
)  # fmt: skip
_ANCHOR = re.compile(r"(?<![^\s:\-\[{,])&[A-Za-z0-9_]")
_INDEXED = re.compile(r"\[\d+\].*")


class Misplaced(NamedTuple):
    """A value that the chart does not have: at all (`since` and `until` None), yet, or any more."""

    at: Node
    path: str
    near: str | None
    since: Version | None = None
    until: Version | None = None


class _Timeline:
    """Since and until when the chart has each value, and the maps above them."""

    def __init__(self) -> None:
        from eso_lint.resources import load_json

        data = load_json("chart-values.json")
        self.whole = frozenset(data["whole"])
        self.spans: dict[str, tuple[tuple[Version, Version | None], ...]] = {}
        for path, written in data["values"].items():
            self.spans[path] = tuple(_span(text) for text in ([written] if isinstance(written, str) else written))
        self.below: dict[str, list[str]] = {}
        for path in self.spans:
            steps = path.split(".")
            for depth in range(1, len(steps)):
                self.below.setdefault(".".join(steps[:depth]), []).append(path)

    def known(self, path: str) -> bool:
        return path in self.spans or path in self.below

    def live(self, path: str, release: Version) -> bool:
        """Whether a chart release has the value, or some below it."""
        paths = (path, *self.below.get(path, ()))
        return any(
            low <= release and (high is None or release < high) for p in paths for low, high in self.spans.get(p, ())
        )

    def bounds(self, path: str, release: Version) -> tuple[Version | None, Version | None]:
        """Since when (where that is later), else until when, a value that a release lacks exists."""
        spans = [span for p in (path, *self.below.get(path, ())) for span in self.spans.get(p, ())]
        later = [low for low, _ in spans if low > release]
        gone = [high for _, high in spans if high is not None and high <= release]
        return (None, max(gone)) if gone else (min(later, default=None), None)

    def near(self, path: str) -> str | None:
        """The value that was likely meant."""
        if path in _SWITCHES:
            return "installCRDs"
        parent, _, name = path.rpartition(".")
        other = {"enabled": "create", "create": "enabled"}.get(name)
        if other and self.known(f"{parent}.{other}"):
            return f"{parent}.{other}"
        known = {*self.spans, *self.below}
        flat = re.sub(r"[^a-z0-9]", "", path.lower())
        same = sorted(p for p in known if p.replace(".", "").replace("-", "").lower() == flat)
        if same:
            return same[0]
        beside = {p.rpartition(".")[2] for p in known if p.rpartition(".")[0] == parent}
        found = closest(name, sorted(beside))
        return (f"{parent}.{found}" if parent else found) if found else None


def _span(text: str) -> tuple[Version, Version | None]:
    low, _, high = text.partition("..")
    return parse_version(low) or NEWEST, parse_version(high) if high else None


@cache
def _timeline() -> _Timeline:
    return _Timeline()


def misplaced(install: OperatorInstall) -> Iterator[Misplaced]:
    """The values of an install that its chart does not have, in the order in which they are written.

    Keys that hold YAML anchors for the rest of the file, values that a template fills in, and maps to which one may add
    are passed over.
    """
    release = install.release if install.release is not None and install.release <= NEWEST else None
    for layer in install.layers:
        yield from _walk(layer, "", release)
    for name, node in install.parameters.items():
        path = _INDEXED.sub("", name)
        steps = path.split(".")
        for depth in range(1, len(steps) + 1):
            found = _judge(".".join(steps[:depth]), node, release)
            if found is not None:
                yield found
            if found is not None or ".".join(steps[:depth]) in _timeline().whole:
                break


def _walk(node: Node, above: str, release: Version | None) -> Iterator[Misplaced]:
    if not isinstance(node, Mapping) or node.open:
        return
    timeline = _timeline()
    for name, (key, value) in node.index.items():
        path = f"{above}.{name}" if above else name
        if name.startswith(("x-", "_", ".")) or not isinstance(key, Scalar) or not name:
            continue
        if not above and not timeline.known(path) and _ANCHOR.search(key.file.text, key.end, max(value.end, key.end)):
            continue  # kept for the rest of the file
        found = None if isinstance(value, Opaque) else _judge(path, key, release)
        if found is not None:
            yield found
        elif path in timeline.below and path not in timeline.whole:
            yield from _walk(value, path, release)


def _judge(path: str, at: Node, release: Version | None) -> Misplaced | None:
    timeline = _timeline()
    if path.split(".")[0] in _OTHERS:
        return None
    if not timeline.known(path):
        parent = path.rpartition(".")[0]
        if parent and parent not in timeline.below:
            return None  # below a value that is no map: whatever it is, the name is not what is wrong
        return Misplaced(at, path, timeline.near(path))
    if release is None or timeline.live(path, release):
        return None
    since, until = timeline.bounds(path, release)
    return Misplaced(at, path, _moved(path), since, until)


def _moved(path: str) -> str | None:
    """Where a value went: below `spec` of its probe."""
    parent, _, name = path.partition(".")
    there = f"{parent}.spec.{name}"
    return there if parent.endswith("Probe") and there in _timeline().spans else None


def declared_by(install: OperatorInstall, ws: Workspace) -> Resource | None:
    """The object that declares an install; None where a file of another kind does."""
    for resource in ws.resources:
        here = resource.file is install.file and resource.root.start <= install.at.start < resource.root.end
        if here and resource.kind == install.shape and resource.world == install.world:
            return resource
    return None


def changed_defaults(old: Version, new: Version) -> Iterator[tuple[str, object, object]]:
    """Values whose default differs between two chart releases that both have them: path, before, after."""
    from eso_lint.resources import load_json

    for path, steps in sorted(load_json("chart-values.json")["changed"].items()):
        before, after = (_at(steps, version) for version in (old, new))
        if before is not None and after is not None and before != after:
            yield path, before[0], after[0]


def _at(steps: list[list[object]], release: Version) -> tuple[object] | None:
    found: tuple[object] | None = None
    for since, default in steps:
        first = parse_version(str(since))
        if first is not None and first <= release:
            found = (default,)
    return found


def has_value(path: str, release: Version) -> bool:
    """Whether the chart of a release has a value, or some below it."""
    return _timeline().live(path, release)
