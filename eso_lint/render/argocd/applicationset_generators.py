"""Generators of ApplicationSets: the sets of parameters that each gives, as far as the repository has the answer."""

from __future__ import annotations

import posixpath
from functools import partial
from itertools import islice

from eso_lint.render.argocd.applicationset_select import selected
from eso_lint.render.argocd.applicationset_values import (
    UNKNOWN_SET,
    Params,
    chosen,
    cluster_values,
    element,
    key,
    nested,
    overlaid,
    path_values,
    value_of,
)
from eso_lint.render.argocd.origin import Origins
from eso_lint.render.argocd.template import Filler
from eso_lint.render.argocd.values import Contents
from eso_lint.render.flux.layout import Layout
from eso_lint.render.gotemplate.values import UNKNOWN
from eso_lint.render.tree import text_node
from eso_lint.render.unit import Source
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, is_absent, items, lookup, string

_MAX_DEPTH = 4
_MAX_SETS = 5000
_SECRET_TYPE = "argocd.argoproj.io/secret-type"
LOCAL = "https://kubernetes.default.svc"


class Generators:
    """Evaluates generators over one repository. `cut` says that some sets were too many."""

    def __init__(self, source: Source, layout: Layout, origins: Origins, contents: Contents) -> None:
        self.source = source
        self.layout = layout
        self.origins = origins
        self.contents = contents
        self.cut = False
        self._clusters: list[Mapping] | None = None

    def sets(self, generator: Node, go: bool, depth: int = 0) -> list[Params]:
        """The parameter sets of one generator."""
        if not isinstance(generator, Mapping) or generator.open or depth > _MAX_DEPTH:
            return [UNKNOWN_SET]
        made = self._of_kind(generator, go, depth)
        if len(made) > _MAX_SETS:
            self.cut = True
            made = made[:_MAX_SETS]
        selector = generator.get("selector")
        if selector is None or is_absent(selector):
            return made
        answers = [(params, selected(selector, value_of(params))) for params in made]
        return [p if answer else p._replace(sure=False) for p, answer in answers if answer is not False]

    def _of_kind(self, generator: Mapping, go: bool, depth: int) -> list[Params]:
        # An empty mapping (`clusters: {}`) means all.
        for kind in ("list", "clusters", "git", "matrix", "merge"):
            block = generator.get(kind)
            if block is None:
                continue
            if not isinstance(block, Mapping) or block.open:
                return [UNKNOWN_SET]
            if kind == "list":
                return self._list(block, go)
            if kind == "clusters":
                return [self._with_values(p, block, go) for p in self._of_clusters(block, go)]
            if kind == "git":
                return [self._with_values(p, block, go) for p in self._git(block, go)]
            return self._matrix(block, go, depth) if kind == "matrix" else self._merge(block, go, depth)
        return [UNKNOWN_SET]

    def _list(self, block: Mapping, go: bool) -> list[Params]:
        elements = block.get("elements")
        found = [element(node, go) for node in items(elements)]
        if isinstance(elements, Opaque) or (isinstance(elements, Sequence) and elements.open):
            found.append(UNKNOWN_SET)
        text = block.get("elementsYaml")
        if text is not None and not is_absent(text) and string(text) != "":
            documents = self.source.parse(text) if isinstance(text, Scalar) else ()
            if len(documents) == 1 and isinstance(documents[0].root, Sequence):
                found += [element(node, go) for node in documents[0].root.items]
            else:
                found.append(UNKNOWN_SET)
        return found

    def _with_values(self, params: Params, block: Mapping, go: bool) -> Params:
        """`values` of a generator: more parameters, which may use the others."""
        extra = block.get("values")
        if not isinstance(extra, Mapping):
            return params
        made = Filler(go).fill(extra, params.values)
        assert isinstance(made, Mapping)
        flat = {f"values.{name}": value for name, (_, value) in made.index.items()}
        more: dict[str, object] = {"values": nested(made)} if go else dict(flat)
        return params._replace(values={**params.values, **more})

    def _of_clusters(self, block: Mapping, go: bool) -> list[Params]:
        """The clusters whose Secrets are in the repository; where there are none, one that stands for all."""
        selector = block.get("selector")
        chooses = isinstance(selector, Mapping) and bool(selector.entries)
        found: list[Params] = []
        for secret in self.cluster_secrets():
            labels = lookup(secret, "metadata", "labels")
            answer = selected(selector, partial(lookup, labels)) if chooses else True
            if answer is not False:
                found.append(Params(cluster_values(secret, go), answer is True))
        if found and not chooses:
            name = text_node(block, "in-cluster")
            found.append(Params({"name": name, "nameNormalized": name, "server": text_node(block, LOCAL)}))
        if found:
            return found
        names = ("name", "nameNormalized", "server", *(("metadata",) if go else ()))
        return [Params(dict.fromkeys(names, UNKNOWN), False, True)]

    def cluster_secrets(self) -> list[Mapping]:
        """Secrets that register a cluster with Argo CD."""
        if self._clusters is None:
            self._clusters = [
                document.root
                for path in sorted(self.source.paths)
                for document in self.source.documents(path) or ()
                if isinstance(document.root, Mapping)
                and string(document.root.get("kind")) == "Secret"
                and string(lookup(document.root, "metadata", "labels", _SECRET_TYPE)) == "cluster"
            ]
        return self._clusters

    def _git(self, block: Mapping, go: bool) -> list[Params]:
        if self.origins.is_own(block.get("repoURL")) is False:
            return [UNKNOWN_SET]
        prefix = string(block.get("pathParamPrefix")) or ""
        directories, files = items(block.get("directories")), items(block.get("files"))
        if directories:
            found = chosen(directories, self._directories(), True)
            return [UNKNOWN_SET] if found is None else [Params(path_values(p, at, go, prefix)) for p, at in found]
        found = chosen(files, sorted(self.source.paths), False) if files else None
        if found is None:
            return [UNKNOWN_SET]
        return [params for path, at in found for params in self._of_file(path, at, go, prefix)]

    def _directories(self) -> list[str]:
        return sorted(d for d in self.layout.below if d and not d.startswith(".") and "/." not in d)

    def _of_file(self, path: str, at: Node, go: bool, prefix: str) -> list[Params]:
        root = self.contents.of(path)
        own = path_values(posixpath.dirname(path) or ".", at, go, prefix, posixpath.basename(path))
        if isinstance(root, Mapping):
            return [Params({**element(root, go).values, **own})]
        if isinstance(root, Sequence):
            return [Params({**element(node, go).values, **own}) for node in root.items]
        return [Params(own, True, True)]

    def _matrix(self, block: Mapping, go: bool, depth: int) -> list[Params]:
        """Every combination; the second generator may use the parameters of the first, which win over its own."""
        children = items(block.get("generators"))
        if len(children) < 2:
            return [UNKNOWN_SET]
        filler = Filler(go)
        found = [Params({})]
        for child in children:
            every = (
                Params(overlaid(other.values, one.values, go), one.sure and other.sure, one.open or other.open)
                for one in found
                for other in self.sets(filler.fill(child, one.values), go, depth + 1)
            )
            found = list(islice(every, _MAX_SETS + 1))
        return found

    def _merge(self, block: Mapping, go: bool, depth: int) -> list[Params]:
        """Sets of the first generator, changed by those of the others that have the same keys.

        Where the first does not know its keys (clusters that are registered elsewhere), each key that another one
        names stands for a cluster that there may be.
        """
        children = items(block.get("generators"))
        names = [name for node in items(block.get("mergeKeys")) if (name := string(node)) is not None]
        if len(children) < 2 or not names:
            return [UNKNOWN_SET]
        known: dict[tuple[str | None, ...], list[Params]] = {}
        loose: list[Params] = []
        for params in self.sets(children[0], go, depth + 1):
            found = key(params, names)
            if None in found:
                loose.append(params)
            else:
                known.setdefault(found, []).append(params)
        for child in children[1:]:
            for other in self.sets(child, go, depth + 1):
                found = key(other, names)
                if found in known:
                    known[found] = [p._replace(values=overlaid(p.values, other.values, go)) for p in known[found]]
                elif None not in found and loose:
                    known[found] = [Params(overlaid(p.values, other.values, go), False, p.open) for p in loose]
        return [params for together in known.values() for params in together] + loose
