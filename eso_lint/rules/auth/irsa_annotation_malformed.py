from __future__ import annotations

import re
from collections.abc import Iterator

from eso_lint.api import (
    ClusterSecretStore,
    Problem,
    Reference,
    Related,
    Scalar,
    ServiceAccount,
    Severity,
    Store,
    Workspace,
    is_absent,
    rule,
    uses_irsa,
)

STORE = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: aws
  namespace: team-a
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
      auth:
        jwt:
          serviceAccountRef:
            name: reader
---
"""

ACCOUNT = """apiVersion: v1
kind: ServiceAccount
metadata:
  name: reader
  namespace: team-a
  annotations:
    eks.amazonaws.com/role-arn: """

MARK = "  # <- ESO703\n"
BAD_ACCOUNT = STORE + ACCOUNT + "arn:aws:iam::1111:role/eso" + MARK
BAD_SERVICE = STORE + ACCOUNT + "arn:aws:sts::111122223333:assumed-role/eso/session" + MARK
BAD_NAME = STORE + ACCOUNT + "eso-team-a" + MARK
BAD_USER = STORE + ACCOUNT + "arn:aws:iam::111122223333:user/eso" + MARK
BAD_SPACE = STORE + ACCOUNT + '"arn:aws:iam::111122223333:role/eso "' + MARK
BAD_AMBIENT = (
    """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: ambient
spec:
  provider:
    aws: {service: SecretsManager, region: eu-central-1}
---
"""
    + ACCOUNT.replace("name: reader", "name: external-secrets")
    + "arn:aws:iam:111122223333:role/eso"
    + MARK
)

GOOD = STORE + ACCOUNT + "arn:aws-us-gov:iam::111122223333:role/teams/a/eso+read@x\n"
GOOD_PLACEHOLDER = STORE + ACCOUNT + "arn:aws:iam::<ACCOUNT_ID>:role/eso\n"
GOOD_WORD = STORE + ACCOUNT + "arn:aws:iam::ACCOUNT_ID:role/eso\n"
GOOD_VARIABLE = STORE + ACCOUNT + "arn:aws:iam::${ACCOUNT}:role/eso\n"
GOOD_OTHER_USE = ACCOUNT + "arn:aws:iam::1111:role/app\n"

ROLE = "eks.amazonaws.com/role-arn"
_ARN = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]*[\w+=,.@-]", re.ASCII)
_PLACEHOLDER = re.compile(r"[<>{}$%\[\]]|\.\.\.|X{3,}|x{4,}|CHANGE_?ME|REPLACE|TODO|PLACEHOLDER|YOUR", re.IGNORECASE)


@rule(
    id="ESO703",
    name="irsa-annotation-malformed",
    on=ServiceAccount,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD_ACCOUNT, BAD_SERVICE, BAD_NAME, BAD_USER, BAD_SPACE, BAD_AMBIENT),
    good=(GOOD, GOOD_PLACEHOLDER, GOOD_WORD, GOOD_VARIABLE, GOOD_OTHER_USE),
    words=("role-arn",),
    reads=("ServiceAccount",),
)
def irsa_annotation_malformed(account: ServiceAccount, ws: Workspace) -> Iterator[Problem]:
    """The IAM role on a ServiceAccount that the operator uses is not the ARN of a role.

    Why: STS takes the annotation's text as the role to assume. A bare name, a space, an account that is not twelve
    digits or the ARN of a user or a session is refused, and everything that the store feeds stops. The rule looks at
    ServiceAccounts that a store or generator names, and at the operator's own where a store relies on it.

    Fix: write `arn:aws:iam::<12 digits>:role/<path and name>`, as `aws iam get-role` prints it.
    """
    node = account.annotation(ROLE)
    text = node.string if isinstance(node, Scalar) else None
    if not isinstance(node, Scalar) or not text or _ARN.fullmatch(text):
        return
    if _PLACEHOLDER.search(text) or _is_named_account(text):
        return
    users = [ref for ref in ws.referrers(account) if uses_irsa(ref)]
    related = _related(users, account, ws)
    if related is None:
        return
    yield Problem(
        at=node,
        message=f"`{ROLE}` is not the ARN of an IAM role",
        label=_fault(text),
        related=(related,),
        help="write `arn:aws:iam::<12-digit account>:role/<name>`",
    )


def _is_named_account(text: str) -> bool:
    """Letters where the account number belongs are a placeholder in some dialect."""
    parts = text.split(":")
    return len(parts) == 6 and any(char.isalpha() for char in parts[4])


def _related(users: list[Reference], account: ServiceAccount, ws: Workspace) -> Related | None:
    """Who uses the account; None where nothing of the operator is seen to."""
    if users:
        return Related(users[0].at.span, f"used by {users[0].source.title}")
    if account.name != "external-secrets":
        return None
    for store in ws.all(Store):
        if store.provider == "aws" and is_absent(store.config("auth")) and isinstance(store, ClusterSecretStore):
            return Related(store.provider_key.span, f"{store.title} relies on the operator's own ServiceAccount")
    return None


def _fault(text: str) -> str:
    parts = text.split(":")
    if any(char.isspace() for char in text):
        return "holds a space"
    if parts[0] != "arn" or len(parts) != 6:
        return "not an ARN"
    if not parts[1].startswith("aws"):
        return "no AWS partition"
    if parts[2] != "iam":
        return f"an ARN of `{parts[2]}`, not of `iam`"
    if parts[3]:
        return "IAM has no region"
    if len(parts[4]) != 12:
        return "the account is not twelve digits"
    return "not a role" if not parts[5].startswith("role/") else "not a role's name"
