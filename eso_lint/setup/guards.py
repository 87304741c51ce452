"""What limits the operator and its users: network, RBAC, admission."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from eso_lint.model.versions import Version
from eso_lint.setup.answers import Answers
from eso_lint.setup.objects import has_account, pushes
from eso_lint.setup.tables import WRITE_ONLY
from eso_lint.setup.tenants import (
    ACCOUNT,
    OPERATOR,
    OTHER_KEYS,
    UPPER,
    block_key,
    convention,
    release_of,
    tenants,
)
from eso_lint.setup.written import Document

_RBAC = "rbac.authorization.k8s.io"
_ADMISSION = "admissionregistration.k8s.io/v1"
# The first chart that can do without the right to mint tokens of every ServiceAccount.
_TOKENS = Version(2, 5, 0)
_API = ({"protocol": "TCP", "port": 443}, {"protocol": "TCP", "port": 6443})
_DNS = {"ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]}
# Where the tokens and facts of a cloud's nodes come from.
_METADATA = {
    "workload-identity": (("169.254.169.254/32", 80), ("169.254.169.252/32", 988)),
    "pod-identity": (("169.254.170.23/32", 80),),
}


def network_policies(answers: Answers) -> Iterator[Document]:
    """One for each of the operator's three Deployments: what they need goes, all else does not."""
    backend = [{"protocol": "TCP", "port": port} for port in _backend_ports(answers)]
    egress: list[dict[str, Any]] = [_DNS, {"ports": [*_API, *backend]}]
    if answers.auth in _METADATA and answers.provider != "azure-key-vault":
        for block, port in _METADATA[answers.auth]:
            egress.append({"to": [{"ipBlock": {"cidr": block}}], "ports": [{"protocol": "TCP", "port": port}]})
    yield _network_policy(answers, "", [8080], egress, "DNS, the API server, the secret backend. Metrics come in.")
    yield _network_policy(
        answers, "-webhook", [8080, 10250], [_DNS, {"ports": list(_API)}], "The API server asks the webhook."
    )
    webhook = {"podSelector": {"matchLabels": {"app.kubernetes.io/name": f"{OPERATOR}-webhook"}}}
    asks = {"to": [webhook], "ports": [{"protocol": "TCP", "port": 10250}]}
    yield _network_policy(answers, "-cert-controller", [8080], [_DNS, {"ports": list(_API)}, asks])


def _backend_ports(answers: Answers) -> list[int]:
    found: set[int] = set()
    for address in (answers.vault_url, answers.server):
        try:
            url = urlsplit(address)
            port = url.port or (80 if url.scheme == "http" else 443)
        except ValueError:
            continue
        if address and port not in (443, 6443):
            found.add(port)
    return sorted(found)


def _network_policy(
    answers: Answers, suffix: str, ports: list[int], egress: list[dict[str, Any]], head: str = ""
) -> Document:
    name = f"{OPERATOR}{suffix}"
    body = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": answers.eso_namespace},
        "spec": {
            "podSelector": {"matchLabels": {"app.kubernetes.io/name": name}},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [{"ports": [{"protocol": "TCP", "port": port} for port in ports]}],
            "egress": egress,
        },
    }
    return Document(body, head)


def team_role(answers: Answers) -> Document:
    """What editors of a namespace may write: ExternalSecrets, and no stores."""
    resources = ["externalsecrets"]
    if block_key(answers) in WRITE_ONLY:
        resources = ["pushsecrets"]
    elif pushes(answers):
        resources.append("pushsecrets")
    body = {
        "apiVersion": f"{_RBAC}/v1",
        "kind": "ClusterRole",
        "metadata": {
            "name": "external-secrets-team",
            "labels": {f"{_RBAC}/aggregate-to-edit": "true", f"{_RBAC}/aggregate-to-admin": "true"},
        },
        "rules": [
            {
                "apiGroups": ["external-secrets.io"],
                "resources": resources,
                "verbs": ["get", "list", "watch", "create", "update", "patch", "delete"],
            },
            {
                "apiGroups": ["external-secrets.io"],
                "resources": ["secretstores"],
                "verbs": ["get", "list", "watch"],
            },
        ],
    }
    return Document(body, "Editors of a namespace write what uses a store. Stores are for administrators.")


def token_roles(answers: Answers) -> Iterator[Document]:
    """The operator may mint tokens of the stores' accounts alone, where the chart can do without more."""
    if answers.scoped or not has_account(answers) or release_of(answers) < _TOKENS:
        return
    for tenant in tenants(answers):
        where = {"name": "external-secrets-token", "namespace": tenant.namespace}
        rule = {
            "apiGroups": [""],
            "resources": ["serviceaccounts/token"],
            "resourceNames": [ACCOUNT],
            "verbs": ["create"],
        }
        yield Document({"apiVersion": f"{_RBAC}/v1", "kind": "Role", "metadata": where, "rules": [rule]})
        yield Document(
            {
                "apiVersion": f"{_RBAC}/v1",
                "kind": "RoleBinding",
                "metadata": where,
                "roleRef": {"apiGroup": _RBAC, "kind": "Role", "name": where["name"]},
                "subjects": [{"kind": "ServiceAccount", "name": OPERATOR, "namespace": answers.eso_namespace}],
            }
        )


