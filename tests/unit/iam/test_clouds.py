"""Identities of the other clouds in Terraform: who is meant, where it is written, what stays unknown."""

from __future__ import annotations

import pytest

from eso_lint.testing import lint


def found(rule: str, *parts: str) -> list[tuple[str, str]]:
    """What a rule says of an example in parts: the line, and its file."""
    from eso_lint.rules.index import INDEX
    from eso_lint.testing import files_of

    entry = next(entry for entry in INDEX if entry.name == rule)
    findings = lint(files_of("\n".join(parts)), [entry.load()])
    return [(f.span.file.path, f.span.file.line(f.span.file.position(f.span.start)[0]).strip()) for f in findings]


VAULT_STORE = """
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: shop}
spec:
  provider:
    vault:
      server: https://vault.example.com
      path: kv
      auth:
        kubernetes: {role: shop, serviceAccountRef: {name: reader}}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {name: vault}
  dataFrom:
    - extract:
        key: shop/db
"""
VAULT = """
# file: vault/main.tf
variable "mount" { default = "kv" }
resource "vault_auth_backend" "kubernetes" {
  type = "kubernetes"
  path = "kubernetes"
}
resource "vault_policy" "shop" {
  name   = "shop"
  policy = <<-EOT
    # read alone
    path "${local.folder}/*" {
      capabilities = ["read"]
    }
  EOT
}
resource "vault_kubernetes_auth_backend_role" "shop" {
  backend                          = vault_auth_backend.kubernetes.path
  role_name                        = "shop"
  bound_service_account_names      = ["reader"]
  bound_service_account_namespaces = ["shop"]
  token_policies                   = [vault_policy.shop.name]
}
locals {
  folder = "kv/data/other"
}
"""


def test_a_policy_in_a_heredoc_is_joined_by_what_the_role_refers_to() -> None:
    assert found("vault-policy-missing-capability", VAULT, VAULT_STORE) == [("store.yaml", "key: shop/db")]
    assert found("vault-policy-missing-capability", VAULT.replace("data/other", "data/shop"), VAULT_STORE) == []


def test_a_missing_segment_stands_on_the_line_of_the_heredoc() -> None:
    wrong = VAULT.replace("${local.folder}", "kv/shop")
    assert found("vault-policy-missing-capability", wrong, VAULT_STORE) == []
    assert found("vault-policy-missing-data-segment", wrong, VAULT_STORE) == [("vault/main.tf", 'path "kv/shop/*" {')]


def test_a_policy_document_and_a_file() -> None:
    document = VAULT.replace(
        VAULT[VAULT.index("<<-EOT") : VAULT.index("  EOT") + 5], "data.vault_policy_document.shop.hcl"
    )
    document += """
data "vault_policy_document" "shop" {
  rule {
    path         = "kv/data/other/*"
    capabilities = ["read"]
  }
}
"""
    assert found("vault-policy-missing-capability", document, VAULT_STORE) == [("store.yaml", "key: shop/db")]
    assert found("vault-policy-missing-capability", document.replace("other", "shop"), VAULT_STORE) == []
    file = VAULT.replace(
        VAULT[VAULT.index("<<-EOT") : VAULT.index("  EOT") + 5], 'file("${path.module}/policies/shop.hcl")'
    )
    file += """
# file: vault/policies/shop.hcl
path "kv/shop/*" {
  capabilities = ["read"]
}
"""
    assert found("vault-policy-missing-data-segment", file, VAULT_STORE) == [
        ("vault/policies/shop.hcl", 'path "kv/shop/*" {')
    ]


def test_the_binding_of_a_role_is_found_on_its_line() -> None:
    wrong = VAULT.replace('names      = ["reader"]', 'names      = ["external-secrets"]')
    assert found("vault-role-binding-mismatch", wrong, VAULT_STORE) == [
        ("vault/main.tf", 'bound_service_account_names      = ["external-secrets"]')
    ]
    assert found("vault-role-binding-mismatch", VAULT, VAULT_STORE) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('["reader"]', "var.names"),
        ("[vault_policy.shop.name]", "[vault_policy.shop.name, var.more]"),
        ('role_name                        = "shop"', "role_name = var.role"),
        ("vault_auth_backend.kubernetes.path", "module.auth.path"),
        ('capabilities = ["read"]', "capabilities = ${jsonencode(var.caps)}"),
    ],
)
def test_what_only_a_run_decides_is_no_reason(old: str, new: str) -> None:
    text = VAULT.replace(old, new)
    assert text != VAULT
    assert found("vault-role-binding-mismatch", text, VAULT_STORE) == []
    if "names" not in new and "module" not in new:
        assert found("vault-policy-missing-capability", text, VAULT_STORE) == []


