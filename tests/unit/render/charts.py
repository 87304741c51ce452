"""Small repositories with charts, and what was rendered of them as text that tests can compare."""

from __future__ import annotations

from eso_lint.app import charts_of, choose, interest_of, read
from eso_lint.render.helm.chart_render import Rendered, render_chart
from eso_lint.render.kustomize.build import objects
from eso_lint.render.repository import Repository
from eso_lint.render.unit import Item
from eso_lint.rules.index import INDEX
from eso_lint.source.node import Mapping, Node, Scalar, SourceFile, lookup

CHART = "apiVersion: v2\nname: shop\nversion: 1.0.0\n"
HEAD = "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\n"


def repository(files: dict[str, str]) -> Repository:
    made = {path: SourceFile(path, text.encode()) for path, text in sorted(files.items())}
    chosen, interest = choose(made.values(), interest_of(INDEX))
    parsed = read(chosen, interest, charts_of(made))
    return Repository(parsed, made, frozenset(made))


def plain_items(source: Repository) -> list[Item]:
    return [
        item
        for path in sorted(source.paths)
        for document in source.documents(path) or ()
        for item in objects(document, document.root)
    ]


def chart(template: str, values: str = "", **more: str) -> dict[str, str]:
    """A chart in `c/` with one template; further files by their path with `__` for `/` and `_` for `.`."""
    files = {"c/Chart.yaml": CHART, "c/templates/t.yaml": template}
    if values:
        files["c/values.yaml"] = values
    return {**files, **more}


def render(files: dict[str, str], *layers: str, release: str | None = "rel", namespace: str | None = "ns") -> Rendered:
    """The chart in `c/`, with the named values files over its own."""
    source = repository(files)
    given = []
    for path in layers:
        file = source.file(path)
        assert file is not None
        given.append(tree(file))
    return render_chart(source, "c", name(release), name(namespace), tuple(given))


def tree(file: SourceFile) -> Node:
    from eso_lint.source.parse import parse

    return parse(file).documents[0].root


def name(text: str | None) -> Scalar | None:
    return Scalar(SourceFile(f"<{text}>", (text or "").encode()), 0, len(text or ""), text or "") if text else None


def value(item: Item, *path: str | int) -> str:
    """A field as `text @ file:line:column`, or `?` before the place where it is not known."""
    return shown(lookup(item.root, *path))


def shown(node: Node | None) -> str:
    if node is None:
        return "absent"
    line, column = node.file.position(node.start)
    text = node.text if isinstance(node, Scalar) else "{}" if isinstance(node, Mapping) else "?"
    return f"{text} @ {node.file.path}:{line}:{column}"