def admission_policies(answers: Answers) -> Iterator[Document]:
    """ValidatingAdmissionPolicies (Kubernetes 1.30): providers in use, and keys that follow the convention."""
    key = block_key(answers)
    yield from _policy(
        "external-secrets-providers",
        ["secretstores", "clustersecretstores"],
        [(f"has(object.spec.provider.{key})", f"stores of this cluster use the provider {key}")],
        f"Stores lead to {key} and nowhere else.",
    )
    for resource, expressions in _key_rules(answers):
        yield from _policy(
            f"external-secrets-keys-{resource}",
            [resource],
            [(text, f"remote keys follow {convention(answers)}") for text in expressions],
            f"Remote keys follow {convention(answers)}.",
        )


def _policy(name: str, resources: list[str], rules: list[tuple[str, str]], head: str) -> Iterator[Document]:
    match = {
        "resourceRules": [
            {
                "apiGroups": ["external-secrets.io"],
                "apiVersions": ["*"],
                "operations": ["CREATE", "UPDATE"],
                "resources": resources,
            }
        ]
    }
    yield Document(
        {
            "apiVersion": _ADMISSION,
            "kind": "ValidatingAdmissionPolicy",
            "metadata": {"name": name},
            "spec": {
                "failurePolicy": "Fail",
                "matchConstraints": match,
                "validations": [{"expression": text, "message": said} for text, said in rules],
            },
        },
        head,
    )
    yield Document(
        {
            "apiVersion": _ADMISSION,
            "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": {"name": name},
            "spec": {"policyName": name, "validationActions": ["Deny"]},
        }
    )


def kyverno_policies(answers: Answers) -> Iterator[Document]:
    """The same for Kyverno (1.13 and later), which evaluates the same expressions."""
    key = block_key(answers)
    entries: list[tuple[str, list[str], list[str], str]] = [
        (
            "providers",
            ["SecretStore", "ClusterSecretStore"],
            [f"has(object.spec.provider.{key})"],
            f"stores of this cluster use the provider {key}",
        )
    ]
    kinds = {"externalsecrets": "ExternalSecret", "pushsecrets": "PushSecret"}
    for resource, expressions in _key_rules(answers):
        said = f"remote keys follow {convention(answers)}"
        entries.append((f"keys-{resource}", [kinds[resource]], expressions, said))
    rules = [
        {
            "name": name,
            "match": {"any": [{"resources": {"kinds": [f"external-secrets.io/*/{kind}" for kind in matched]}}]},
            "validate": {
                "failureAction": "Enforce",
                "cel": {"expressions": [{"expression": text, "message": said} for text in expressions]},
            },
        }
        for name, matched, expressions, said in entries
    ]
    body = {
        "apiVersion": "kyverno.io/v1",
        "kind": "ClusterPolicy",
        "metadata": {"name": "external-secrets"},
        "spec": {"background": False, "rules": rules},
    }
    yield Document(body, "Providers in use, and remote keys that follow the convention.")


def _key_rules(answers: Answers) -> Iterator[tuple[str, list[str]]]:
    """Resource, and what must hold of its keys."""
    if answers.provider in OTHER_KEYS or set(convention(answers)) <= {"*"}:
        return
    fits = f".matches({_expression(answers)})"
    below = f".matches({_expression(answers, folder=True)})"
    extract = f"(!has(d.extract) || d.extract.key{fits})"
    find = f"(!has(d.find) || (has(d.find.path) && d.find.path{below}))"
    if block_key(answers) not in WRITE_ONLY:
        yield (
            "externalsecrets",
            [
                f"!has(object.spec.data) || object.spec.data.all(d, d.remoteRef.key{fits})",
                f"!has(object.spec.dataFrom) || object.spec.dataFrom.all(d, {extract} && {find})",
            ],
        )
    if pushes(answers):
        pushed = fits
        if answers.provider == "onepassword":
            pushed = f".matches({_expression(answers, pattern=convention(answers).split('/')[0])})"
        yield (
            "pushsecrets",
            [
                f"!has(object.spec.data) || object.spec.data.all(d, d.match.remoteRef.remoteKey{pushed})",
                # What `dataTo` sends is named by the keys of the Secret, which nobody has looked at.
                *(["!has(object.spec.dataTo)"] if release_of(answers) >= Version(2, 3, 0) else []),
            ],
        )


def _expression(answers: Answers, folder: bool = False, pattern: str = "") -> str:
    """The convention as an expression of CEL that gives a regular expression. `folder`: what a path must begin with."""
    upper = answers.provider in UPPER
    text = pattern or convention(answers)
    if folder:
        text = text.split("*")[0].rstrip("/")
    namespace = "namespaceObject.metadata.name"
    if upper:
        namespace += ".upperAscii().replace('-', '_')"
    pieces = []
    for piece in re.split(r"(\{namespace\})", text.replace("{name}", "*")):
        if piece == "{namespace}":
            pieces.append(namespace)
        elif piece:
            fixed = piece.upper() if upper else piece
            # Texts of CEL in single quotes; nothing of a key needs escaping there but what the pattern escapes.
            escaped = ".+".join(_escaped(part) for part in fixed.split("*"))
            pieces.append(f"'{escaped}'")
    end = "(/.*)?$" if folder else "$"
    return " + ".join(["'^'", *pieces, f"'{end}'"]).replace("' + '", "")


def _escaped(text: str) -> str:
    """A part of a key that stands for itself in a regular expression, in a text of CEL."""
    out = ""
    for c in text:
        special = not c.isalnum() and c not in "/_-@:, '"
        # Once for the regular expression, once for the text.
        out += (r"\\" if special else "") + (f"\\{c}" if c in "\\'" else c)
    return out
