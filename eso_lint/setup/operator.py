"""The operator itself: the chart's values, its deliverer, and what guards it."""

from __future__ import annotations

from typing import Any

from eso_lint.model.chart_values import has_value
from eso_lint.model.versions import named, releases
from eso_lint.setup.answers import Answers
from eso_lint.setup.guards import admission_policies, kyverno_policies, network_policies, team_role, token_roles
from eso_lint.setup.objects import kustomization, pushes
from eso_lint.setup.tenants import OPERATOR, release_of
from eso_lint.setup.written import Document, Path, yaml_text

CHART = "operator/chart"
REPOSITORY = "https://charts.external-secrets.io"


def chart_of(answers: Answers) -> str:
    """The chart of a release; where it has none (0.20.0 is one), the next of the same minor version."""
    wanted = release_of(answers)
    known = [r for r in releases() if r.chart is not None and r.version.final]
    same = [r for r in known if r.version[:2] == wanted[:2] and r.version >= wanted]
    return (same[0].chart if same else None) or str(wanted)


def folder_of(answers: Answers) -> dict[str, str]:
    """The folder `operator/`, where an install is asked for: by a deliverer, or by hardening."""
    if answers.gitops == "none" and not answers.hardened:
        return {}
    files: dict[str, str] = {}
    if answers.gitops == "none":
        files |= _own_chart(answers)
    elif answers.gitops == "flux":
        files["operator/namespace.yaml"] = yaml_text(_namespace(answers))
        files["operator/release.yaml"] = yaml_text(*_flux_release(answers))
    files["operator/network-policies.yaml"] = yaml_text(*network_policies(answers))
    files["operator/rbac.yaml"] = yaml_text(team_role(answers), *token_roles(answers))
    if answers.hardened:
        files["operator/admission-policies.yaml"] = yaml_text(*admission_policies(answers))
    if answers.kyverno:
        files["operator/kyverno-policies.yaml"] = yaml_text(*kyverno_policies(answers))
    listed = [path.rsplit("/", 1)[1] for path in files if not path.startswith(CHART)]
    files["operator/kustomization.yaml"] = kustomization(sorted(listed))
    return files


def _own_chart(answers: Answers) -> dict[str, str]:
    """A chart that holds nothing but the operator's: so the version is written down where no deliverer pins it."""
    chart = {
        "apiVersion": "v2",
        "name": OPERATOR,
        "description": "The External Secrets Operator with the values of this cluster",
        "version": "1.0.0",
        "dependencies": [{"name": OPERATOR, "version": chart_of(answers), "repository": REPOSITORY}],
    }
    own = Document({OPERATOR: values(answers)}, notes=value_notes(answers, (OPERATOR,)))
    return {f"{CHART}/Chart.yaml": yaml_text(Document(chart)), f"{CHART}/values.yaml": yaml_text(own)}


def values(answers: Answers) -> dict[str, Any]:
    """The chart's values, those alone that the chart of this release has."""
    release = named(chart_of(answers)) or release_of(answers)
    keep = (
        {"argocd.argoproj.io/sync-options": "Prune=false,Delete=false"}
        if answers.gitops == "argocd"
        else {"helm.sh/resource-policy": "keep"}
    )
    wanted: dict[str, Any] = {"installCRDs": True, "crds.annotations": keep}
    if answers.teams == "many":
        wanted["processClusterStore"] = False
    wanted["processClusterExternalSecret"] = False
    wanted["processPushSecret"] = pushes(answers)
    wanted["processClusterPushSecret"] = False
    wanted["processClusterGenerator"] = False
    if answers.scoped:
        wanted["scopedNamespace"] = answers.namespaces[0]
        wanted["scopedRBAC"] = True
    wanted["rbac.aggregateToEdit"] = False
    if not answers.scoped:
        wanted["rbac.serviceAccountTokenCreate"] = False
    wanted["webhook.failurePolicy"] = "Fail"
    out: dict[str, Any] = {}
    for path, value in wanted.items():
        if has_value(path, release):
            *above, last = path.split(".")
            place = out
            for step in above:
                place = place.setdefault(step, {})
            place[last] = value
    return out


def value_notes(answers: Answers, at: Path = ()) -> dict[Path, str]:
    written = values(answers)
    notes: dict[Path, str] = {
        ("crds", "annotations"): "Without the CRDs every ExternalSecret goes, and with it every Secret that it owns.",
        (next(key for key in written if key.startswith("process")),): "Reconcilers of kinds that nothing here uses.",
        ("scopedRBAC",): "A Role instead of a ClusterRole.",
        ("rbac", "aggregateToEdit"): "Stores are for administrators; operator/rbac.yaml lets editors write the rest.",
        ("rbac", "serviceAccountTokenCreate"): "Tokens of named accounts only: see operator/rbac.yaml.",
    }
    return {(*at, *path): text for path, text in notes.items() if _has(written, path)}


def _has(values: Any, path: Path) -> bool:
    for step in path:
        if not isinstance(values, dict) or step not in values:
            return False
        values = values[step]
    return True


def _namespace(answers: Answers) -> Document:
    return Document({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": answers.eso_namespace}})


def _flux_release(answers: Answers) -> tuple[Document, Document]:
    where = {"name": OPERATOR, "namespace": answers.eso_namespace}
    repository = {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "HelmRepository",
        "metadata": where,
        "spec": {"interval": "12h", "url": REPOSITORY},
    }
    release = {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": where,
        "spec": {
            "interval": "30m",
            "releaseName": OPERATOR,
            "chart": {
                "spec": {
                    "chart": OPERATOR,
                    "version": chart_of(answers),
                    "sourceRef": {"kind": "HelmRepository", "name": OPERATOR},
                }
            },
            "values": values(answers),
        },
    }
    return Document(repository), Document(release, notes=value_notes(answers, ("spec", "values")))
