"""What a Vault token may do, from the policies that it has.

Vault looks for the one path that fits best, and asks its capabilities alone: an exact path, else the most specific of
those with wildcards. The same path in several policies is one path with all their capabilities; `deny` beats them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from eso_lint.iam.glob import matches
from eso_lint.iam.grant import HOLE, VaultPolicy, VaultRule


class Allowed(NamedTuple):
    """`verdict` is granted, denied, missing or unknown; `rule` the path that decides it, or comes closest."""

    verdict: str
    rule: VaultRule | None = None

    @property
    def fails(self) -> bool:
        return self.verdict in ("denied", "missing")


def allowed(policies: Iterable[VaultPolicy], capability: str, path: str) -> Allowed:
    """Whether policies allow a capability on a path, either of which may have holes."""
    policies = tuple(policies)
    rules = [rule for policy in policies for rule in policy.rules]
    doubt = any(policy.open for policy in policies)
    forms = _forms(capability, path)
    fitting = [(rule, _fits(rule, forms)) for rule in rules]
    sure = [rule for rule, fits in fitting if fits is True]
    perhaps = [rule for rule, fits in fitting if fits is None]
    if HOLE in path:
        # Of many paths that may be meant, one that is allowed leaves the use some sense.
        near = sure + perhaps
        if doubt or any(_has(rule, capability) is not False for rule in near):
            return Allowed("unknown")
        return Allowed("missing", near[0] if near else _closest(rules, path))
    best = max(sure, key=_rank, default=None)
    if any(best is None or _may_outrank(rule, best) for rule in perhaps if _has(rule, capability) is not False):
        return Allowed("unknown")
    if best is None:
        return Allowed("unknown") if doubt else Allowed("missing", _closest(rules, path))
    same = [rule for rule in sure if rule.path.raw == best.path.raw]
    if any(_has(rule, "deny") for rule in same):
        return Allowed("denied", next(rule for rule in same if _has(rule, "deny")))
    answers = [_has(rule, capability) for rule in same]
    if True in answers:
        return Allowed("granted", same[answers.index(True)])
    return Allowed("unknown") if doubt or None in answers else Allowed("missing", best)


def _forms(capability: str, path: str) -> tuple[str, ...]:
    """Both ways in which Vault looks for a folder that is to be listed."""
    return (path, path.rstrip("/")) if capability == "list" and path.endswith("/") else (path,)


def _fits(rule: VaultRule, forms: tuple[str, ...]) -> bool | None:
    answers = [fits(rule.path.raw, form) for form in forms]
    return True if True in answers else None if None in answers else False


def fits(pattern: str, path: str) -> bool | None:
    """Whether a policy's path (`+` one segment, `*` at its end any text) fits a path; None where holes decide."""
    if "+" not in pattern.split("/"):
        # A star elsewhere than at the end is a star.
        plain = pattern[:-1].replace("*", "\2") + "*" if pattern.endswith("*") else pattern.replace("*", "\2")
        return matches(plain.replace("?", "\3"), path.replace("*", "\2").replace("?", "\3"))
    return _segments(pattern, path)


def _segments(pattern: str, path: str) -> bool | None:
    open_end = pattern.endswith("*")
    parts = (pattern[:-1] if open_end else pattern).split("/")
    own = path.split("/")
    if HOLE in path or HOLE in pattern:
        # A hole may stand for several segments.
        loose = "/".join("*" if part == "+" else part for part in parts) + ("*" if open_end else "")
        return None if matches(loose, path) is not False else False
    if len(own) < len(parts) or (len(own) > len(parts) and not open_end):
        return False
    last = len(parts) - 1
    for i, part in enumerate(parts):
        if part == "+":
            continue
        if own[i] != part and not (i == last and open_end and own[i].startswith(part)):
            return False
    return True


def _rank(rule: VaultRule) -> tuple[bool, int, bool, int, int, str]:
    """Vault's order of paths that fit: the greatest decides."""
    path = rule.path.raw
    segments = path.split("/")
    wild = path.endswith("*") or "+" in segments
    first = min((i for i in (path.find("*"), _plus(path)) if i >= 0), default=len(path))
    return (not wild, first, not path.endswith("*"), -segments.count("+"), len(path), path)


def _plus(path: str) -> int:
    at = 0
    for segment in path.split("/"):
        if segment == "+":
            return at
        at += len(segment) + 1
    return -1


def _may_outrank(rule: VaultRule, best: VaultRule) -> bool:
    """Whether a path with holes may be more specific than the best of those that fit, or the same."""
    return HOLE in rule.path.raw or _rank(rule) >= _rank(best)


def _has(rule: VaultRule, capability: str) -> bool | None:
    names = [value.raw for value in rule.capabilities]
    if "deny" in names:
        return capability == "deny"
    if capability in names:
        return True
    if any(HOLE in name for name in names):
        return None
    return False


def _closest(rules: list[VaultRule], path: str) -> VaultRule | None:
    """The path that begins most like the one that is asked for."""

    def alike(rule: VaultRule) -> int:
        count = 0
        for a, b in zip(rule.path.raw, path, strict=False):
            if a != b:
                break
            count += 1
        return count

    best = max(rules, key=alike, default=None)
    return best if best is not None and alike(best) >= 2 else None
