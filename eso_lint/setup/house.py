"""What checks the manifests from now on: the linter's configuration, its hook, its workflow."""

from __future__ import annotations

from typing import Any

from eso_lint import __version__
from eso_lint.config import Config
from eso_lint.setup.answers import Answers
from eso_lint.setup.objects import pushes
from eso_lint.setup.placeholders import uses_secret
from eso_lint.setup.tenants import PUSHED, block_key, conventions, release_of, secret_name, tenants
from eso_lint.setup.written import Document, Path, yaml_text

_HOOKS = "https://github.com/eso-lint/eso-lint"


def files(answers: Answers) -> dict[str, str]:
    return {
        ".eso-lint.yaml": _config(answers),
        ".pre-commit-config.yaml": _hook(),
        ".github/workflows/eso-lint.yaml": _workflow(),
    }


def _config(answers: Answers) -> str:
    body: dict[str, Any] = {"profile": "strict", "eso-version": str(release_of(answers))}
    notes: dict[Path, str] = {}
    paths = conventions(answers)
    if paths:
        body["paths"] = paths
        notes["paths",] = "How remote keys must look; the policies allow the same."
    if answers.teams != "many" and len(answers.namespaces) >= Config().shared_store_namespaces:
        body["shared-store-namespaces"] = len(answers.namespaces) + 1
        notes["shared-store-namespaces",] = "All of these namespaces are one team's; from one more on, think again."
    elsewhere = outside(answers)
    if elsewhere:
        body["external"] = {"secrets": [{"name": name, "namespace": namespace} for namespace, name in elsewhere]}
        notes["external",] = "Secrets that no manifest holds, and none should."
    return yaml_text(Document(body, "Belongs at the root of the repository.", notes))


def outside(answers: Answers) -> list[tuple[str, str]]:
    """Namespace and name of Secrets that have to be made by other means."""
    found: list[tuple[str, str]] = []
    for tenant in tenants(answers):
        if needs_secret(answers):
            found.append((tenant.namespace, secret_name(answers)))
        if block_key(answers) == "bitwardensecretsmanager":
            found.append((tenant.namespace, "bitwarden-tls-certs"))
    if pushes(answers):
        found += [(namespace, PUSHED) for namespace in answers.namespaces]
    return found


def needs_secret(answers: Answers) -> bool:
    """Whether the store reads a credential that lies in a Secret."""
    return answers.auth == "static" and uses_secret(answers, block_key(answers))


def _hook() -> str:
    body = {"repos": [{"repo": _HOOKS, "rev": f"v{__version__}", "hooks": [{"id": "eso-lint"}]}]}
    return yaml_text(Document(body, "Belongs at the root of the repository; add the entry to what is there."))


def _workflow() -> str:
    body = {
        "name": "eso-lint",
        "on": {"pull_request": {}, "push": {"branches": ["main"]}},
        "permissions": {},
        "jobs": {
            "lint": {
                "runs-on": "ubuntu-latest",
                "permissions": {"contents": "read", "security-events": "write"},
                "steps": [
                    {"uses": "actions/checkout@v5", "with": {"persist-credentials": False}},
                    {"uses": f"eso-lint/eso-lint@v{__version__}", "with": {"sarif": "auto"}},
                ],
            }
        },
    }
    notes: dict[Path, str] = {("on",): "Not by paths: a file that goes elsewhere can break a reference."}
    return yaml_text(Document(body, notes=notes))
