"""The questions of `eso-lint init`, in the order in which they are asked: the guide's three, then what they leave open.

Flags, prompts, the checks of a file of answers and `--questions` all come from this one table.
"""

from __future__ import annotations

import re

from eso_lint.model.served import NEWEST
from eso_lint.model.served import PROVIDERS as SERVED
from eso_lint.setup.answers import GITOPS, PLATFORMS, PROVIDERS
from eso_lint.setup.question import Case, Choice, Draft, Form, Question, Value
from eso_lint.setup.tables import auths, can_push

AWS = ("aws-secrets-manager", "aws-parameter-store")
VAULTS = ("vault", "openbao")
# Their keys are names of variables: a project or its environment scopes what a credential reads, not a path.
UNSCOPED = ("doppler", "gitlab")
# The first release that serves v1, in which everything is written.
OLDEST = (0, 16, 0)

_NAME = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
_GUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_URL = r"https://[A-Za-z0-9.-]+(:[0-9]+)?(/[^\s?#]*)?"
_PLATFORMS = {
    "eks": "Amazon EKS",
    "gke": "Google GKE",
    "aks": "Azure AKS",
    "openshift": "OpenShift",
    "kind": "kind, minikube, k3d: a cluster on one machine",
    "other": "anything else",
}
_PROVIDERS = {
    "aws-secrets-manager": "AWS Secrets Manager",
    "aws-parameter-store": "AWS Systems Manager Parameter Store",
    "vault": "HashiCorp Vault",
    "openbao": "OpenBao",
    "gcp-secret-manager": "Google Secret Manager",
    "azure-key-vault": "Azure Key Vault",
    "kubernetes": "Secrets of another namespace or cluster",
    "onepassword": "1Password, by a service account",
    "doppler": "Doppler",
    "gitlab": "variables of a GitLab project",
    "infisical": "Infisical",
    "bitwarden": "Bitwarden Secrets Manager",
}
_AUTHS = {
    "irsa": "an AWS role by the ServiceAccount's own token",
    "pod-identity": "EKS Pod Identity of the operator, then a role for each store",
    "workload-identity": "the platform's workload identity",
    "federation": "Google's workload identity federation with this cluster",
    "kubernetes": "a short-lived token of a ServiceAccount",
    "jwt": "the ServiceAccount's token as a JWT, by the cluster's issuer",
    "oidc": "the ServiceAccount's token by OpenID Connect",
    "static": "a credential that lies in a Secret, and has to be rotated",
}
_GITOPS = {"none": "kubectl, or something else", "flux": "Flux", "argocd": "Argo CD"}
OTHERS = tuple(
    key
    for key, served in SERVED.items()
    if served["v1"][1] == "" and key not in {*PROVIDERS, *PROVIDERS.values(), "fake"}
)
_VAULT_PATH = (
    r"[^/\s]([^\s]*[^/\s])?",
    "a path below the mount, or `MOUNT/data/...`, with no / at its ends",
    "{namespace}/*",
)
# Provider -> pattern, what it wants in words, and what is offered.
_PATHS: dict[str, tuple[str, str, str]] = {
    "aws-secrets-manager": (
        r"[A-Za-z0-9{*][A-Za-z0-9/_+=.@{}*-]*",
        "letters, digits and /_+=.@- with no / in front",
        "prod/{namespace}/*",
    ),
    "aws-parameter-store": (
        r"/(?!aws|ssm)[A-Za-z0-9_./{}*-]+",
        "begins with /, then letters, digits and _.-/",
        "/prod/{namespace}/*",
    ),
    "vault": _VAULT_PATH,
    "openbao": _VAULT_PATH,
    "gcp-secret-manager": (r"[A-Za-z0-9_{}*-]+", "letters, digits, _ and -", "prod-{namespace}-*"),
    "azure-key-vault": (r"[A-Za-z0-9{}*-]+", "letters, digits and -", "prod-{namespace}-*"),
    "kubernetes": (r"[a-z0-9{*][a-z0-9{}*-]*", "lower-case letters, digits and -", "{namespace}-*"),
    "onepassword": (
        r"(?!op://)[^/\s]([^\n]*[^/\s])?",
        "as in `ITEM/FIELD`, without op:// and the vault's name",
        "{namespace}-*/*",
    ),
    "doppler": (r"([A-Z0-9_*]|\{namespace\})+", "capital letters, digits and _ (names of variables)", "*"),
    "gitlab": (r"([A-Z0-9_*]|\{namespace\})+", "capital letters, digits and _ (names of variables)", "*"),
    "infisical": (r"/[^\s]*[^/\s]", "an absolute path in the environment: begins with /", "/{namespace}/*"),
}
_ANY_PATH = (r"[^/\s]([^\n]*[^/\s])?", "such as `prod/{namespace}/*`, with no / at its ends", "prod/{namespace}/*")


