"""The calls that the aws provider makes, by service and feature, on which ARNs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eso_lint.iam.grant import HOLE, RANDOM
from eso_lint.iam.needs import EVERY, Need
from eso_lint.iam.uses import Use
from eso_lint.model.in_play import version_in_play
from eso_lint.model.kinds.store import Store
from eso_lint.model.versions import Version
from eso_lint.model.workspace import Workspace
from eso_lint.source.node import Mapping, Opaque, is_absent, items, lookup, string

# From here on every push to Secrets Manager removes the resource policy, unless the metadata asks for one.
DELETES_POLICY = Version(0, 20, 4)
SUFFIX = "-" + RANDOM * 6
# The tag by which the operator knows its own secrets: on those that are there, and asked for with those it makes.
_TAG = "external-secrets"
_OWN = (("secretsmanager:resourcetag/managed-by", _TAG), ("aws:resourcetag/managed-by", _TAG))
_NONE_YET = tuple((key, None) for key, _ in _OWN)
_ASKED = (("aws:requesttag/managed-by", _TAG),)
_ANCHORED = re.compile(r"\^([A-Za-z0-9/_=@-]+)")
_SM = "secretsmanager:"
_SSM = "ssm:"


def needs(use: Use, ws: Workspace) -> Iterator[Need]:
    service = aws_service(use.store)
    if service == "SecretsManager":
        yield from _secrets_manager(use, ws)
    elif service == "ParameterStore":
        yield from _parameter_store(use)


def aws_service(store: Store) -> str | None:
    """SecretsManager, ParameterStore or CertificateManager; None where it cannot be known."""
    node = store.config("service")
    return "SecretsManager" if is_absent(node) else string(node)


def effective(use: Use) -> str | None:
    """The name at AWS: the store's prefix stands before the key, with nothing between. None where it is not known."""
    prefix = use.store.config("prefix")
    before = "" if is_absent(prefix) else string(prefix)
    return None if before is None or not use.key else before + use.key


def region_of(store: Store) -> str:
    """The store's region, `HOLE` where it cannot be known."""
    return string(store.config("region")) or HOLE


def secret_arn(store: Store, name: str) -> str:
    return f"arn:{HOLE}:secretsmanager:{region_of(store)}:{HOLE}:secret:{name}{'' if name.endswith(HOLE) else SUFFIX}"


def parameter_arn(store: Store, name: str) -> str:
    slash = "" if name.startswith(("/", HOLE)) else "/"
    return f"arn:{HOLE}:ssm:{region_of(store)}:{HOLE}:parameter{slash}{name}"


def _secret(use: Use) -> tuple[str, str]:
    """The ARN of the secret, and its name for people."""
    name = effective(use)
    if name is None:
        return secret_arn(use.store, HOLE), "a secret whose name is not known"
    if name.startswith("arn:"):
        # An ARN may be written without the random end.
        arn = name if name.count(":") >= 6 else secret_arn(use.store, HOLE)
        return (arn if len(arn) > 7 and arn[-7] == "-" else arn + HOLE), f"`{name}`"
    if use.key is not None and use.key.startswith("arn:"):
        return secret_arn(use.store, HOLE), f"`{name}`"  # a prefix before an ARN names nothing; another rule says so
    return secret_arn(use.store, name), f"`{name}`"


def _secrets_manager(use: Use, ws: Workspace) -> Iterator[Need]:
    arn, name = _secret(use)

    def one(action: str, sure: bool = True, context: tuple[tuple[str, str | None], ...] = ()) -> Need:
        return Need(_SM + action, arn, use, name, sure, context=context)

    if use.feature in ("data", "extract"):
        yield one("GetSecretValue")
    elif use.feature == "fetch":
        yield one("DescribeSecret")
    elif use.feature in ("find-name", "find-tags"):
        # A path or tags are filters of the batch call, which lists by itself.
        if use.key != "" or use.feature == "find-tags":
            yield Need(_SM + "BatchGetSecretValue", EVERY, use)
        yield Need(_SM + "ListSecrets", EVERY, use)
        # Which secrets a find meets is not written beyond how their names begin: the right has to be there for some.
        prefix = found_prefix(use)
        shown = f"secrets whose names begin with `{prefix}`" if prefix else "the secrets that are found"
        yield Need(_SM + "GetSecretValue", secret_arn(use.store, prefix + HOLE), use, shown)
    elif use.feature in ("push", "push-new"):
        # Asked before the secret is there: no condition on its tags can hold.
        yield one("DescribeSecret", context=_NONE_YET)
        yield one("GetSecretValue")
        yield one("CreateSecret", sure=False, context=_ASKED)
        yield one("TagResource", sure=False, context=_ASKED)
        if use.feature == "push":
            yield one("PutSecretValue", sure=False, context=_OWN)
            if removes_policy(use, ws):
                yield one("DeleteResourcePolicy")
        yield from (one(action) for action in _asked_by_metadata(use))
    elif use.feature == "delete":
        yield one("GetSecretValue")
        yield one("DescribeSecret")
        yield one("DeleteSecret", context=_OWN)


