"""Vault and OpenBao: the policy of each store, and the role of the auth method that gives it."""

from __future__ import annotations

from eso_lint.setup.answers import Answers
from eso_lint.setup.provider_side import block, patterns, subject, symbol
from eso_lint.setup.rights import rights
from eso_lint.setup.tenants import ACCOUNT, Tenant, tenants


def files(answers: Answers) -> dict[str, str]:
    out: dict[str, str] = {}
    blocks: list[str] = []
    for tenant in tenants(answers):
        name = tenant.role or f"{answers.store}-{tenant.namespace}"
        label = symbol(tenant.namespace)
        out[f"{name}.hcl"] = _policy(answers, tenant)
        blocks.append(
            block("resource", ("vault_policy", label), name=name, policy=f'=file("${{path.module}}/{name}.hcl")')
        )
        if answers.auth != "static":
            blocks.append(_role(answers, tenant, label))
    return {"main.tf": "\n".join(blocks), **out}


def _policy(answers: Answers, tenant: Tenant) -> str:
    # `data/` and `metadata/` of a KV engine with versions, "" of one without: what may be done there.
    areas: dict[str, set[str]] = {}
    for need in rights(answers):
        below = need.resource.removeprefix(f"{answers.mount}/")
        area = next((a for a in ("data/", "metadata/") if answers.kv_version != "v1" and below.startswith(a)), "")
        areas.setdefault(area, set()).add(need.action)
    out = []
    for pattern in patterns(answers, tenant):
        # A star stands for anything at the end alone; a plus is one segment.
        path = pattern[:-1].replace("*", "+") + pattern[-1:]
        for area, capabilities in areas.items():
            listed = ", ".join(f'"{name}"' for name in sorted(capabilities))
            out.append(f'path "{answers.mount}/{area}{path}" {{\n  capabilities = [{listed}]\n}}\n')
    return "\n".join(out)


def _role(answers: Answers, tenant: Tenant, label: str) -> str:
    policies = f"=[vault_policy.{label}.name]"
    if answers.auth == "kubernetes":
        return block(
            "resource",
            ("vault_kubernetes_auth_backend_role", label),
            backend=answers.auth_mount or "kubernetes",
            role_name=tenant.role,
            bound_service_account_names=[ACCOUNT],
            bound_service_account_namespaces=[tenant.namespace],
            audience="vault",
            token_policies=policies,
            token_ttl=3600,
        )
    return block(
        "resource",
        ("vault_jwt_auth_backend_role", label),
        backend=answers.auth_mount or "jwt",
        role_type="jwt",
        role_name=tenant.role,
        bound_audiences=["vault"],
        bound_subject=subject(tenant),
        user_claim="sub",
        token_policies=policies,
        token_ttl=3600,
    )
