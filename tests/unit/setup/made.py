"""Answers and outputs for the tests of what `init` writes."""

from __future__ import annotations

from collections.abc import Iterator

from eso_lint.check import Engine, Input, Request
from eso_lint.check import check as run
from eso_lint.configfile import parse_config
from eso_lint.lint.select import Level
from eso_lint.settings import Settings
from eso_lint.setup import written
from eso_lint.setup.answers import PROVIDERS, Answers
from eso_lint.setup.conversation import completed, follow
from eso_lint.setup.generate import generate
from eso_lint.setup.question import Value
from eso_lint.setup.questions import BY_KEY
from eso_lint.setup.tables import can_push
from eso_lint.source.node import SourceFile

GUID = "11111111-2222-4333-8444-555555555555"
COMMON: dict[str, Value] = {
    "namespaces": ("team-a", "team-b"),
    "account": "111122223333",
    "region": "eu-central-1",
    "issuer": "https://oidc.example.org/id/ABC",
    "audience": "//iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/pool/providers/cluster",
    "tenant": GUID,
    "remote_namespace": "vaulted",
    "vault": "Shop",
    "organization": GUID,
    "repository": "https://github.com/acme/gitops",
}
PROJECTS = {"gcp-secret-manager": "shop-prod", "gitlab": "42", "bitwarden": GUID}
PATHS = {
    "aws-parameter-store": "/prod/{namespace}/*",
    "infisical": "/prod/{namespace}/*",
    "doppler": "APP_*",
    "gitlab": "APP_*",
}
RELEASES = ("0.20", "1.3", "2.9")
# These stand at the repository's root, the rest in the folder from which it is delivered.
ROOT = (".eso-lint.yaml", ".pre-commit-config.yaml", ".github/")


def _offered(provider: str) -> str:
    form = BY_KEY["path"].form({"provider": provider})
    return form.offer if form else ""


def answers(provider: str, teams: str = "many", platform: str = "eks", **given: Value) -> Answers:
    """The answers of somebody who knows all that is asked; AssertionError where some will not do."""
    told: dict[str, Value] = {
        **COMMON,
        "provider": provider,
        "teams": teams,
        "platform": platform,
        "path": PATHS.get(provider, _offered(provider)),
        "project": PROJECTS.get(provider, "shop"),
        "vault_url": "https://shop.vault.azure.net" if provider == "azure-key-vault" else "https://vault.example.org:8200",
        **given,
    }  # fmt: skip
    progress = follow(told)
    wanted = [question.key for question in progress.open]
    assert progress.done, (wanted, progress.problems)
    return completed(progress.draft)


def variants(provider: str, teams: str, number: int) -> Iterator[dict[str, Value]]:
    """Ways to deliver and harden; which of them pushes goes round, so that all meet all platforms and releases."""
    push = can_push(provider)
    ways: list[dict[str, Value]] = [
        {"gitops": "none", "hardened": teams == "many"},
        {"gitops": "flux", "hardened": True, "kyverno": True},
        {"gitops": "argocd", "hardened": False},
    ]
    for i, way in enumerate(ways):
        yield {**way, "push": True} if push and (number + i) % 2 else way


def output(given: Answers) -> dict[str, str]:
    """What is written, at its place in the repository."""
    folder = given.folder.strip("/.")
    files = generate(given)
    return {path if not folder or path.startswith(ROOT) else f"{folder}/{path}": text for path, text in files.items()}


ENGINE = Engine(False)


def findings(files: dict[str, str], profile: str = "strict") -> list[tuple[str, str, int, str]]:
    """Rule, file, line and message of everything shown, by the pipeline that the command runs."""
    sources = {path: SourceFile(path, text.encode()) for path, text in sorted(files.items())}
    config = parse_config(sources[".eso-lint.yaml"])._replace(profile=profile)
    settings = Settings(config, (Level(config.select, config.ignore), Level((), ())), {}, {}, "", ())
    report = run(Input(sources, (), frozenset(sources)), Request(settings), ENGINE)
    return [
        (shown.rule.name, shown.span.file.path, shown.span.file.position(shown.span.start)[0], shown.message)
        for shown in report.shown
    ]


_write = written._one
_texts: dict[str, str] = {}


def remembered(document: written.Document) -> str:
    """Documents that many combinations share are written once."""
    key = repr(document)
    if key not in _texts:
        _texts[key] = _write(document)
    return _texts[key]


DEEP = tuple(PROVIDERS)