def found_prefix(use: Use) -> str:
    """How the names of all secrets begin that a find meets; empty where nothing is known of that."""
    if not is_absent(use.store.config("prefix")):
        return ""  # in a find the prefix is used in ways of its own
    if use.key != "":
        return use.key or ""
    regexp = string(lookup(use.entry, "find", "name", "regexp")) or ""
    match = _ANCHORED.match(regexp)
    if match is None or "|" in regexp:
        return ""
    literal = match[1]
    # What a quantifier follows need not be there.
    return literal[:-1] if regexp[match.end() : match.end() + 1] in ("*", "?", "{") else literal


def removes_policy(use: Use, ws: Workspace) -> bool:
    """Whether a push removes the secret's resource policy: metadata that asks for one keeps it."""
    metadata = _metadata(use)
    if isinstance(metadata, Opaque) or (isinstance(metadata, Mapping) and metadata.open):
        return False
    if not is_absent(lookup(metadata, "resourcePolicy")):
        return False
    return version_in_play(use.source, ws).judged >= DELETES_POLICY


def _asked_by_metadata(use: Use) -> Iterator[str]:
    metadata = _metadata(use)
    policy = lookup(metadata, "resourcePolicy")
    if isinstance(policy, Mapping):
        yield "GetResourcePolicy"
        yield "PutResourcePolicy"
    if items(lookup(metadata, "replicationLocations")):
        yield "ReplicateSecretToRegions"


def _metadata(use: Use) -> Mapping | Opaque | None:
    node = lookup(use.entry, "metadata", "spec")
    return node if isinstance(node, (Mapping, Opaque)) else None


def _parameter_store(use: Use) -> Iterator[Need]:
    written = effective(use)
    name = written if written is not None else HOLE
    if name.startswith("arn:"):
        arn = name
    else:
        arn = parameter_arn(use.store, name)
    shown = "a parameter whose name is not known" if written is None else f"`{written}`"

    def one(action: str, sure: bool = True) -> Need:
        return Need(_SSM + action, arn, use, shown, sure)

    if use.feature in ("data", "extract"):
        yield one("GetParameter")
    elif use.feature == "fetch":
        yield one("ListTagsForResource")
    elif use.feature == "find-name":
        # Where walking the path is denied, the operator describes all parameters and gets them one by one.
        path = use.key if use.key else "/" if use.key == "" else HOLE
        below = parameter_arn(use.store, HOLE)
        other = ((_SSM + "DescribeParameters", EVERY), (_SSM + "GetParameter", below))
        yield Need(
            _SSM + "GetParametersByPath",
            parameter_arn(use.store, path),
            use,
            f"`{path.replace(HOLE, '…')}`",
            instead=other,
        )
    elif use.feature == "find-tags":
        yield Need(_SSM + "DescribeParameters", EVERY, use)
        yield Need(_SSM + "GetParameter", parameter_arn(use.store, HOLE), use, "the parameters that are found")
    elif use.feature in ("push", "push-new"):
        yield one("GetParameter")
        yield one("PutParameter", sure=use.feature == "push")
        yield one("AddTagsToResource", sure=False)
        if use.feature == "push":
            yield one("ListTagsForResource", sure=False)
    elif use.feature == "delete":
        yield one("GetParameter")
        yield one("ListTagsForResource")
        yield one("DeleteParameter")


def resource_pattern(need: Need) -> str:
    """The smallest pattern that covers a need: six `?` for the random end of a secret, `*` for what is not known."""
    return need.resource.replace(f"arn:{HOLE}:", "arn:aws:").replace(RANDOM, "?").replace(HOLE, "*")