def _check_path(value: Value, draft: Draft) -> str:
    text = str(value)
    if re.search(r"[{}]", text.replace("{namespace}", "").replace("{name}", "")):
        return "braces hold {namespace} or {name}, nothing else"
    if text.startswith("*") and draft["provider"] not in UNSCOPED:
        return "a path that begins with `*` scopes nothing"
    return ""


def _check_namespaces(value: Value, draft: Draft) -> str:
    """Stores in several namespaces that read one path are one store in all but name."""
    path = str(draft["path"])
    scoped = draft["provider"] not in UNSCOPED
    if draft["teams"] == "many" and len(value) > 1 and "{namespace}" not in path and scoped:  # type: ignore[arg-type]
        return f"the path `{path}` is the same for each: put {{namespace}} into --path, or name one namespace"
    return ""


def _check_version(value: Value, draft: Draft) -> str:
    from eso_lint.model.versions import named, parse_version, release_of

    found = named(str(value))
    if found is None or (found <= NEWEST and release_of(str(found)) is None):
        return f"the operator has no release {value}: write such as {NEWEST.major}.{NEWEST.minor}"
    if found[:3] < OLDEST:
        return f"{value} does not serve v1, in which everything is written: {'.'.join(map(str, OLDEST))} or later"
    if found > NEWEST:
        return f"{value} is newer than this program: {NEWEST} is the newest release whose schemas it knows"
    provider = str(draft["provider"])
    since = SERVED[PROVIDERS.get(provider, provider)]["v1"][0] if provider != "openbao" else ""
    first = parse_version(since)
    return f"{provider} needs release {since} or later" if first is not None and found < first else ""


def _check_each(value: Value, draft: Draft) -> str:
    """Each store has an identity of its own: a role that does not name its namespace would be one for all."""
    namespaces = draft["namespaces"]
    if draft["teams"] == "many" and len(namespaces) > 1 and "{namespace}" not in str(value):  # type: ignore[arg-type]
        return "each store has one of its own: put {namespace} into it"
    return "" if draft["teams"] == "many" or "{namespace}" not in str(value) else "one store has one: no {namespace}"


def _check_count(value: Value, draft: Draft) -> str:
    stores = draft["namespaces"] if draft["teams"] == "many" else ("",)
    if value and len(value) != len(stores):  # type: ignore[arg-type]
        return f"{len(stores)} wanted, in the order of the namespaces" if len(stores) > 1 else "one is wanted"  # type: ignore[arg-type]
    return ""


def _check_mount(value: Value, draft: Draft) -> str:
    named = _mount_of(draft)
    return f"the path says that it is `{named}`" if named and named != value else ""


def _mount_of(draft: Draft) -> str:
    """The mount that a path names, as in `secret/data/shop/*`; "" where it names none."""
    mount, found, _ = str(draft["path"]).partition("/data/")
    return mount if found else ""


def _mount(draft: Draft) -> str:
    return _mount_of(draft) or "secret"


def _auth(draft: Draft) -> str:
    return str(draft["auth"])


