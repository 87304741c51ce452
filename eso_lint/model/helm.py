"""What Helm values say about the CRDs of the operator's chart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from eso_lint.model.crds import SYNC_OPTIONS
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, SourceFile, is_absent, lookup, string
from eso_lint.source.shell import UNKNOWN

_FALSE = frozenset({"false", "null", "0", ""})
# Actions that write whole lines: what they add cannot be seen.
_WRITING = ("{{-", "-}}", "{{ if", "{{if", "{{ range", "{{range", "{{ with", "toYaml", "include ", "nindent", "{%")


class Values(NamedTuple):
    """One layer of values. `install` and `options` are None where the layer does not set them.

    `install` is `installCRDs`, `options` the Argo CD sync options in `crds.annotations`. `unknown` says that the layer
    (a file elsewhere, a template) may set anything.
    """

    install: bool | None = None
    options: str | None = None
    unknown: bool = False

    @property
    def installs_crds(self) -> bool | None:
        """Whether the chart renders its CRDs (its default); None where that is not known."""
        return None if self.unknown else self.install is not False

    @classmethod
    def of(cls, root: Node | None, prefix: tuple[str, ...] = ()) -> Values:
        """Values as read from YAML; the chart's own lie below `prefix` in a chart that wraps it."""
        node = lookup(root, *prefix)
        if is_absent(node):
            return cls()
        if not isinstance(node, Mapping) or node.open:
            return cls(unknown=True)
        install, options = node.get("installCRDs"), lookup(node, "crds", "annotations", SYNC_OPTIONS)
        if isinstance(options, Opaque):
            return cls(unknown=True)
        if "installCRDs" not in node:
            return cls(None, string(options))
        if not isinstance(install, Scalar) or string(install) in _FALSE:
            return cls(unknown=True)  # a template, or the text "false", which Helm takes for true
        return cls(bool(install.value), string(options))

    @classmethod
    def of_text(cls, node: Node | None, prefix: tuple[str, ...] = ()) -> Values:
        """Values that are written as a block of text."""
        if is_absent(node):
            return cls()
        text = node.text if isinstance(node, Scalar) else ""
        if not text or any(mark in text for mark in _WRITING):
            return cls(unknown=True)
        from eso_lint.source.parse import parse

        parsed = parse(SourceFile("values.yaml", text.encode("utf-8", "replace")))
        if parsed.skipped or any(fault.kind == "syntax" for fault in parsed.faults):
            return cls(unknown=True)
        return cls.of(parsed.documents[0].root, prefix) if parsed.documents else cls()

    @classmethod
    def layered(cls, layers: Iterable[Values | None]) -> Values:
        """Later layers win; None is a layer that cannot be read."""
        install: bool | None = None
        options: str | None = None
        unknown = False
        for layer in layers:
            if layer is None or layer.unknown:
                unknown = True
                continue
            install = install if layer.install is None else layer.install
            options = options if layer.options is None else layer.options
        return cls(install, options, unknown)


def values_of(settings: Iterable[str], prefix: tuple[str, ...] = ()) -> Values:
    """Values given as `key=value`, as `helm --set` takes them."""
    lead = "".join(part + "." for part in prefix)
    result = Values()
    for setting in settings:
        key, _, value = setting.partition("=")
        if UNKNOWN in key or key == lead + "crds.annotations":
            return Values(unknown=True)
        if key == lead + "installCRDs":
            if UNKNOWN in value:
                return Values(unknown=True)
            result = result._replace(install=value.strip() not in _FALSE)
        elif key.replace("\\", "") == f"{lead}crds.annotations.{SYNC_OPTIONS}":
            result = result._replace(options=value)
    return result
