from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BasePushSecret,
    Problem,
    Related,
    Severity,
    Workspace,
    aws_service,
    is_absent,
    lookup,
    rule,
    string,
    uses_of,
)

STORE = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: ssm
  namespace: shop
spec:
  provider:
    aws:
      service: ParameterStore
      region: eu-central-1
---
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata:
  name: db
  namespace: shop
spec:
  secretStoreRefs:
    - name: ssm
  selector:
    secret:
      name: db
  data:
    - match:
        secretKey: password
        remoteRef:
          remoteKey: /shop/db/password"""

BAD = STORE + "  # <- ESO731\n"

BAD_TYPE = (
    STORE
    + """
      metadata:
        apiVersion: kubernetes.external-secrets.io/v1alpha1
        kind: PushSecretMetadata
        spec:
          secretType: String  # <- ESO731
"""
)

GOOD = (
    STORE
    + """
      metadata:
        apiVersion: kubernetes.external-secrets.io/v1alpha1
        kind: PushSecretMetadata
        spec:
          secretType: SecureString
"""
)

GOOD_SECRETS_MANAGER = STORE.replace("ParameterStore", "SecretsManager") + "\n"

GOOD_TEMPLATED = (
    STORE
    + """
      metadata: "${METADATA}"
"""
)


@rule(
    id="ESO731",
    name="ssm-push-plaintext",
    on=BasePushSecret,
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD, BAD_TYPE),
    good=(GOOD, GOOD_SECRETS_MANAGER, GOOD_TEMPLATED),
    security=6.5,
    words=("ParameterStore",),
)
def ssm_push_plaintext(push: BasePushSecret, ws: Workspace) -> Iterator[Problem]:
    """A PushSecret writes to the Parameter Store as plain text.

    Why: the operator's default type of a parameter is `String`, which AWS does not encrypt and which anyone with
    `ssm:GetParameter` can read without a key. `SecureString` has to be asked for in the entry's metadata, as
    `secretType` (the documentation's `type` is refused).

    Fix: give the entry `metadata` of kind `PushSecretMetadata` with `spec.secretType: SecureString`.

    When to ignore: the value is no secret.

    References: https://external-secrets.io/latest/provider/aws-parameter-store/
    """
    seen: set[int] = set()
    for use in uses_of(push, ws):
        if use.feature not in ("push", "push-new") or aws_service(use.store) != "ParameterStore":
            continue
        kind = lookup(use.entry, "metadata", "spec", "secretType")
        known = is_absent(kind) or string(kind) is not None
        if id(use.entry) in seen or not known or string(kind) == "SecureString":
            continue
        seen.add(id(use.entry))
        yield Problem(
            at=kind if kind is not None and not is_absent(kind) else use.at,
            message=f"`{use.key or 'the parameter'}` is pushed as a parameter of type `String`, which is not encrypted",
            label="plain text in the Parameter Store",
            related=(Related(use.store.name_node.span, "the store"),),
            help="add `secretType: SecureString` to the `spec` of the entry's metadata",
        )
