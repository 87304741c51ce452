"""One Kubernetes object as it will reach a cluster."""

from __future__ import annotations

from eso_lint.render.placement import Placement
from eso_lint.source.node import Document, Mapping, Node, Opaque, Scalar, Sequence, SourceFile, lookup, string

ESO_GROUP = "external-secrets.io"
GENERATOR_GROUP = "generators.external-secrets.io"
CLUSTER_SCOPED = frozenset(
    {
        "ClusterSecretStore", "ClusterExternalSecret", "ClusterPushSecret", "ClusterGenerator", "Namespace",
        "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding", "ClusterPolicy",
    }
)  # fmt: skip


class Resource:
    """An object with its identity and typed access to its fields.

    `name` and `namespace` are None where they cannot be known; `namespace` is "" for cluster-scoped kinds.
    An unwritten namespace is unknown, never `default`.
    """

    __slots__ = (
        "_name", "_namespace", "document", "group", "kind", "kind_node", "placement", "root", "version", "world",
    )  # fmt: skip

    def __init__(
        self, document: Document, root: Mapping, group: str, version: str, kind: str, placement: Placement, world: str
    ) -> None:
        self.document = document
        self.root = root
        self.group = group
        self.version = version
        self.kind = kind
        self.placement = placement
        self.world = world
        self.kind_node: Node = root.get("kind") or root
        self._name = string(lookup(root, "metadata", "name"))
        self._namespace = "" if kind in CLUSTER_SCOPED else string(lookup(root, "metadata", "namespace"))

    @property
    def file(self) -> SourceFile:
        return self.document.file

    @property
    def name(self) -> str | None:
        """The name as the cluster sees it; None where unknown."""
        return self._name

    @property
    def namespace(self) -> str | None:
        return self._namespace

    @property
    def written(self) -> tuple[str, str]:
        """Namespace and name as the object's own document has them, whatever delivery makes of them."""
        return self.placement.written or (self.namespace or "", self.name or "?")

    @property
    def given_namespace(self) -> Node | None:
        """The place in another file that gives the object its namespace; None where its own document does."""
        node = self.at("metadata", "namespace")
        return node if node is not None and node.file is not self.file and self.namespace else None

    @property
    def archived(self) -> bool:
        """Whether the object is kept in an archive: nobody applies it."""
        return self.world.endswith("_archive")

    @property
    def name_node(self) -> Node:
        """The name's scalar, or the nearest thing to it."""
        return self.at("metadata", "name") or self.kind_node

    @property
    def title(self) -> str:
        """`Kind namespace/name`, as messages say it."""
        name = self.name or "?"
        return f"{self.kind} {self.namespace}/{name}" if self.namespace else f"{self.kind} {name}"

    @property
    def labels(self) -> dict[str, str] | None:
        """metadata.labels; None where a template may add some."""
        node = self.at("metadata", "labels")
        if node is None:
            return {}
        if not isinstance(node, Mapping) or node.open:
            return None
        found: dict[str, str] = {}
        for key, (_, value) in node.index.items():
            text = string(value)
            if text is None:
                return None
            found[key] = text
        return found

    def key_at(self, *path: str | int) -> Scalar | None:
        """The key node at the end of a path, for findings that stand on a key; None where it is, or may be, absent."""
        parent = lookup(self.root, *path[:-1])
        last = path[-1]
        return parent.key(last) if isinstance(parent, Mapping) and isinstance(last, str) else None

    def at(self, *path: str | int) -> Node | None:
        """The node at a path; Opaque where it cannot be known, None where absent."""
        return lookup(self.root, *path)

    def anchor(self, *path: str | int) -> Node:
        """Where to report that `path` is missing or wrong: its scalar, else the deepest key on the way, else `kind`."""
        node: Node | None = self.root
        best: Node = self.kind_node
        for step in path:
            if isinstance(step, str) and isinstance(node, Mapping):
                key = node.key(step)
                if key is None:
                    return best
                best, node = key, node.get(step)
            elif isinstance(step, int) and isinstance(node, Sequence) and step < len(node.items):
                node = node.items[step]
                best = first_scalar(node) or best
            else:
                return best
        return node if isinstance(node, (Scalar, Opaque)) and node.end > node.start else best

    def __repr__(self) -> str:
        return f"<{self.title} in {self.file.path}>"


def first_scalar(node: Node) -> Node | None:
    """The first key or scalar of a node: where a finding about the whole of it stands."""
    while True:
        if isinstance(node, Mapping):
            if not node.entries:
                return node
            return node.entries[0][0]
        if isinstance(node, Sequence):
            if not node.items:
                return node
            node = node.items[0]
            continue
        return node


def group_version(api_version: str) -> tuple[str, str]:
    """Split `group/version`; the core group is ""."""
    group, slash, version = api_version.rpartition("/")
    return (group, version) if slash else ("", api_version)
