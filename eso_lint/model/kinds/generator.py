"""Every kind of the generators group, ClusterGenerator included."""

from __future__ import annotations

from eso_lint.model.resource import Resource

GENERATOR_KINDS = frozenset(
    {
        "ACRAccessToken", "BeyondtrustWorkloadCredentialsDynamicSecret", "CloudsmithAccessToken", "ClusterGenerator",
        "ECRAuthorizationToken", "Fake", "GCRAccessToken", "GithubAccessToken", "GitlabDeployToken", "Grafana", "MFA",
        "Password", "QuayAccessToken", "SSHKey", "STSSessionToken", "UUID", "VaultDynamicSecret", "Webhook",
    }
)  # fmt: skip


class Generator(Resource):
    """A generator; `kind` tells which."""

    __slots__ = ()


class GeneratorState(Resource):
    """What the operator writes down of a generator's work; hardly ever in a repository."""

    __slots__ = ()


class Stray(Resource):
    """An object in one of the operator's groups (or one misspelt) that has no such kind; `kind` is "" where none is."""

    __slots__ = ()
