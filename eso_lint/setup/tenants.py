"""Whose identity a store has, for whom it works, and how remote keys look: what all parts of the output share."""

from __future__ import annotations

import re
from typing import NamedTuple

from eso_lint.model.versions import Version, named
from eso_lint.setup.answers import Answers
from eso_lint.setup.tables import provider_key

APP = "app"  # the ExternalSecret of each namespace, its Secret, and the last part of its key
PUSHED = "app-generated"  # the Secret that a PushSecret sends
ACCOUNT = "store-identity"  # the ServiceAccount as which a store logs in
OPERATOR = "external-secrets"  # the chart's name for its own ServiceAccount, and the release
UNKNOWN = "00000000-0000-0000-0000-000000000000"  # stands for an identity that was not told
LABEL = ("external-secrets", "enabled")  # of namespaces that may use the ClusterSecretStore

_ACCOUNTS = frozenset(("irsa", "workload-identity", "federation", "kubernetes", "jwt", "oidc"))
# Providers whose names take neither slashes nor dots.
_FLAT = frozenset(("azure-key-vault", "gcp-secret-manager", "kubernetes"))
UPPER = frozenset(("doppler", "gitlab", "github"))
# Providers whose keys are ids or have a form of their own, which no path says.
OTHER_KEYS = {
    "barbican": "11111111-2222-3333-4444-555555555555",
    "chef": "databag/item",
    "crd": "replace-me",
    "ibm": "arbitrary/replace-me",
    "keepersecurity": "replace-me",
    "passbolt": "11111111-2222-3333-4444-555555555555",
    "secretserver": "1",
    "scaleway": "name:app",
}


class Tenant(NamedTuple):
    """One store's identity: the namespace where it and its credential live, and those that read through it."""

    namespace: str
    serves: tuple[str, ...]
    role: str
    identity: str


def tenants(answers: Answers) -> tuple[Tenant, ...]:
    """Many teams: one for each namespace. One team: one for all, beside the operator."""
    if answers.teams == "many":
        return tuple(
            Tenant(ns, (ns,), answers.role.replace("{namespace}", ns), _nth(answers.identities, i))
            for i, ns in enumerate(answers.namespaces)
        )
    home = answers.eso_namespace
    return (Tenant(home, answers.namespaces, answers.role.replace("{namespace}", home), _nth(answers.identities, 0)),)


def _nth(texts: tuple[str, ...], place: int) -> str:
    if not texts:
        return UNKNOWN
    return texts[place] if place < len(texts) else texts[0]


def store_kind(answers: Answers) -> str:
    return "SecretStore" if answers.teams == "many" else "ClusterSecretStore"


def release_of(answers: Answers) -> Version:
    """The release; of a minor version alone, its last."""
    return named(answers.eso_version) or Version(99, 0, 0)


def block_key(answers: Answers) -> str:
    return provider_key(answers.provider, answers.auth, answers.push, answers.eso_version)


def needs_account(answers: Answers) -> bool:
    """Whether a store logs in by the token of a ServiceAccount of its own.

    Infisical's Kubernetes method takes the token of the operator's pod, as EKS Pod Identity does.
    """
    return answers.auth in _ACCOUNTS and answers.provider != "infisical"


def secret_name(answers: Answers) -> str:
    return answers.credentials or f"{answers.store}-credentials"


def convention(answers: Answers) -> str:
    """The path as the provider's names allow it: with `{namespace}` and `*`, the slash in front where it is needed."""
    path = answers.path.strip()
    if answers.provider in ("vault", "openbao"):
        path = path.strip("/").removeprefix(f"{answers.mount}/")
        return path.removeprefix("data/") if answers.kv_version != "v1" else path
    if answers.provider == "aws-parameter-store":
        return f"/{path.lstrip('/')}" if "/" in path else path
    if answers.provider in _FLAT:
        return re.sub(r"[/._]+", "-", path.strip("/"))
    if answers.provider in UPPER:
        return re.sub(r"[^{}*\w]+", "_", path.strip("/"))
    if answers.provider == "infisical":
        return f"/{path.strip('/')}"
    if answers.provider == "onepassword":
        # An item, a section if need be, a field.
        item, *middle, field = path.strip("/").split("/") if "/" in path.strip("/") else (path.strip("/"), "*")
        return "/".join([item, *(["-".join(middle)] if middle else []), field])
    return path.strip("/")


def pattern_for(answers: Answers, namespace: str) -> str:
    """The convention for the keys of one namespace, only `*` left in it."""
    filled = convention(answers).replace("{namespace}", namespace)
    if answers.provider in UPPER:
        return re.sub(r"[^A-Z0-9_*]", "_", filled.replace("{name}", APP).upper())
    return filled.replace("{name}", "*")


def key_for(answers: Answers, namespace: str, name: str = APP) -> str:
    """A key of one namespace that follows the convention."""
    pattern = convention(answers)
    if answers.provider in UPPER:
        name = name.upper().replace("-", "_")
        return pattern_for(answers, namespace).replace("*", name)
    return pattern.replace("{namespace}", namespace).replace("{name}", name).replace("*", name)


def conventions(answers: Answers) -> list[dict[str, str]]:
    """The entries of `paths:` for these keys: by store, or by namespace where its name is written otherwise in keys."""
    if answers.provider in OTHER_KEYS:
        return []
    if answers.provider in UPPER and "{namespace}" in answers.path:
        return [{"namespace": ns, "pattern": pattern_for(answers, ns)} for ns in answers.namespaces]
    if answers.provider in UPPER:
        return [{"store": answers.store, "pattern": convention(answers).upper()}]
    entries = [{"store": answers.store, "pattern": convention(answers)}]
    if answers.provider == "onepassword" and answers.push:
        entries.append({"store": answers.store, "pattern": convention(answers).split("/")[0]})
    return entries