def _store(draft: Draft) -> str:
    return str(draft["provider"]).lower()


def _credentials(draft: Draft) -> str:
    return f"{_store(draft)}-credentials"


def _auth_forms() -> tuple[Form, ...]:
    """What `auths` says, as cases: platforms with the same answers in one."""
    forms = []
    for provider in PROVIDERS:
        by_names: dict[tuple[str, ...], list[str]] = {}
        for platform in PLATFORMS:
            by_names.setdefault(auths(provider, platform, str(NEWEST)), []).append(platform)
        for names, platforms in by_names.items():
            forms.append(Form({"provider": (provider,), "platform": tuple(platforms)}, names[0], only=names))
    return tuple(forms)


def _open_auths(draft: Draft) -> tuple[str, ...]:
    from eso_lint.model.versions import named

    return auths(str(draft["provider"]), str(draft["platform"]), str(named(str(draft["eso_version"]))))


def _path_forms() -> tuple[Form, ...]:
    known = [({"provider": (provider,)}, _PATHS[provider]) for provider in _PATHS]
    return tuple(
        Form(case, None, wanted, hint, offer=offer) for case, (wanted, hint, offer) in [*known, ({}, _ANY_PATH)]
    )


def _by_teams(case: Case, many: str, one: str, pattern: str, hint: str, text: str = "") -> tuple[Form, Form]:
    return (
        Form({**case, "teams": ("many",)}, many, pattern, hint, text),
        Form({**case, "teams": ("one",)}, one, pattern, hint, text),
    )


def _text(key: str, text: str, *forms: Form, asked: bool = True, needs: tuple[str, ...] = ()) -> Question:
    return Question(key, text, forms, asked=asked, needs=needs)


def _choices(texts: dict[str, str], rest: tuple[str, ...] = ()) -> tuple[Choice, ...]:
    return (*(Choice(value, text) for value, text in texts.items()), *(Choice(key, shown=False) for key in rest))


_GCP: Case = {"provider": ("gcp-secret-manager",)}
_AZURE: Case = {"provider": ("azure-key-vault",)}
_ROLE = "letters, digits and _+=,.@-/"
_GITOPS_ON: Case = {"gitops": GITOPS[1:]}

