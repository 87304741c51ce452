"""The frozen configuration: defaults < file < flags."""

from __future__ import annotations

from eso_lint.record import NamedTuple


class ExternalObject(NamedTuple):
    """An object that the configuration says lives elsewhere. `namespace` None fits every namespace; `*` globs work."""

    kind: str
    name: str
    namespace: str | None = None


class Override(NamedTuple):
    """Rules switched for some paths (globs) or namespaces."""

    paths: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


class PathConvention(NamedTuple):
    """How remote keys of a store, or of a namespace, must look: `prod/{namespace}/*`."""

    pattern: str
    store: str | None = None
    namespace: str | None = None


class Cluster(NamedTuple):
    """A cluster that the repository describes: its name, the directory where its delivery begins, its version."""

    name: str
    root: str
    eso_version: str | None = None


class Config(NamedTuple):
    """Effective settings. Names are those of the keys in `.eso-lint.yaml`, with `_` for `-`.

    `render` (tools to run) is no key of it: a repository does not decide what is run.
    """

    profile: str = "default"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fail_on: str = "warning"
    eso_version: str | None = None
    clusters: tuple[Cluster, ...] = ()
    closed_world: bool = False
    external: tuple[ExternalObject, ...] = ()
    overrides: tuple[Override, ...] = ()
    paths: tuple[PathConvention, ...] = ()
    max_file_size: int = 5_000_000
    refresh_floor: int = 30
    shared_store_namespaces: int = 5
    inventory: str | None = None
    schemas: str | None = None
    required_version: str | None = None
    render: tuple[str, ...] = ()

    def is_external(self, kind: str, name: str, namespace: str | None) -> bool:
        """Whether the configuration declares this object to live elsewhere."""
        from fnmatch import fnmatchcase

        return any(
            e.kind == kind
            and fnmatchcase(name, e.name)
            and (e.namespace is None or namespace in (None, "", e.namespace))
            for e in self.external
        )
