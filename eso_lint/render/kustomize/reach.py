"""What a kustomization brings together, before anything is built: most of them hold nothing of the operator."""

from __future__ import annotations

from eso_lint.render.kustomize.paths import Targets
from eso_lint.render.unit import Source
from eso_lint.source.node import Mapping, Node, Opaque, Sequence, items, string
from eso_lint.source.prefilter import NEEDLE

_FIELDS = ("resources", "bases", "components", "generators")
# Fields that bring objects which no file of the repository shows.
_UNSEEN = ("helmCharts", "helmChartInflationGenerator")
_GENERATORS = ("configMapGenerator", "secretGenerator")
# Kinds that deliver. What else is read is judged beside the operator's objects, and no reason to build what holds none.
_DELIVERING = frozenset(
    {
        "Kustomization", "FluxInstance", "HelmRelease", "GitRepository", "OCIRepository", "Bucket", "ExternalArtifact",
        "Application", "ApplicationSet", "AppProject", None,
    }
)  # fmt: skip
_MAX_DEPTH = 50
_NEEDLE = NEEDLE.encode()


class Reach:
    """Which kustomizations are worth building. Whatever is in doubt is.

    With `generators` ConfigMaps and Secrets that a kustomization makes are a reason, too: others may take values from
    them.
    """

    def __init__(self, source: Source, targets: Targets) -> None:
        self.source = source
        self.targets = targets
        self.generators = False
        self._files: dict[str, bool] = {}
        self._matters: dict[str, bool] = {}

    def matters(self, directory: str, root: Node, depth: int = 0) -> bool:
        """Whether a build of this kustomization may bring anything besides what is merely looked up."""
        if not isinstance(root, Mapping) or root.open or depth > _MAX_DEPTH:
            return True
        if any(root.get(field) is not None for field in (*_UNSEEN, *(_GENERATORS if self.generators else ()))):
            return True
        for field in _FIELDS:
            value = root.get(field)
            if isinstance(value, Opaque) or (isinstance(value, Sequence) and value.open):
                return True
            for entry in items(value):
                if self._entry(directory, entry, depth + 1):
                    return True
        return False

    def _entry(self, directory: str, entry: Node, depth: int) -> bool:
        text, target = self.targets.of(directory, entry)
        if text is None:
            return True
        known = self._matters.get(target)
        if known is None:
            document = self.source.kustomization(target)
            if document is None:
                return self.file(target)
            # One that takes part in itself adds nothing on its way round.
            self._matters[target] = False
            known = self._matters[target] = self.matters(target, document.root, depth)
        return known

    def file(self, path: str) -> bool:
        """Whether a file holds something that is delivered, or cannot be looked into."""
        known = self._files.get(path)
        if known is None:
            known = self._files[path] = self._look(path)
        return known

    def _look(self, path: str) -> bool:
        file = self.source.file(path)
        documents = self.source.documents(path)
        if file is None or documents is None or file.holds(_NEEDLE) or NEEDLE in path:
            return True
        return any(string(document.root.get("kind")) in _DELIVERING for document in documents)

    def files(self, directory: str, root: Node) -> frozenset[str]:
        """All files that a build of a kustomization which does not matter would read."""
        found: set[str] = set()
        stack = [(directory, root)]
        while stack:
            current, node = stack.pop()
            for entry in (entry for field in _FIELDS for entry in items(node.get(field))):
                target = self.targets.of(current, entry)[1]
                document = self.source.kustomization(target)
                path = target if document is None else document.file.path
                if path not in found:
                    found.add(path)
                    if document is not None:
                        stack.append((target, document.root))
        return frozenset(found)