QUESTIONS: tuple[Question, ...] = (
    Question(
        "teams",
        "How many teams share this cluster?",
        choices=_choices(
            {
                "many": "a SecretStore in each namespace, each with its own credential",
                "one": "one team, or a cluster for development: one ClusterSecretStore, for named namespaces",
            }
        ),
    ),
    Question("platform", "Which platform runs the cluster?", choices=_choices(_PLATFORMS)),
    Question("provider", "Which provider holds the secrets?", choices=_choices(_PROVIDERS, OTHERS)),
    Question("path", "Which path do the secrets follow?", _path_forms(), check=_check_path, needs=("provider",)),
    Question(
        "namespaces",
        "Which namespaces need secrets?",
        (Form({}, None, _NAME, "names of namespaces, such as team-a,team-b"),),
        kind="list",
        check=_check_namespaces,
        needs=("teams", "provider", "path"),
    ),
    Question(
        "eso_version",
        "Which release of the operator is it?",
        (Form({}, str(NEWEST), r"v?\d+\.\d+(\.\d+)?", f"such as {NEWEST.major}.{NEWEST.minor}"),),
        check=_check_version,
        needs=("provider",),
    ),
    Question(
        "auth",
        "How does the store log in?",
        _auth_forms(),
        _choices(_AUTHS),
        open_to=_open_auths,
        needs=("provider", "platform", "eso_version"),
    ),
    _text("account", "Which AWS account?", Form({"provider": AWS}, None, r"\d{12}", "twelve digits")),
    _text("region", "Which AWS region?",
          Form({"provider": AWS}, None, r"[a-z]{2}(-[a-z]+)+-\d", "such as eu-central-1")),
    _text(
        "project",
        "Which project?",
        Form(_GCP, None, r"[a-z][-a-z0-9]{4,28}[a-z0-9]", "its id, such as shop-prod", "Which Google project?"),
        Form({"provider": ("gitlab",)}, None, r"\d+", "the project's number", "Which GitLab project?"),
        Form({"provider": ("doppler",)}, None, r"[a-z0-9][-_a-z0-9]*", "the project's name", "Which Doppler project?"),
        Form({"provider": ("infisical",)}, None, r"[A-Za-z0-9][-_A-Za-z0-9]*", "the project's slug",
             "Which Infisical project?"),
        Form({"provider": ("bitwarden",)}, None, _GUID, "the project's id, a UUID", "Which Bitwarden project?"),
    ),
    _text(
        "audience",
        "Which provider of a workload identity pool?",
        Form({**_GCP, "auth": ("federation",)}, None,
             r"//iam\.googleapis\.com/projects/\d+/locations/global/workloadIdentityPools/[^/\s]+/providers/[^/\s]+",
             "//iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER"),
    ),
    _text("tenant", "Which Azure tenant?", Form(_AZURE, None, _GUID, "the tenant's id, a GUID")),
    _text(
        "vault_url",
        "Which address has the vault?",
        Form(_AZURE, None, r"https://[A-Za-z0-9-]{3,24}\.vault\.(azure\.net|azure\.cn|usgovcloudapi\.net)/?",
             "such as https://shop.vault.azure.net"),
        Form({"provider": VAULTS}, None, _URL, "such as https://vault.example.com:8200"),
    ),
    Question("mount", "Where is the KV engine mounted?",
             (Form({"provider": VAULTS}, _mount, r"[^/\s]([^\s]*[^/\s])?", "such as secret"),),
             asked=False, check=_check_mount, needs=("path",)),
    Question("kv_version", "Which version has the KV engine?", (Form({"provider": VAULTS}, "v2"),),
             _choices({"v2": "with versions", "v1": "without"}), asked=False),
    _text("auth_mount", "Where is the auth method mounted?",
          Form({"provider": VAULTS, "auth": ("kubernetes", "jwt")}, _auth, r"[^/\s]([^\s]*[^/\s])?",
               "such as kubernetes"),
          asked=False, needs=("auth",)),
    _text(
        "server",
        "Which address has the server?",
        Form({"provider": ("kubernetes",)}, "https://kubernetes.default.svc", _URL, "the API server's https address",
             "Which API server holds the Secrets?"),
        Form({"provider": ("gitlab",)}, "https://gitlab.com", _URL, "an https address"),
        Form({"provider": ("infisical",)}, "https://app.infisical.com", _URL, "an https address"),
        Form({"provider": ("bitwarden",)}, "https://bitwarden-sdk-server.external-secrets.svc.cluster.local:9998",
             _URL, "the SDK server's https address"),
        asked=False,
    ),
    _text("remote_namespace", "Which namespace holds the Secrets?",
          Form({"provider": ("kubernetes",)}, None, _NAME, "the name of a namespace")),
    _text("vault", "Which vault of 1Password?",
          Form({"provider": ("onepassword",)}, None, r"\S([^\n]*\S)?", "its name or id")),
    _text("organization", "Which organization of Bitwarden?",
          Form({"provider": ("bitwarden",)}, None, _GUID, "its id, a UUID")),
    _text(
        "environment",
        "Which environment?",
        Form({"provider": ("doppler",)}, "prd", r"[a-z0-9][-_a-z0-9]*", "its name", "Which config of Doppler?"),
        Form({"provider": ("infisical",)}, "prod", r"[a-z0-9][-a-z0-9]*", "the environment's slug"),
        Form({"provider": ("gitlab",)}, "production", r"\S+", "the environment's name, or *"),
    ),
    _text(
        "issuer",
        "Which OIDC issuer has the cluster?",
        Form({"provider": AWS, "auth": ("irsa",)}, None, _URL,
             "its https address (`kubectl get --raw /.well-known/openid-configuration` tells)"),
        Form({**_AZURE, "auth": ("workload-identity",)}, None, _URL,
             "its https address (`kubectl get --raw /.well-known/openid-configuration` tells)"),
    ),
    Question(
        "role",
        "Which role does each store have?",
        (
            *_by_teams({"provider": AWS, "auth": ("irsa", "pod-identity")}, "eso-{namespace}", "external-secrets",
                       r"[A-Za-z0-9_+=,.@{}/-]+", _ROLE, "Which IAM role?"),
            *_by_teams({"provider": VAULTS, "auth": ("kubernetes", "jwt")}, "eso-{namespace}", "external-secrets",
                       r"[A-Za-z0-9_.@{}-]+", _ROLE, "Which role of the auth method?"),
            *_by_teams({**_GCP, "auth": ("workload-identity", "federation")}, "eso-{namespace}", "external-secrets",
                       r"[a-z{][-a-z0-9{}]*[a-z0-9}]", "lower-case letters, digits and -", "Which service account?"),
        ),
        asked=False,
        check=_check_each,
        needs=("teams", "namespaces"),
    ),
    Question(
        "identities",
        "Which identity does each store have?",
        (
            Form({**_AZURE, "auth": ("workload-identity",)}, "", _GUID,
                 "client ids (GUIDs), one for each store; empty: a marked place to fill in"),
            Form({"provider": ("doppler",), "auth": ("oidc",)}, "", r"[A-Za-z0-9-]+",
                 "ids of identities, one for each store; empty: a marked place to fill in"),
            Form({"provider": ("infisical",), "auth": ("kubernetes",)}, "", _GUID,
                 "ids of machine identities, one for each store; empty: a marked place to fill in"),
        ),
        kind="list",
        check=_check_count,
        needs=("teams", "namespaces"),
    ),
    _text("credentials", "Which Secret holds the credential?",
          Form({"auth": ("static",)}, _credentials, _NAME, "the name of a Secret"), asked=False,
          needs=("provider",)),
    Question("push", "Will secrets be pushed to the provider too?",
             (Form({"provider": tuple(p for p in (*PROVIDERS, *OTHERS) if can_push(p))}, False),), kind="switch"),
    Question("hardened", "Write the hardening too (network policies, RBAC, admission policies)?",
             (Form({"teams": ("many",)}, True), Form({}, False)), kind="switch"),
    Question("scoped", "Does the operator serve this one namespace alone?",
             (Form({"hardened": (True,), "teams": ("many",), "namespaces": 1}, False),), kind="switch", asked=False),
    Question("kyverno", "Write the admission policies for Kyverno too?", (Form({"hardened": (True,)}, False),),
             kind="switch", asked=False),
    Question("gitops", "What applies the manifests?", (Form({}, "none"),), _choices(_GITOPS)),
    _text("repository", "Which Git repository will hold them?",
          Form(_GITOPS_ON, None, r"(https|ssh)://\S+|[\w.-]+@[\w.-]+:\S+", "its URL")),
    _text("revision", "Which branch?", Form(_GITOPS_ON, "main", r"[^\s~^:?*\[\\]+", "its name"), asked=False),
    _text("output", "In which folder is the repository?",
          Form({}, ".", r"\S([^\n]*\S)?", "a folder, or - for standard output")),
    _text("folder", "Where in the repository will the manifests lie?",
          Form({}, "external-secrets", r"(?!/)(?!.*\.\.)\S+", "a path in the repository, or . for its root"),
          asked=False),
    _text("store", "How is the store called?", Form({}, _store, _NAME, "lower-case letters, digits and -"),
          asked=False, needs=("provider",)),
    _text("eso_namespace", "In which namespace does the operator run?",
          Form({}, "external-secrets", _NAME, "the name of a namespace"), asked=False),
)  # fmt: skip
BY_KEY = {question.key: question for question in QUESTIONS}
