"""Who applies the manifests: Flux Kustomizations or Argo CD Applications, or nobody, and the root kustomization."""

from __future__ import annotations

from typing import Any

from eso_lint.setup.answers import Answers
from eso_lint.setup.objects import kustomization
from eso_lint.setup.operator import REPOSITORY, chart_of, value_notes, values
from eso_lint.setup.tenants import OPERATOR
from eso_lint.setup.written import Document, Path, yaml_text

_CONFIG = "external-secrets-config"


def files(answers: Answers, folders: list[str]) -> dict[str, str]:
    """The root, and `gitops/` where something delivers."""
    if answers.gitops == "none":
        head = "The CRDs come first: install the operator, then `kubectl apply --server-side -k .`"
        return {"kustomization.yaml": kustomization(folders, head)}
    make = _flux if answers.gitops == "flux" else _argocd
    found = make(answers)
    listed = kustomization(sorted(name.rsplit("/", 1)[1] for name in found))
    head = "Applied once, by hand or by what bootstraps the cluster; the rest follows by itself."
    return {**found, "gitops/kustomization.yaml": listed, "kustomization.yaml": kustomization(["gitops"], head)}


def _below(answers: Answers, name: str) -> str:
    folder = answers.folder.strip("/.")
    return f"{folder}/{name}" if folder else name


def _flux(answers: Answers) -> dict[str, str]:
    source = {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": {"name": _CONFIG, "namespace": "flux-system"},
        "spec": {"interval": "1m", "url": answers.repository, "ref": {"branch": answers.revision or "main"}},
    }
    note: dict[Path, str] = {
        ("spec", "url"): "A private repository needs secretRef too; where Flux has it already, use that source."
    }
    return {
        "gitops/source.yaml": yaml_text(Document(source, notes=note)),
        "gitops/operator.yaml": yaml_text(_flux_kustomization(answers, OPERATOR, "operator", [])),
        "gitops/secrets.yaml": yaml_text(_flux_kustomization(answers, _CONFIG, "secrets", [{"name": OPERATOR}])),
    }


def _flux_kustomization(answers: Answers, name: str, folder: str, after: list[dict[str, str]]) -> Document:
    spec: dict[str, Any] = {
        "interval": "10m",
        "path": f"./{_below(answers, folder)}",
        "prune": True,
        "wait": True,
        "timeout": "5m",
        "sourceRef": {"kind": "GitRepository", "name": _CONFIG},
    }
    if after:
        spec["dependsOn"] = after
    body = {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": name, "namespace": "flux-system"},
        "spec": spec,
    }
    return Document(body, notes={("spec", "dependsOn"): "The CRDs come with the operator."} if after else {})


def _argocd(answers: Answers) -> dict[str, str]:
    chart = {
        "repoURL": REPOSITORY,
        "chart": OPERATOR,
        "targetRevision": chart_of(answers),
        "helm": {"releaseName": OPERATOR, "valuesObject": values(answers)},
    }
    own = {"repoURL": answers.repository, "targetRevision": answers.revision or "main"}
    operator = _application(answers, OPERATOR, 0, chart)
    notes = value_notes(answers, ("spec", "source", "helm", "valuesObject"))
    options = ("spec", "syncPolicy", "syncOptions")
    notes[options] = "The CRDs are larger than what client-side apply can note down."
    guards = _application(answers, "external-secrets-guards", 1, {**own, "path": _below(answers, "operator")})
    secrets = _application(answers, _CONFIG, 1, {**own, "path": _below(answers, "secrets")})
    return {
        "gitops/operator.yaml": yaml_text(Document(operator, notes=notes)),
        "gitops/guards.yaml": yaml_text(Document(guards)),
        "gitops/secrets.yaml": yaml_text(Document(secrets)),
    }


def _application(answers: Answers, name: str, wave: int, source: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {
            "name": name,
            "namespace": "argocd",
            "annotations": {"argocd.argoproj.io/sync-wave": str(wave)},
        },
        "spec": {
            "project": "default",
            "source": source,
            "destination": {"server": "https://kubernetes.default.svc", "namespace": answers.eso_namespace},
            "syncPolicy": {
                "automated": {"prune": True, "selfHeal": True},
                "syncOptions": ["CreateNamespace=true", "ServerSideApply=true"],
                # CRDs appear while the first Application syncs.
                "retry": {"limit": 10, "backoff": {"duration": "15s", "factor": 2, "maxDuration": "5m"}},
            },
        },
    }
