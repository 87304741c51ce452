"""What the registry's modules grant with their switch for the External Secrets Operator."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from eso_lint.iam.grant import Condition, Statement, Value
from eso_lint.iam.tree import Tree, texts, unknown
from eso_lint.source.file import Span

_SSM = "arn:aws:ssm:*:*:parameter/*"
_SECRETS = "arn:aws:secretsmanager:*:*:secret:*"
_KEYS = "arn:aws:kms:*:*:key/*"
_READ = ("GetResourcePolicy", "GetSecretValue", "DescribeSecret", "ListSecretVersionIds")
# Releases of the fifth major version that began to grant a right.
_BATCH_SINCE = 49
_BY_PATH_SINCE = 60


def external_secrets(
    family: str,
    major: int | None,
    minor: int | None,
    switch_at: Span,
    tree: Callable[..., Tree | None],
    switch: Callable[..., bool | None],
    maybe: bool,
) -> Iterator[Statement]:
    """The statements of the module's policy. `maybe`: whether the switch is on is not known.

    Where ARNs are not given, earlier releases take all there are and later ones none.
    """
    wide = family == "addons" or (family == "irsa" and major is not None and major <= 5)
    wide = wide or (family == "pod-identity" and major == 1)
    batch = family != "addons" and _since(family, major, minor, _BATCH_SINCE)
    by_path = family != "addons" and _since(family, major, minor, _BY_PATH_SINCE)

    def arns(name: str, default: str) -> tuple[Value, ...]:
        found = tree(name)
        if found is not None:
            return texts(found)
        if family == "pod-identity" and major is None and default == _KEYS:
            return (unknown(switch_at),)
        return (Value(default, switch_at),) if wide or (family == "pod-identity" and default == _KEYS) else ()

    def say(actions: tuple[str, ...], resources: tuple[Value, ...], *conditions: Condition) -> Iterator[Statement]:
        if resources:
            span = resources[0].span if len(resources) == 1 else switch_at
            listed = tuple(Value(action, switch_at) for action in actions)
            yield Statement(
                Value("Allow", switch_at),
                span,
                actions=listed,
                resources=resources,
                conditions=conditions,
                maybe=maybe,
            )

    ssm = arns("external_secrets_ssm_parameter_arns", _SSM)
    secrets = arns("external_secrets_secrets_manager_arns", _SECRETS)
    every = (Value("*", switch_at),)
    yield from say(("ssm:DescribeParameters",), every)
    read = ("ssm:GetParameter", "ssm:GetParameters")
    yield from say((*read, "ssm:GetParametersByPath") if by_path else read, ssm)
    listing = ("secretsmanager:ListSecrets",)
    yield from say((*listing, "secretsmanager:BatchGetSecretValue") if batch else listing, every)
    own = tuple(f"secretsmanager:{action}" for action in _READ)
    # The add-on asks for the batch call on ARNs, where AWS never grants it.
    yield from say((*own, "secretsmanager:BatchGetSecretValue") if family == "addons" else own, secrets)
    yield from say(("kms:Decrypt",), arns("external_secrets_kms_key_arns", _KEYS))
    names = ("external_secrets_secrets_manager_create_permission", "external_secrets_create_permission")
    if tree(*names) is not None and switch(*names) is not False:
        maybe = maybe or switch(*names) is None
        create = ("CreateSecret", "PutSecretValue", "TagResource")
        yield from say(tuple(f"secretsmanager:{action}" for action in create), secrets)
        owned = Condition(
            Value("StringEquals", switch_at),
            Value("secretsmanager:ResourceTag/managed-by", switch_at),
            (Value("external-secrets", switch_at),),
            switch_at,
        )
        yield from say(("secretsmanager:DeleteSecret",), secrets, owned)


def _since(family: str, major: int | None, minor: int | None, release: int) -> bool:
    """Whether a right is granted by a release of the module; those of which nothing is said are the newest."""
    if family != "irsa" or major is None or major > 5:
        return True
    return major == 5 and (minor is None or minor >= release)
