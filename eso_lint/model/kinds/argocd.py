"""Argo CD Applications, and the ApplicationSets that stamp them."""

from __future__ import annotations

from typing import NamedTuple

from eso_lint.model.resource import Resource
from eso_lint.source.node import Mapping, Node, Opaque, items, lookup, string

ARGO_GROUP = "argoproj.io"


class ArgoSource(NamedTuple):
    """One source of an Application. Texts are None where absent or templated."""

    node: Mapping

    @property
    def repo_url(self) -> str | None:
        return string(self.node.get("repoURL"))

    @property
    def chart(self) -> str | None:
        return string(self.node.get("chart"))

    @property
    def path(self) -> str | None:
        return string(self.node.get("path"))

    @property
    def revision_node(self) -> Node | None:
        return self.node.get("targetRevision")

    @property
    def helm(self) -> Node | None:
        return self.node.get("helm")

    @property
    def chart_name(self) -> str | None:
        """The chart's name: the last segment of `chart`, or of the address of an OCI artifact."""
        if self.chart is not None:
            return self.chart.rstrip("/").rsplit("/", 1)[-1]
        url = self.repo_url or ""
        if url.startswith("oci://"):
            return url.rstrip("/").rsplit("/", 1)[-1]
        return None


class ArgoApplication(Resource):
    """An Application, or the template in an ApplicationSet."""

    __slots__ = ()

    @property
    def template_path(self) -> tuple[str, ...]:
        """Where the Application's spec lies."""
        return ("spec", "template", "spec") if self.kind == "ApplicationSet" else ("spec",)

    @property
    def sources(self) -> tuple[ArgoSource, ...]:
        """All sources that can be read; `sources` wins over `source`, as in Argo CD."""
        several = self.at(*self.template_path, "sources")
        if isinstance(several, Opaque):
            return ()
        nodes = items(several) or (self.at(*self.template_path, "source"),)
        return tuple(ArgoSource(node) for node in nodes if isinstance(node, Mapping) and not node.open)

    @property
    def sync_options_node(self) -> Node | None:
        return self.at(*self.template_path, "syncPolicy", "syncOptions")

    @property
    def sync_options(self) -> tuple[str, ...] | None:
        """The options as written; None where a template may add some."""
        node = self.sync_options_node
        if isinstance(node, Opaque) or getattr(node, "open", False):
            return None
        texts = tuple(string(item) for item in items(node))
        return None if None in texts else tuple(text for text in texts if text is not None)

    @property
    def overridden(self) -> bool:
        """Whether a template patch or a generator's own template may change the sync policy."""
        if self.kind != "ApplicationSet":
            return False
        if lookup(self.root, "spec", "templatePatch") is not None:
            text = string(self.at("spec", "templatePatch"))
            return text is None or "syncOptions" in text or "ServerSideApply" in text or "sources" in text
        return any(self._has_template(generator, 0) for generator in items(self.at("spec", "generators")))

    def _has_template(self, generator: Node, depth: int) -> bool:
        if not isinstance(generator, Mapping) or generator.open or depth > 5:
            return True
        for _, (_, value) in generator.index.items():
            if not isinstance(value, Mapping):
                continue
            if value.get("template") is not None:
                return True
            if any(self._has_template(inner, depth + 1) for inner in items(value.get("generators"))):
                return True
        return False

    def list_values(self, parameter: str) -> tuple[Node, ...]:
        """What a parameter is in the elements of the only generator, a list; empty where that is not certain."""
        generators = items(self.at("spec", "generators"))
        if self.kind != "ApplicationSet" or len(generators) != 1:
            return ()
        elements = items(lookup(generators[0], "list", "elements"))
        values = tuple(lookup(element, *parameter.split(".")) for element in elements)
        if any(string(value) is None for value in values):
            return ()
        return tuple(value for value in values if value is not None)
