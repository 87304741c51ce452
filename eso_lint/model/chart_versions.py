"""Versions of the operator's chart as installs pin them: whether they exist, and where they disagree."""

from __future__ import annotations

from collections.abc import Iterator

from eso_lint.model.chart_values import declared_by
from eso_lint.model.in_play import claims_of
from eso_lint.model.kinds.install import OperatorInstall
from eso_lint.model.served import NEWEST
from eso_lint.model.versions import Version, parse_version, releases
from eso_lint.model.workspace import Workspace
from eso_lint.record import NamedTuple
from eso_lint.source.node import Node, Scalar, Span, string, walk

# The first charts were numbered otherwise.
_COUNTED = Version(0, 2, 0)
_OFFICIAL = ("charts.external-secrets.io", "ghcr.io/external-secrets/charts")


class MissingChart(NamedTuple):
    """A chart that does not exist: its version, whether the operator has that release, and the chart to pin."""

    version: str
    released: bool
    near: str


def missing_chart(install: OperatorInstall, ws: Workspace) -> MissingChart | None:
    """The chart that an install from the public repository pins in vain; None where it exists, or is not known."""
    written = (install.version or "").partition("@")[0]
    wanted = parse_version(written)
    if wanted is None or wanted > NEWEST or install.shape in ("rendered", "values") or not _is_official(install, ws):
        return None
    charts = [v for release in releases() if release.chart and (v := parse_version(release.chart)) is not None]
    if wanted in charts or not wanted.final or wanted < _COUNTED:
        return None
    near = next((v for v in sorted(charts) if v > wanted and v.final), NEWEST)
    released = any(release.version == wanted for release in releases())
    return MissingChart(str(wanted), released, str(near))


def _is_official(install: OperatorInstall, ws: Workspace) -> bool:
    """Whether a chart comes from the operator's public repository, by what the install and its source say."""
    resource = declared_by(install, ws)
    text = install.file.text if resource is None else install.file.text[resource.document.start : resource.document.end]
    if any(address in text for address in _OFFICIAL):
        return True
    if resource is None or resource.kind != "HelmRelease":
        return False
    name = string(resource.at("spec", "chart", "spec", "sourceRef", "name")) or string(
        resource.at("spec", "chartRef", "name")
    )
    sources = [
        source
        for kind in ("HelmRepository", "OCIRepository")
        for source in ws.of_kind(f"{kind}.source.toolkit.fluxcd.io")
        if source.name == name
    ]
    return bool(sources) and all(
        any(address in (string(source.at("spec", "url")) or "") for address in _OFFICIAL) for source in sources
    )


def version_place(install: OperatorInstall, ws: Workspace) -> Node:
    """The scalar that pins the chart's version, where it is written near; else the chart's name."""
    resource = declared_by(install, ws)
    roots = [resource.root] if resource is not None else [
        d.root for p in ws.parsed if p.file is install.file for d in p.documents if d.number == install.document_index
    ]  # fmt: skip
    if resource is not None and resource.kind == "HelmRelease" and resource.at("spec", "chartRef") is not None:
        name = string(resource.at("spec", "chartRef", "name"))
        roots = [r.root for r in ws.of_kind("OCIRepository.source.toolkit.fluxcd.io") if r.name == name]
    found = [
        node
        for root in roots
        for node in walk(root)
        if isinstance(node, Scalar) and install.version and node.text == install.version
    ]
    behind = [node for node in found if node.file is install.at.file and node.start > install.at.start]
    return behind[0] if behind else found[0] if found else install.at


class Disagreement(NamedTuple):
    """Two statements of what runs that differ: the other one's place and version, and what it is."""

    at: Node
    what: str
    other: Span | None
    version: Version


def disagreements(install: OperatorInstall, ws: Workspace) -> Iterator[Disagreement]:
    """What says another release than the chart of an install does."""
    mine = install.release
    if mine is None or install.version is None or parse_version(install.version.partition("@")[0]) is None:
        return
    tag = install.value("image.tag")
    image = parse_version(_unflavoured(tag.text)) if isinstance(tag, Scalar) else None
    if image is not None and image != mine and isinstance(tag, Scalar):
        yield Disagreement(install.place("image.tag"), "image", None, image)
    claims = claims_of(ws)
    here = [claim for claim in claims if claim.install is install]
    worlds = {claim.world for claim in here}
    if install.on("installCRDs") is False:
        for claim in claims:
            if (
                claim.install is None
                and claim.world in worlds
                and not (claim.lowest or claim.version) <= mine <= claim.version
            ):
                yield Disagreement(version_place(install, ws), "CRDs", claim.at, claim.version)
                return
    for claim in claims:
        other = claim.install
        # Only what goes to one cluster for certain: without a world, two installs may be for two clusters.
        if other is None or other is install or not claim.world or claim.world not in worlds or claim.rank:
            continue
        if claim.version != mine and (other.file.path, other.at.start) < (install.file.path, install.at.start):
            yield Disagreement(version_place(install, ws), "install", claim.at, claim.version)
            return


def _unflavoured(tag: str) -> str:
    """An image tag without its flavour (`v1.0.0-ubi`, `v1.0.0-distroless`)."""
    head, _, tail = tag.partition("-")
    return head if tail.startswith(("ubi", "distroless", "boringssl")) else tag
