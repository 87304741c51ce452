"""IAM roles for service accounts: which references make the operator look for the role's annotation."""

from __future__ import annotations

from eso_lint.model.reference import Reference

_STORES = {"aws": ("auth", "jwt"), "vault": ("auth", "iam", "jwt")}
_GENERATORS = frozenset({"ECRAuthorizationToken", "STSSessionToken"})


def uses_irsa(reference: Reference) -> bool:
    """Whether a reference to a ServiceAccount is one of those that AWS logins go through."""
    path = reference.path
    if reference.role != "service-account":
        return False
    if path[:2] == ("spec", "provider"):
        return len(path) > 3 and path[3:-1] == _STORES.get(str(path[2]))
    if path[:2] == ("spec", "generator"):
        return len(path) > 3 and str(path[2]).startswith(("ecr", "sts")) and path[3:5] == ("auth", "jwt")
    return reference.source.kind in _GENERATORS and path[1:3] == ("auth", "jwt")
