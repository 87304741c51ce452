"""The `generators` and `transformers` fields of a kustomization: the built-in ones are followed, others are unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eso_lint.render.kustomize import transformers
from eso_lint.render.kustomize.config import field_spec
from eso_lint.render.kustomize.generators import generate
from eso_lint.render.tree import set_field, without
from eso_lint.source.node import Document, Mapping, Node, Scalar, SourceFile, is_absent, items, lookup, string

if TYPE_CHECKING:
    from eso_lint.render.kustomize.build import Build, Layer

_HELM = "HelmChartInflationGenerator"
_WITHOUT_EFFECT = ("ImageTagTransformer", "ReplicaCountTransformer")


class Plugins:
    """The plugins of one kustomization. `document` is where generated objects come from."""

    def __init__(self, build: Build, layer: Layer, directory: str, document: Document | None) -> None:
        self.build, self.layer, self.directory, self.document = build, layer, directory, document

    def generators(self, root: Mapping) -> None:
        for entry, directory, config in self._configs(root.get("generators")):
            kind = string(config.get("kind"))
            if _builtin(config) and kind in ("ConfigMapGenerator", "SecretGenerator") and self.document is not None:
                self._generator(directory, config, kind.removesuffix("Generator"))
            elif _builtin(config) and kind == _HELM:
                self.layer.note("chart", entry, "what this chart brings is not known")
            else:
                self.layer.note(
                    "remote", entry, f"what the generator {kind or ''} brings is not known".replace("  ", " ")
                )

    def _generator(self, directory: str, config: Mapping, kind: str) -> None:
        def file_of(at: Node, text: str) -> SourceFile | None:
            return self.build.paths.file(directory, at, text, self.layer, "input")

        flat: Node = without(config, "metadata")
        for field in ("name", "namespace"):
            value = lookup(config, "metadata", field)
            if value is not None:
                flat = set_field(flat, (field,), value)
        if self.document is not None and isinstance(flat, Mapping):
            self.build.add_generated(self.layer, flat, generate(self.document, kind, flat, None, file_of))

    def transformers(self, root: Mapping) -> None:
        for entry, directory, config in self._configs(root.get("transformers")):
            kind = string(config.get("kind")) or ""
            if not (_builtin(config) and self._known(kind, directory, config)):
                self.layer.note("opaque", entry, f"what the transformer {kind} changes is not known".replace("  ", " "))
                for item in self.layer.items:
                    transformers.blur(item, entry)

    def _known(self, kind: str, directory: str, config: Mapping) -> bool:
        layer = self.layer
        specs = tuple(field_spec(spec) for spec in items(config.get("fieldSpecs")))
        if kind == "NamespaceTransformer":
            namespace = lookup(config, "metadata", "namespace")
            if namespace is None or is_absent(namespace) or string(namespace) == "":
                return True
            names = any(spec.kind == "Namespace" and spec.path == ("metadata", "name") for spec in specs)
            specs = tuple(
                s for s in specs if s.path not in (("metadata", "name"), ("metadata", "namespace"), ("subjects",))
            )
            only, subjects = config.get("unsetOnly"), string(config.get("setRoleBindingSubjects")) or ""
            unset_only = isinstance(only, Scalar) and only.value is True
            for item in layer.items:
                transformers.stamp(item, namespace, specs, unset_only, subjects, names)
        elif kind in ("PrefixTransformer", "SuffixTransformer"):
            before = kind == "PrefixTransformer"
            text = config.get("prefix" if before else "suffix")
            if text is not None and not is_absent(text) and string(text) != "":
                for item in layer.items:
                    transformers.affix(item, text, before, specs)
        elif kind in ("LabelTransformer", "AnnotationsTransformer"):
            pairs = config.get("labels" if kind == "LabelTransformer" else "annotations")
            transformers.label(layer.items, pairs, specs)
        elif kind == "PatchTransformer":
            self.build.patch(layer, directory, config)
        elif kind == "PatchStrategicMergeTransformer":
            self._merges(directory, config)
        elif kind == "PatchJson6902Transformer":
            text = config.get("jsonOp")
            self.build.patch(layer, directory, set_field(config, ("patch",), text) if text is not None else config)
        elif kind == "ReplacementTransformer":
            for entry in items(config.get("replacements")):
                self.build.replacement(layer, directory, entry)
        else:
            return kind in _WITHOUT_EFFECT
        return True

    def _merges(self, directory: str, config: Mapping) -> None:
        layer = self.layer
        given = [(entry, self.build.paths.nodes(directory, entry, layer)) for entry in items(config.get("paths"))]
        text = config.get("patches")
        if text is not None and not is_absent(text):
            given.append((text, self.build.paths.inline(text, layer)))
        for entry, nodes in given:
            self.build.merge(layer, nodes, entry, None)

    def _configs(self, entries: Node | None) -> list[tuple[Node, str, Mapping]]:
        """Every plugin configuration with its entry and the directory that its paths are relative to."""
        found: list[tuple[Node, str, Mapping]] = []
        for entry in items(entries):
            text = string(entry) or ""
            if "\n" in text or text.lstrip().startswith("{"):
                nodes = self.build.paths.inline(entry, self.layer)
                found += [(entry, self.directory, node) for node in nodes if isinstance(node, Mapping)]
                continue
            target = self.build.paths.resolve(self.directory, entry, self.layer)
            if target is None:
                continue
            if self.build.paths.is_file(target):
                nodes = self.build.paths.nodes(self.directory, entry, self.layer)
                found += [(entry, self.directory, node) for node in nodes if isinstance(node, Mapping)]
            elif self.build.source.kustomization(target) is not None:
                built = self.build.build(target)
                found += [(entry, self.directory, item.root) for item in built.items]
                if not built.items:
                    self.layer.note("opaque", entry, "what these plugins do is not known")
            else:
                self.build.paths.absent(target, entry, self.layer)
        return found


def _builtin(config: Mapping) -> bool:
    return string(config.get("apiVersion")) == "builtin"
