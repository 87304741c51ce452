"""Google and Azure: the identity of each store, and its rights on the secrets named."""

from __future__ import annotations

from eso_lint.setup.answers import Answers
from eso_lint.setup.objects import google_account
from eso_lint.setup.provider_side import block, issuer, nested, patterns, subject, symbol
from eso_lint.setup.rights import actions
from eso_lint.setup.tenants import ACCOUNT, PUSHED, Tenant, key_for, tenants
from eso_lint.setup.written import json_text

_READ = "roles/secretmanager.secretAccessor"
_CREATE = "secretmanager.secrets.create"


def google_files(answers: Answers) -> dict[str, str]:
    """Rights by name of secret: conditions compare `projects/NUMBER/secrets/NAME`."""
    blocks = [block("data", ("google_project", "secrets"), project_id=answers.project)]
    bindings: list[dict[str, object]] = []
    if answers.push:
        blocks += _google_roles(answers)
    for tenant in tenants(answers):
        label = symbol(tenant.namespace)
        member = _member(answers, tenant)
        if answers.auth == "workload-identity":
            blocks += _google_account(answers, tenant, label)
        for role, name in _google_grants(answers):
            text = _condition(answers, tenant)
            title = f"secrets of {', '.join(tenant.serves)}"[:100]
            expression = text.replace("NUMBER", "${data.google_project.secrets.number}")
            arguments: dict[str, object] = {"project": answers.project, "role": role, "member": f"{member}"}
            one = block("resource", ("google_project_iam_member", f"{label}_{name}"), **arguments)
            if name == "create":
                blocks.append(one)
                bindings.append({"role": _plain(answers, role), "members": [member]})
                continue
            blocks.append(nested(one, "condition", title=title, expression=expression))
            condition = {"title": title, "expression": text}
            bindings.append({"role": _plain(answers, role), "members": [member], "condition": condition})
    return {"main.tf": "\n".join(blocks), "bindings.json": json_text({"bindings": bindings})}


def _google_grants(answers: Answers) -> list[tuple[str, str]]:
    if not answers.push:
        return [(_READ, "read")]
    return [
        ("=google_project_iam_custom_role.push.name", "push"),
        ("=google_project_iam_custom_role.create.name", "create"),
    ]


def _plain(answers: Answers, role: str) -> str:
    if not role.startswith("="):
        return role
    return f"projects/{answers.project}/roles/{'externalSecretsPush' if '.push.' in role else 'externalSecretsCreate'}"


def _google_roles(answers: Answers) -> list[str]:
    """No predefined role lets push and no more."""
    return [
        block(
            "resource",
            ("google_project_iam_custom_role", "push"),
            project=answers.project,
            role_id="externalSecretsPush",
            title="Read and push secrets",
            permissions=[action for action in actions(answers) if action != _CREATE],
        ),
        "# Creating acts on the project, where no name can be asked for.\n"
        + block(
            "resource",
            ("google_project_iam_custom_role", "create"),
            project=answers.project,
            role_id="externalSecretsCreate",
            title="Create secrets",
            permissions=[_CREATE],
        ),
    ]


def _google_account(answers: Answers, tenant: Tenant, label: str) -> list[str]:
    return [
        block(
            "resource",
            ("google_service_account", label),
            project=answers.project,
            account_id=tenant.role.partition("@")[0],
        ),
        "# The member's project is that of the cluster: change it where the secrets lie in another.\n"
        + block(
            "resource",
            ("google_service_account_iam_member", label),
            service_account_id=f"=google_service_account.{label}.name",
            role="roles/iam.workloadIdentityUser",
            member=f"serviceAccount:{answers.project}.svc.id.goog[{tenant.namespace}/{ACCOUNT}]",
        ),
    ]


def _member(answers: Answers, tenant: Tenant) -> str:
    if answers.auth == "federation":
        pool = answers.audience.partition("/providers/")[0].removeprefix("//iam.googleapis.com/")
        return f"principal://iam.googleapis.com/{pool}/subject/{subject(tenant)}"
    if answers.auth == "workload-identity":
        return f"serviceAccount:{google_account(answers, tenant)}"
    return f"serviceAccount:{answers.store}-{tenant.namespace}@{answers.project}.iam.gserviceaccount.com"


def _condition(answers: Answers, tenant: Tenant) -> str:
    """Which secrets: by their beginning where a pattern ends in a star, else by name (and its versions)."""
    parts = []
    for pattern in patterns(answers, tenant):
        head = f"projects/NUMBER/secrets/{pattern.split('*')[0]}"
        parts.append(f'resource.name.startsWith("{head}")')
        if "*" not in pattern:
            parts[-1] = f'(resource.name == "{head}" || resource.name.startsWith("{head}/"))'
    return " || ".join(parts)


def azure_files(answers: Answers) -> dict[str, str]:
    """A role on each secret: Azure has no prefixes."""
    reader, writer = "Key Vault Secrets User", "Key Vault Secrets Officer"
    blocks = [
        block("variable", ("subscription_id",), type="=string", description="the key vault's subscription"),
        block("variable", ("vault_resource_group",), type="=string", description="the key vault's resource group"),
    ]
    if answers.auth == "workload-identity":
        blocks += [
            block("variable", ("resource_group",), type="=string", description="where the identities live"),
            block("variable", ("location",), type="=string", description="their region"),
        ]
    name = answers.vault_url.partition("://")[2].partition(".")[0]
    group = "/subscriptions/${var.subscription_id}/resourceGroups/${var.vault_resource_group}"
    vault = f"{group}/providers/Microsoft.KeyVault/vaults/{name}"
    for tenant in tenants(answers):
        label = symbol(tenant.namespace)
        if answers.auth == "workload-identity":
            blocks += _azure_identity(answers, tenant, label)
            principal = f"=azurerm_user_assigned_identity.{label}.principal_id"
        else:
            blocks.append(
                block("variable", (f"{label}_principal_id",), type="=string", description="the service principal")
            )
            principal = f"=var.{label}_principal_id"
        keys = [(key_for(answers, ns), reader) for ns in tenant.serves]
        keys += [(key_for(answers, ns, PUSHED), writer) for ns in tenant.serves if answers.push]
        for key, role in dict(keys).items():
            blocks.append(
                block(
                    "resource",
                    ("azurerm_role_assignment", symbol(f"{label}_{key}")),
                    scope=f"{vault}/secrets/{key}",
                    role_definition_name=role,
                    principal_id=principal,
                )
            )
    return {"main.tf": "\n".join(blocks)}


def _azure_identity(answers: Answers, tenant: Tenant, label: str) -> list[str]:
    return [
        block(
            "resource",
            ("azurerm_user_assigned_identity", label),
            name=f"{answers.store}-{tenant.namespace}",
            resource_group_name="=var.resource_group",
            location="=var.location",
        ),
        block(
            "resource",
            ("azurerm_federated_identity_credential", label),
            name=ACCOUNT,
            resource_group_name="=var.resource_group",
            parent_id=f"=azurerm_user_assigned_identity.{label}.id",
            # AKS ends its issuers in a slash, and they are compared as texts.
            issuer=f"https://{issuer(answers)}{'/' if answers.platform == 'aks' else ''}",
            subject=subject(tenant),
            audience=["api://AzureADTokenExchange"],
        ),
    ]
