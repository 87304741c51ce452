"""Unknown fields: a slip of the pen, a field in the wrong place, or one of another release."""

from __future__ import annotations

from typing import Any

from eso_lint.model.versions import Version
from eso_lint.schema.pack import Shape, shape_at
from eso_lint.schema.store import Chosen
from eso_lint.schema.verdict import Verdict
from eso_lint.schema.walk import Fault, Frame, ancestors
from eso_lint.source.node import Mapping, Scalar, Supplied
from eso_lint.suggest import closest

_MANY = 12  # fields that are worth listing


def unknown_field(fault: Fault, kind: str, chosen: Chosen, path: str) -> Verdict:
    """The verdict on a key that the schema does not have."""
    frame, mapping = fault.frame, fault.more
    name, steps = str(frame.step), frame.steps
    where = path[: -len(name) - 1] if path.endswith("." + name) else ""
    made = Verdict(
        "unknown-field",
        fault.at,
        path,
        f"unknown field `{name}` in `{where}`" if where else f"unknown field `{name}` in a {kind}",
        label="no such field",
        note="refused under strict validation (kubectl's default), else dropped",
        steps=steps,
    )
    if chosen.exact:
        other = _of_another_release(made, name, chosen)
        if other is not None:
            return other
    advice = _advice(fault, frame, name, mapping)
    version = chosen.known_in_version(steps)
    if version is not None and "replacement" not in advice:
        advice = {"help": f"write `apiVersion: {version}`, which knows it, or remove the field"}
    return made._replace(**advice)


def _of_another_release(made: Verdict, name: str, chosen: Chosen) -> Verdict | None:
    since = _first_with(made.steps, chosen)
    if since is not None:
        return made._replace(
            kind="needs-newer-eso",
            message=f"{made.path} is known from release {since} on, and {chosen.wanted} is in play",
            label=f"needs release {since}",
            help=f"upgrade the operator to {since} or later, or remove the field",
            since=since,
        )
    gone = _last_with(made.steps, chosen)
    if gone is None:
        return None
    if made.steps[:-1] == ("spec", "provider"):
        return made._replace(
            kind="removed-provider",
            message=f"provider `{name}` is gone since release {gone}, and {chosen.wanted} is in play",
            label=f"removed in {gone}",
            help="use another provider, or stay below that release",
            since=gone,
        )
    return made._replace(label=f"gone since release {gone}", help="remove the field", since=gone)


def _first_with(steps: tuple[str | int, ...], chosen: Chosen) -> Version | None:
    """The first release after the one in play that knows a field."""
    for point in chosen.points:
        if point.release > chosen.wanted and _knows(chosen, steps, point.release):
            return point.release
    return None


def _last_with(steps: tuple[str | int, ...], chosen: Chosen) -> Version | None:
    """The first release without a field that earlier ones had."""
    gone = None
    for point in reversed(chosen.points):
        if point.release <= chosen.release:
            if _knows(chosen, steps, point.release):
                return gone
            gone = point.release
    return None


def _knows(chosen: Chosen, steps: tuple[str | int, ...], release: Version) -> bool:
    point = next(p for p in chosen.points if p.release == release)
    return shape_at(chosen.bundled_shape(point), steps) is not None


def _advice(fault: Fault, frame: Frame, name: str, mapping: Mapping) -> dict[str, Any]:
    above = frame.above
    shape = above.shape if above is not None else None
    if shape is None:
        return {}
    near = closest(name, sorted(shape.names))
    if near is not None:
        if near in mapping:
            return {"help": f"`{near}` is there already: remove this one"}
        change: dict[str, Any] = {"help": f"did you mean `{near}`?"}
        key = fault.at
        if isinstance(key, Scalar) and not isinstance(key, Supplied) and key.style == "" and key.span.text == key.text:
            change["replacement"] = near
        return change
    if name == "namespace" and above is not None and above.step == "target":
        return {"help": "remove it: the Secret is made in the namespace of the object itself"}
    below = _below(shape, name)
    inside = [field for field in below if field in mapping] or below
    if len(inside) == 1 or (inside and inside[0] in mapping):
        return {"help": f"it belongs one level deeper, under `{inside[0]}`"}
    for place in ancestors(frame):
        if place is not above and place.shape is not None and name in place.shape.names:
            words = ".".join(str(step) for step in place.steps if isinstance(step, str))
            return {"help": f"it belongs further out, under `{words}`" if words else "it belongs at the top level"}
    known = sorted(shape.names)
    if not known:
        return {"help": "remove it"}
    listed = ", ".join(f"`{field}`" for field in known[:_MANY])
    return {"help": f"known here: {listed}" + (f" and {len(known) - _MANY} more" if len(known) > _MANY else "")}


def _below(shape: Shape, name: str) -> list[str]:
    """The fields whose own fields have this name."""
    return [field for field, row in shape.names.items() if name in shape.pack.shape(row).names]
