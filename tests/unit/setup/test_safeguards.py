"""Each safeguard that `init` writes is missed by a rule as soon as it is gone."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest

from eso_lint.setup import written
from eso_lint.setup.question import Value
from tests.unit.setup.made import answers, findings, output, remembered


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written, "_one", remembered)


class Safeguard(NamedTuple):
    """What is taken away: the file that matches `path` as a whole where `old` is empty, else the text that matches."""

    name: str
    given: dict[str, Value]
    path: str
    rule: str
    old: str = ""
    new: str = ""
    profile: str = "strict"


ONE: dict[str, Value] = {"provider": "aws-secrets-manager", "teams": "one", "hardened": True, "gitops": "flux"}
MANY: dict[str, Value] = {**ONE, "teams": "many", "push": True}
OLD: dict[str, Value] = {**MANY, "eso_version": "0.20"}
ARGO: dict[str, Value] = {**MANY, "gitops": "argocd"}
VAULT: dict[str, Value] = {**MANY, "provider": "vault"}
GOOGLE: dict[str, Value] = {**MANY, "provider": "gcp-secret-manager", "platform": "gke", "push": False}
AZURE: dict[str, Value] = {**MANY, "provider": "azure-key-vault", "platform": "aks"}
STATIC: dict[str, Value] = {**ONE, "platform": "kind"}
REMOTE: dict[str, Value] = {**MANY, "provider": "kubernetes"}
SCOPED: dict[str, Value] = {
    "provider": "vault", "teams": "many", "hardened": True, "gitops": "flux", "namespaces": ("team-a",), "scoped": True,
}  # fmt: skip
HELM: dict[str, Value] = {**MANY, "gitops": "none"}
OWN = r"operator/chart/values\.yaml"
VALUES = r"operator/release\.yaml"
POLICIES = r"operator/network-policies\.yaml"

SAFEGUARDS = (
    # One store for one team.
    Safeguard("conditions", ONE, r"store/store\.yaml", "css-unrestricted", r"  conditions:\n(    .*\n)+"),
    Safeguard("the label", ONE, r"team-a/namespace\.yaml", "store-conditions-deny", r"  labels:\n    .*\n"),
    Safeguard("the namespace of the account", ONE, r"store/store\.yaml", "css-ref-needs-namespace",
              r" +namespace: external-secrets\n"),
    Safeguard("the namespace of the credential", STATIC, r"store/store\.yaml", "css-ref-needs-namespace",
              r" +namespace: external-secrets\n"),
    Safeguard("the reason for a static credential", STATIC, r"store/store\.yaml", "static-credentials",
              r" +# eso-lint.*\n"),
    # A store for each team.
    Safeguard("the annotation", MANY, r"team-a/service-account\.yaml", "irsa-annotation-missing",
              r"  annotations:\n    .*\n"),
    Safeguard("the account", MANY, r"team-a/service-account\.yaml", "service-account-not-found", r"name: .*", "name: x"),
    Safeguard("the namespace in the key", MANY, r"team-a/external-secret\.yaml", "path-outside-convention",
              "team-a/app", "team-b/app"),
    Safeguard("the trust's subject", MANY, r"provider/main\.tf", "irsa-trust-missing-sub", r' +"\S+:sub" += .*\n'),
    Safeguard("the subject's namespace", MANY, r"provider/main\.tf", "irsa-trust-subject-mismatch",
              "serviceaccount:team-a", "serviceaccount:team-b"),
    Safeguard("a right to read", MANY, r"provider/main\.tf", "iam-missing-action", r' +"\S+:GetSecretValue",\n'),
    Safeguard("a right to push", MANY, r"provider/main\.tf", "iam-missing-action", r' +"\S+:DescribeSecret",\n'),
    Safeguard("the path of the right", MANY, r"provider/main\.tf", "iam-resource-not-covering-key",
              r"secret:prod/team-a/\*", "secret:prod/team-c/*"),
    Safeguard("that parameters are encrypted", {**MANY, "provider": "aws-parameter-store"}, r"team-a/push-secret\.yaml",
              "ssm-push-plaintext", r" +# Without this.*\n +metadata:\n( {8}.*\n)+"),
    Safeguard("who may take the role", {**MANY, "auth": "pod-identity"}, r"provider/main\.tf",
              "aws-assume-role-untrusted", "role/external-secrets-operator", "role/somebody"),
    Safeguard("the role's trust in pods", {**MANY, "auth": "pod-identity"}, r"provider/main\.tf",
              "pod-identity-trust", r'"pods\.eks', '"ec2'),
    # Other providers' sides.
    Safeguard("a capability", VAULT, r"provider/eso-team-a\.hcl", "vault-policy-missing-capability", '"read", '),
    Safeguard("the metadata", VAULT, r"provider/eso-team-a\.hcl", "vault-policy-missing-capability",
              "secret/metadata", "secret/other"),
    Safeguard("the data", VAULT, r"provider/eso-team-a\.hcl", "vault-policy-missing-data-segment",
              "secret/data/", "secret/"),
    Safeguard("the bound account", VAULT, r"provider/main\.tf", "vault-role-binding-mismatch",
              r'"store-identity"', '"other"'),
    Safeguard("Google's role", GOOGLE, r"provider/main\.tf", "gcp-role-insufficient",
              "secretmanager.secretAccessor", "secretmanager.viewer"),
    Safeguard("Google's right to push", {**GOOGLE, "push": True}, r"provider/main\.tf", "gcp-role-insufficient",
              r' +"secretmanager.versions.add",\n'),
    Safeguard("Google's binding", GOOGLE, r"provider/main\.tf", "gke-wi-binding-mismatch", r"\[team-a/", "[team-c/"),
    Safeguard("Azure's role to read", {**AZURE, "push": False}, r"provider/main\.tf", "azure-role-insufficient",
              "Key Vault Secrets User", "Key Vault Crypto User"),
    Safeguard("Azure's role to push", AZURE, r"provider/main\.tf", "azure-role-insufficient",
              "Key Vault Secrets Officer", "Key Vault Secrets User"),
    Safeguard("Azure's federation", AZURE, r"provider/main\.tf", "azure-fic-mismatch",
              "serviceaccount:team-a", "serviceaccount:team-c"),
    Safeguard("the Role for the remote Secrets", REMOTE, r"secrets/team-a/rbac\.yaml", "k8s-rbac-missing-verb",
              r"- get\n", "- list\n"),
    # The operator.
    Safeguard("reconcilers off", MANY, VALUES, "unused-reconciler-enabled", "processClusterStore: false",
              "processClusterStore: true"),
    Safeguard("reconcilers off, by default", OLD, VALUES, "unused-reconciler-enabled", r" +processCluster.*\n"),
    Safeguard("stores for administrators", MANY, VALUES, "store-rbac-too-wide", r" +aggregateToEdit: false\n"),
    Safeguard("stores out of the teams' role", MANY, r"operator/rbac\.yaml", "store-rbac-too-wide",
              "      - externalsecrets\n", "      - externalsecrets\n      - secretstores\n"),
    Safeguard("tokens of named accounts", MANY, VALUES, "token-create-unscoped",
              r" +serviceAccountTokenCreate: false\n"),
    Safeguard("reconcilers off, by helm", HELM, OWN, "unused-reconciler-enabled", r" +processCluster.*\n"),
    Safeguard("stores for administrators, by helm", HELM, OWN, "store-rbac-too-wide", r" +aggregateToEdit: false\n"),
    Safeguard("tokens of named accounts, by helm", HELM, OWN, "token-create-unscoped",
              r" +serviceAccountTokenCreate: false\n"),
    Safeguard("all network policies, by helm", HELM, POLICIES, "network-policy-missing"),
    Safeguard("the Role for tokens, by helm", HELM, r"operator/rbac\.yaml", "token-create-denied",
              r" +- store-identity\n", "      - other\n"),
    Safeguard("the Role for tokens", MANY, r"operator/rbac\.yaml", "token-create-denied",
              r" +- store-identity\n", "      - other\n"),
    Safeguard("the binding of that Role", MANY, r"operator/rbac\.yaml", "token-create-denied",
              r"subjects:\n(  .*\n)+", "subjects: []\n"),
    Safeguard("the CRDs are kept", MANY, VALUES, "crds-go-with-release", r" +annotations:\n +helm.sh/resource-policy: keep\n",
              profile="audit"),
    Safeguard("the CRDs are kept by Argo CD", ARGO, r"gitops/operator\.yaml", "crds-go-with-release",
              "Prune=false,Delete=false", "Validate=false", profile="audit"),
    Safeguard("the webhook", MANY, VALUES, "webhook-fails-open", "failurePolicy: Fail", "failurePolicy: Ignore"),
    Safeguard("RBAC in one namespace", SCOPED, VALUES, "scoped-namespace-without-scoped-rbac", r" +scopedRBAC: true\n"),
    Safeguard("egress", MANY, POLICIES, "network-policy-blocks-egress", r"  egress:\n(    .*\n)+(?=---)"),
    Safeguard("all network policies", MANY, POLICIES, "network-policy-missing"),
    Safeguard("all network policies of an old chart", OLD, POLICIES, "network-policy-missing"),
    Safeguard("the controller's network policy", OLD, POLICIES, "network-policy-missing", "name: external-secrets\n",
              "name: other\n"),
    Safeguard("the webhook's network policy", MANY, POLICIES, "network-policy-missing", "-webhook\n", "-other\n"),
    Safeguard("the certificate controller's", MANY, POLICIES, "network-policy-missing", "-cert-", "-other-"),
    Safeguard("server-side apply", ARGO, r"gitops/operator\.yaml", "server-side-apply-missing",
              r" +- ServerSideApply=true\n"),
    Safeguard("admission", MANY, r"operator/admission-policies\.yaml", "admission-policy-missing", profile="audit"),
    Safeguard("admission of providers", MANY, r"operator/admission-policies\.yaml", "admission-policy-missing",
              r"# Stores(.*\n)+?(?=# Remote)", profile="audit"),
    Safeguard("admission of keys", MANY, r"operator/admission-policies\.yaml", "admission-policy-missing",
              r"# Remote(.*\n)+", "kind: None\n", profile="audit"),
    Safeguard("what puts admission in force", MANY, r"operator/admission-policies\.yaml", "admission-policy-missing",
              "policyName: .*", "policyName: other", profile="audit"),
)  # fmt: skip


@pytest.mark.parametrize("safeguard", SAFEGUARDS, ids=lambda s: s.name)
def test_a_safeguard_taken_away_is_found(safeguard: Safeguard) -> None:
    given = dict(safeguard.given)
    files = output(
        answers(str(given.pop("provider")), str(given.pop("teams")), str(given.pop("platform", "eks")), **given)
    )
    before = {rule for rule, *_ in findings(files, safeguard.profile)}
    assert safeguard.rule not in before
    (path,) = [path for path in files if re.search(safeguard.path, path)]
    if safeguard.old:
        changed = re.sub(safeguard.old, safeguard.new, files[path])
        assert changed != files[path]
        files[path] = changed
    else:
        del files[path]
        for name in (n for n in files if n.endswith("kustomization.yaml")):
            files[name] = files[name].replace(f"  - {path.rsplit('/', 1)[1]}\n", "")
    assert safeguard.rule in {rule for rule, *_ in findings(files, safeguard.profile)}
