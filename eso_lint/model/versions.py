"""The operator's releases: how large their CRDs are, and which release a version or range stands for."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from eso_lint.regex import pattern

_VERSION = pattern(r"(?:helm-chart-)?[vV]?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")
_PARTIAL = pattern(r"[vV]?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:-([0-9A-Za-z.-]+))?")
_TERM = pattern(r"(>=|<=|=>|=<|!=|>|<|=|~>|~|\^)?\s*([vV]?[\dxX*][^\s,|]*)")
_HYPHEN = pattern(r"\S+\s+-\s+\S+")


class Version(NamedTuple):
    """A semantic version; `final` sorts pre-releases before their release."""

    major: int
    minor: int
    patch: int
    final: bool = True
    pre: str = ""

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}" + (f"-{self.pre}" if self.pre else "")


class Release(NamedTuple):
    """One release: its version, the chart of the same content (None where there is none), and the bytes by CRD."""

    version: Version
    chart: str | None
    bytes: dict[str, int]

    @property
    def largest(self) -> tuple[str, int]:
        """Kind and bytes of the annotation that client-side apply would write, for the largest CRD."""
        kind = max(self.bytes, key=lambda name: self.bytes[name])
        return kind, self.bytes[kind]


def parse_version(text: str) -> Version | None:
    """A full version, with or without a leading `v` or `helm-chart-`; None for anything else."""
    match = _VERSION.fullmatch(text.strip())
    if match is None:
        return None
    pre = match[4] or ""
    return Version(int(match[1]), int(match[2]), int(match[3]), not pre, pre)


@cache
def releases() -> tuple[Release, ...]:
    """All known releases, oldest first."""
    from eso_lint.resources import load_json

    found = []
    for entry in load_json("releases.json")["releases"]:
        version = parse_version(entry["version"])
        if version is not None:
            found.append(Release(version, entry["chart"], entry["bytes"]))
    return tuple(sorted(found, key=lambda release: release.version))


@cache
def annotation_limit() -> int:
    """Bytes that all annotations of one object may have together."""
    from eso_lint.resources import load_json

    return int(load_json("releases.json")["limit"])


def newest() -> Release:
    """The newest known release: what a moving branch or an open range stands for."""
    return releases()[-1]


def release_of(version: str) -> Release | None:
    """The known release of that version; None where there is none."""
    wanted = parse_version(version)
    return next((r for r in releases() if r.version == wanted), None) if wanted else None


def named(text: str) -> Version | None:
    """The release that a user names: `2.9` is the last patch of it that is known, else its first."""
    exact = parse_version(text)
    if exact is not None:
        return exact
    floor = parse_version(f"{text}.0") or parse_version(f"{text}.0.0")
    if floor is None:
        return None
    depth = text.count(".") + 1
    known = [r.version for r in releases() if r.version[:depth] == floor[:depth] and r.version.final]
    return known[-1] if known else floor


def breaks_client_side_apply(version: str) -> bool | None:
    """Whether client-side apply of that release's CRDs exceeds the annotation limit; None where it is not known.

    A version between two known releases is known where both agree; a later one than all is as the newest.
    """
    wanted = parse_version(version)
    if wanted is None:
        return None
    before = [r for r in releases() if r.version <= wanted]
    after = [r for r in releases() if r.version >= wanted]
    answers = {r.largest[1] > annotation_limit() for r in (before[-1:] + after[:1])}
    return answers.pop() if len(answers) == 1 else None


def resolve_range(text: str) -> Release | None:
    """The newest known release that a chart version constraint allows (`^1.2`, `0.19.*`, `>=0.18 <1`, `*`).

    None where the constraint cannot be read or allows none; pre-releases never answer a range.
    """
    text = text.strip()
    if not text or "||" in text or _HYPHEN.search(text):
        return None
    rest = _TERM.sub("", text).replace(",", "").strip()
    terms = [(m[1] or "", m[2]) for m in _TERM.finditer(text)]
    if rest or not terms:
        return None
    bounds = [_bounds(operator, version) for operator, version in terms]
    if any(bound is None for bound in bounds):
        return None
    allowed = [
        release
        for release in releases()
        if release.version.final and release.chart and all(low <= release.version < high for low, high in bounds)  # type: ignore[misc]
    ]
    return allowed[-1] if allowed else None


_LOW = Version(0, 0, 0)
_HIGH = Version(10**9, 0, 0)


def _bounds(operator: str, text: str) -> tuple[Version, Version] | None:
    """Half-open bounds of one term."""
    match = _PARTIAL.fullmatch(text)
    if match is None or operator == "!=":
        return None
    numbers: list[int] = []
    for part in match.group(1, 2, 3):
        if part is None or part in "xX*":
            break
        numbers.append(int(part))
    if not numbers:
        return _LOW, _HIGH
    floor = _padded(numbers)._replace(final=not match[4], pre=match[4] or "")
    # The first version after everything that the written digits cover.
    above = _next(numbers, len(numbers))
    if operator in (">=", "=>"):
        return floor, _HIGH
    if operator == ">":
        return above, _HIGH
    if operator == "<":
        return _LOW, floor
    if operator in ("<=", "=<"):
        return _LOW, above
    if operator in ("~", "~>"):
        return floor, _next(numbers, min(len(numbers), 2))
    if operator == "^":
        first = next((i for i, number in enumerate(numbers) if number), len(numbers) - 1)
        return floor, _next(numbers, first + 1)
    return floor, above


def _next(numbers: list[int], length: int) -> Version:
    return _padded([*numbers[: length - 1], numbers[length - 1] + 1])


def _padded(numbers: list[int]) -> Version:
    major, minor, patch = [*numbers, 0, 0][:3]
    return Version(major, minor, patch)
