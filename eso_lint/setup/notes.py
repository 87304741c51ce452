"""NOTES.md: what was written and why, what is left to do, how to verify, what to do when it fails."""

from __future__ import annotations

from fnmatch import fnmatchcase

from eso_lint.setup.answers import Answers
from eso_lint.setup.house import outside
from eso_lint.setup.objects import pushes
from eso_lint.setup.operator import CHART, REPOSITORY, chart_of
from eso_lint.setup.tables import WRITE_ONLY
from eso_lint.setup.tenants import (
    APP,
    OPERATOR,
    block_key,
    convention,
    key_for,
    pattern_for,
    release_of,
    store_kind,
    tenants,
)


def notes(answers: Answers, paths: list[str]) -> str:
    parts = [_what(answers), _todo(answers, paths), _apply(answers, paths), _verify(answers), _trouble(answers)]
    return "\n".join(part for part in parts if part)


def _what(answers: Answers) -> str:
    key = block_key(answers)
    if answers.teams == "many":
        shape = "A SecretStore in each namespace, each with a credential of its own: no team can read with another's."
    else:
        shape = "One ClusterSecretStore for one team, closed to all namespaces without the label it asks for."
    return f"""# Secrets from {answers.provider}

{shape}

| | |
|---|---|
| operator | {release_of(answers)}, in namespace `{answers.eso_namespace}` |
| store | {store_kind(answers)} `{answers.store}`, provider `{key}`, login `{answers.auth}` |
| paths | `{convention(answers)}` |
| namespaces | {", ".join(f"`{namespace}`" for namespace in answers.namespaces)} |
"""


def _todo(answers: Answers, paths: list[str]) -> str:
    todo = []
    for namespace, name in outside(answers):
        todo.append(f"Make the Secret `{name}` in namespace `{namespace}`, not in Git.")
    if any(path.startswith("provider/") for path in paths):
        todo.append("Apply what is in `provider/` on the provider's side: it allows these paths and nothing else.")
    if answers.auth in ("irsa", "workload-identity", "federation", "oidc"):
        todo.append(
            "The provider must know the cluster's OIDC issuer (`kubectl get --raw /.well-known/openid-configuration`)."
        )
    if answers.auth == "jwt":
        todo.append("The JWT method must know the cluster's OIDC issuer, or its public keys.")
    if answers.teams == "many" and answers.provider == "infisical" and answers.auth == "kubernetes":
        todo.append(
            "All machine identities trust the operator's one ServiceAccount: who may write a store may use any of them."
        )
    for one, other in overlaps(answers):
        todo.append(
            f"`{pattern_for(answers, one)}` fits keys of namespace `{other}` too, so `{one}` may read them: "
            "put something between the namespace and what follows that no namespace's name holds."
        )
    if answers.teams == "many":
        todo.append("The namespaces are not made here.")
    todo.append("Fill in every place that says `Replace`, and change the example keys to your own.")
    todo.append("`.eso-lint.yaml`, `.pre-commit-config.yaml` and `.github/` belong at the root of the repository.")
    return "## To do\n\n" + "".join(f"- [ ] {text}\n" for text in todo)


def overlaps(answers: Answers) -> list[tuple[str, str]]:
    """Namespaces whose pattern also fits the keys of another: `prod-shop-*` fits `prod-shop-b-app`."""
    return [
        (one, other)
        for one in answers.namespaces
        for other in answers.namespaces
        if answers.teams == "many"
        and pattern_for(answers, one) != pattern_for(answers, other)
        and fnmatchcase(key_for(answers, other), pattern_for(answers, one))
    ]


def _apply(answers: Answers, paths: list[str]) -> str:
    if answers.gitops != "none":
        return """## Apply

```sh
kubectl apply --server-side -k .
```

The rest follows by itself: the operator first, then the stores.
"""
    chart = f"{OPERATOR} --repo {REPOSITORY} --version {chart_of(answers)}"
    first = ""
    if any(path.startswith(CHART) for path in paths):
        first, chart = f"helm dependency update {CHART}\n", CHART
    return f"""## Apply

```sh
{first}helm upgrade --install {OPERATOR} {chart} \\
  --namespace {answers.eso_namespace} --create-namespace --wait
kubectl apply --server-side -k .
```
"""


def _verify(answers: Answers) -> str:
    first = answers.namespaces[0]
    where = f" --namespace {first}" if answers.teams == "many" else ""
    store = store_kind(answers).lower()
    user = "pushsecret" if block_key(answers) in WRITE_ONLY else "externalsecret"
    push = f"kubectl get pushsecret {APP} --namespace {first}\n" if pushes(answers) and user != "pushsecret" else ""
    secret = "" if user == "pushsecret" else f"kubectl get secret {APP} --namespace {first}\n"
    return f"""## Verify

```sh
kubectl get {store} {answers.store}{where}
kubectl wait --for=condition=Ready {user}/{APP} --namespace {first} --timeout=2m
{push}{secret}eso-lint .
```

A healthy store says `Valid` and `Ready: True`; a synced object says `SecretSynced` (`Synced` for a PushSecret).
"""


def _trouble(answers: Answers) -> str:
    first = answers.namespaces[0]
    where = f" --namespace {first}" if answers.teams == "many" else ""
    user = "pushsecret" if block_key(answers) in WRITE_ONLY else "externalsecret"
    home = tenants(answers)[0].namespace
    denied = {
        "irsa": f"the role's trust does not name `{home}/store-identity`, or its policy does not name the key",
        "pod-identity": "the association is missing, or the operator's pods are older than it: restart them",
        "kubernetes": "the role does not name the ServiceAccount, or its audience differs",
        "static": "the Secret is missing, or the credential in it is no longer good",
    }.get(answers.auth, "the identity is not tied to the ServiceAccount, or has no right on the key")
    return f"""## When it does not work

```sh
kubectl describe {store_kind(answers).lower()} {answers.store}{where}
kubectl describe {user} {APP} --namespace {first}
kubectl get events --namespace {first} --field-selector type=Warning
kubectl logs --namespace {answers.eso_namespace} deployment/{OPERATOR}
```

- The store is not ready: {denied}.
- The store is ready and the object is not: the key does not exist, or is spelt otherwise.
- Nothing happens at all: the namespace is not admitted by the store, or the reconciler of the kind is off.

## Force a sync

```sh
kubectl annotate {user} {APP} --namespace {first} force-sync=$(date +%s) --overwrite
```
"""
