"""Which cluster an Application delivers to, as far as the repository tells clusters apart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from eso_lint.render.argocd.applicationset_generators import LOCAL
from eso_lint.render.argocd.applicationset_values import cluster_field
from eso_lint.source.node import Mapping, Node, is_absent, lookup, string

_IN_CLUSTER = "in-cluster"


class Destination(NamedTuple):
    """`how` is local (the cluster that Argo CD runs in), name, server or unknown."""

    how: str
    text: str = ""


class Aim(NamedTuple):
    """What is known of one Application: the tree it was applied from, its identity, and where it delivers to.

    `home` is the cluster in which its Argo CD runs, where another Argo CD put the Application there.
    """

    tree: str
    home: str
    application: tuple[str | None, str | None]
    destination: Destination
    delivers: bool


class Registered:
    """Clusters that Secrets of the repository register with Argo CD: address by name, and back."""

    def __init__(self, secrets: Iterable[Mapping]) -> None:
        self.servers: dict[str, str] = {}
        self.names: dict[str, str] = {}
        for secret in secrets:
            name, server = (string(cluster_field(secret, field)) for field in ("name", "server"))
            if name and server:
                self.servers[name] = server
                self.names[server] = name

    def destination(self, node: Node | None, hint: str | None) -> Destination:
        """Where an Application's `destination` leads; `hint` is the cluster that a generator made it for."""
        name, server = lookup(node, "name"), lookup(node, "server")
        if name is not None and not is_absent(name) and string(name) != "":
            named = string(name) or hint
            if named is None:
                return Destination("unknown")
            local = named == _IN_CLUSTER or self.servers.get(named) == LOCAL
            return Destination("local") if local else Destination("name", named)
        address = string(server)
        if address is None:
            return Destination("name", hint) if hint else Destination("unknown")
        address = address.rstrip("/")
        if address == LOCAL:
            return Destination("local")
        return Destination("name", self.names[address]) if address in self.names else Destination("server", address)


def clusters(aims: list[Aim]) -> list[str | None]:
    """The cluster of each, None where nothing tells.

    Two trees that hold Applications of one name cannot be applied to one cluster: each is an Argo CD of its own.
    """
    holders: dict[tuple[str | None, str | None], set[str]] = {}
    for aim in aims:
        if aim.application[1] is not None:
            holders.setdefault(aim.application, set()).add(aim.tree)
    apart = {
        tree
        for trees in holders.values()
        for tree in trees
        if any(not _nested(tree, other) for other in trees if other != tree)
    }
    named: dict[str, set[str]] = {}
    for aim in aims:
        if aim.destination.how == "name" and aim.delivers:
            named.setdefault(aim.destination.text, set()).add(aim.tree if aim.tree in apart else "")
    return [_cluster(aim, apart, named) for aim in aims]


def _cluster(aim: Aim, apart: set[str], named: dict[str, set[str]]) -> str | None:
    how, text = aim.destination
    if how == "local" and aim.home:
        how, text = "name", aim.home
    if how == "local":
        if aim.tree in apart:
            return aim.tree or "."
        # Its own cluster may be among the named ones.
        return None if apart or not named or not named.keys().isdisjoint(aim.tree.split("/")) else _IN_CLUSTER
    if how == "name":
        # The same name in several Argo CDs may or may not be one cluster.
        return text if len(named.get(text, ())) < 2 else None
    return text if how == "server" and not named else None


def called(tree: str, cluster: str) -> bool:
    """Whether a tree is called as a cluster is: then that one may be where its Argo CD runs."""
    return cluster in tree.split("/")


def _nested(one: str, other: str) -> bool:
    return one == other or one.startswith(other + "/") or other.startswith(one + "/") or "" in (one, other)
