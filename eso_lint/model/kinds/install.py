"""One install of the operator's Helm chart, whatever declares it, and the values it runs with."""

from __future__ import annotations

from typing import Any, NamedTuple

from eso_lint.model.chart import default
from eso_lint.model.versions import Version, parse_version
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, SourceFile, is_absent, lookup


class Setting(NamedTuple):
    """What a value is in effect: `node` is None where the chart's default applies; `value` holds only if `known`.

    Scalars give Python values, lists and maps their Node (defaults that are lists or maps: `()`).
    """

    known: bool
    value: Any
    node: Node | None

    @property
    def empty(self) -> bool:
        """Certainly an empty string, list or map."""
        if isinstance(self.value, Mapping):
            return self.known and not self.value.entries and not self.value.open
        if isinstance(self.value, Sequence):
            return self.known and not self.value.items and not self.value.open
        return self.known and self.value in ("", ())


class OperatorInstall:
    """An install as one place of the repository declares it.

    `shape` names the place: HelmRelease, Application, ApplicationSet, HelmChart, kustomize, fleet, helmfile, umbrella,
    addon or values. `version` is the chart version as written, `release` the release it stands for, None where that
    cannot be known. `layers` are values from weakest to strongest, `parameters` single values that beat them all.
    `open` says that values which are not here may be set elsewhere. `namespace` is where the operator runs.
    """

    __slots__ = (
        "at", "document_index", "file", "layers", "namespace", "open", "parameters", "release", "shape",
        "values_key", "version", "world",
    )  # fmt: skip

    def __init__(
        self,
        shape: str,
        at: Node,
        *,
        version: str | None = None,
        release: Version | None = None,
        layers: tuple[Node, ...] = (),
        values_key: Node | None = None,
        parameters: dict[str, Node] | None = None,
        open: bool = False,
        namespace: str | None = None,
        world: str = "",
        document_index: int = 0,
    ) -> None:
        self.shape = shape
        self.at = at
        self.file: SourceFile = at.file
        self.version = version
        self.release = release
        self.layers = layers
        self.values_key = values_key
        self.parameters = parameters or {}
        self.open = open
        self.namespace = namespace
        self.world = world
        self.document_index = document_index

    def upgraded(self, release: Version) -> OperatorInstall:
        """The same install with the chart of another release."""
        return OperatorInstall(
            self.shape,
            self.at,
            version=str(release),
            release=release,
            layers=self.layers,
            values_key=self.values_key,
            parameters=self.parameters,
            open=self.open,
            namespace=self.namespace,
            world=self.world,
            document_index=self.document_index,
        )

    def at_least(self, version: str) -> bool | None:
        """Whether the installed chart is that version or newer; None where it cannot be known."""
        wanted = parse_version(version)
        return None if self.release is None or wanted is None else self.release >= wanted

    def value(self, path: str) -> Node | None:
        """The value as written (`webhook.create`); None where absent, Opaque where it cannot be known."""
        if path in self.parameters:
            return self.parameters[path]
        if any(name.startswith((f"{path}.", f"{path}[")) for name in self.parameters):
            return self._unknown()
        for layer in reversed(self.layers):
            found = lookup(layer, *path.split("."))
            if found is not None:
                return found
        return self._unknown() if self.open else None

    def setting(self, path: str) -> Setting:
        """The value in effect, the chart's default included."""
        node = self.value(path)
        if node is None:
            return Setting(*default(path, self.release), None)
        if isinstance(node, Opaque) or is_absent(node):
            # A null removes the default, and templates then see nothing: too odd to build a finding on.
            return Setting(False, None, node)
        return Setting(True, node.value if isinstance(node, Scalar) else node, node)

    def on(self, path: str) -> bool | None:
        """A switch in effect; None where it cannot be known or is no boolean."""
        setting = self.setting(path)
        return setting.value if setting.known and isinstance(setting.value, bool) else None

    def has_flag(self, name: str) -> bool:
        """Whether `extraArgs` sets, or may set, a flag of the controller: it beats the values."""
        for layer in (*self.layers, *([self._unknown()] if self.open else [])):
            node = layer.get("extraArgs")
            if isinstance(node, Opaque) or (isinstance(node, Mapping) and node.get(name) is not None):
                return True
            if isinstance(node, Sequence) and name in node.span.text:
                return True
        return any(p.startswith("extraArgs") for p in self.parameters)

    def place(self, path: str) -> Node:
        """Where to report on a value: its scalar or key, else the nearest key above it, else the `values` key."""
        if path in self.parameters:
            return self.parameters[path]
        steps = path.split(".")
        best: tuple[int, Node] = (0, self.values_key or self.at)
        for layer in self.layers:
            node: Node | None = layer
            for depth, step in enumerate(steps, 1):
                key = node.key(step) if isinstance(node, Mapping) else None
                if key is None or not isinstance(node, Mapping):
                    break
                node = node.get(step)
                here = node if depth == len(steps) and isinstance(node, Scalar) and node.end > node.start else key
                if depth >= best[0]:
                    best = (depth, here)
        return best[1]

    @property
    def scoped(self) -> bool | None:
        """Whether the operator's permissions are confined to one namespace; None where it cannot be known."""
        switch = self.on("scopedRBAC")
        if switch is not True:
            return switch
        namespace = self.setting("scopedNamespace")
        if self.at_least("2.5.0") or (namespace.known and not namespace.empty):
            return True
        return False if self.at_least("2.5.0") is False and namespace.empty else None

    @property
    def title(self) -> str:
        return f"external-secrets {self.version}" if self.version else "external-secrets"

    def _unknown(self) -> Opaque:
        return Opaque(self.file, self.at.start, self.at.end, "", "unknown")

    def __repr__(self) -> str:
        return f"<OperatorInstall {self.shape} {self.version} in {self.file.path}>"