GCP_STORE = """
# file: store.yaml
apiVersion: v1
kind: ServiceAccount
metadata:
  name: reader
  namespace: shop
  annotations: {iam.gke.io/gcp-service-account: eso@shop-prod.iam.gserviceaccount.com}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: gcp, namespace: shop}
spec:
  provider:
    gcpsm:
      projectID: shop-prod
      auth:
        workloadIdentity: {serviceAccountRef: {name: reader}}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {name: gcp}
  dataFrom:
    - extract:
        key: shop-db
"""
GCP = """
# file: main.tf
resource "google_service_account" "eso" {
  account_id = "eso"
}
resource "google_secret_manager_secret" "db" {
  secret_id = "shop-db"
}
resource "google_secret_manager_secret_iam_member" "db" {
  secret_id = google_secret_manager_secret.db.id
  role      = "roles/secretmanager.viewer"
  member    = "serviceAccount:${google_service_account.eso.email}"
}
resource "google_service_account_iam_binding" "eso" {
  service_account_id = google_service_account.eso.name
  role               = "roles/iam.workloadIdentityUser"
  members = [
    "serviceAccount:shop-prod.svc.id.goog[shop/writer]",
  ]
}
"""


def test_an_account_whose_project_is_looked_up_is_not_certain_to_be_meant() -> None:
    """Another project may have an account of that name; what it is bound to is a slip all the same."""
    assert found("gcp-role-insufficient", GCP, GCP_STORE) == []
    named = GCP.replace('account_id = "eso"', 'account_id = "eso"\n  project    = "shop-prod"')
    assert found("gcp-role-insufficient", named, GCP_STORE) == [("store.yaml", "key: shop-db")]
    assert found("gcp-role-insufficient", named.replace("viewer", "secretAccessor"), GCP_STORE) == []


def test_the_member_that_is_bound_instead_stands_on_its_line() -> None:
    line = '"serviceAccount:shop-prod.svc.id.goog[shop/writer]",'
    assert found("gke-wi-binding-mismatch", GCP, GCP_STORE) == [("main.tf", line)]
    assert found("gke-wi-binding-mismatch", GCP.replace("shop/writer", "shop/reader"), GCP_STORE) == []


def test_a_module_that_binds_more_is_a_doubt() -> None:
    module = """
module "more" {
  source = "terraform-google-modules/iam/google//modules/projects_iam"
}
"""
    named = GCP.replace('account_id = "eso"', 'account_id = "eso"\n  project    = "shop-prod"')
    assert found("gcp-role-insufficient", named + module, GCP_STORE) == []


AZURE_STORE = """
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: azure, namespace: shop}
spec:
  provider:
    azurekv:
      authType: WorkloadIdentity
      vaultUrl: https://shop-prod.vault.azure.net
      serviceAccountRef: {name: reader}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {name: azure}
  dataFrom:
    - extract:
        key: db
"""
AZURE = """
# file: main.tf
resource "azuread_application" "app" {
  for_each = toset(["eso", "ci"])
}
resource "azuread_service_principal" "app" {
  for_each  = toset(["eso", "ci"])
  client_id = azuread_application.app[each.key].client_id
}
resource "azuread_application_federated_identity_credential" "eso" {
  application_id = azuread_application.app["eso"].id
  subject        = "system:serviceaccount:shop:reader"
  audiences      = ["api://AzureADTokenExchange"]
}
resource "azurerm_key_vault" "shop" {
  name                       = "shop-prod"
  rbac_authorization_enabled = true
}
resource "azurerm_role_assignment" "eso" {
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Reader"
  principal_id         = azuread_service_principal.app["eso"].object_id
}
"""


def test_a_service_principal_is_the_application_that_is_federated() -> None:
    assert found("azure-role-insufficient", AZURE, AZURE_STORE) == [("store.yaml", "key: db")]
    assert found("azure-role-insufficient", AZURE.replace("Vault Reader", "Vault Secrets User"), AZURE_STORE) == []


def test_another_instance_is_another_identity() -> None:
    assert (
        found("azure-role-insufficient", AZURE.replace('app["eso"].object_id', 'app["ci"].object_id'), AZURE_STORE)
        == []
    )
