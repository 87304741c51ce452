from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    Edit,
    Fix,
    Problem,
    Safety,
    Scalar,
    Severity,
    Store,
    Workspace,
    parse_duration,
    refused,
    rule,
    suggest_duration,
)

BAD = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: words
spec:
  refreshInterval: 10 minutes  # <- ESO319
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: quoted
spec:
  refreshInterval: "3600"  # <- ESO319
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: days
spec:
  refreshInterval: 1d  # <- ESO319
  provider:
    vault: {server: "https://vault.example.org"}
"""

BAD_NUMBERS = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: negative
spec:
  refreshInterval: -5  # <- ESO319
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: negative-duration
spec:
  refreshInterval: -1h  # <- ESO319
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: large
spec:
  refreshInterval: 99999999999  # <- ESO319
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: empty
spec:
  refreshInterval: ""  # <- ESO319
  provider:
    vault: {server: "https://vault.example.org"}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: seconds
spec:
  refreshInterval: 3600
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: duration
spec:
  refreshInterval: 1h30m
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: zero
spec:
  refreshInterval: "0"
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: templated
spec:
  refreshInterval: ${INTERVAL}
  provider:
    vault: {server: "https://vault.example.org"}
"""

GOOD_OLD = """
# file: .eso-lint.yaml
eso-version: 2.7.0
# file: manifest.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: negative
spec:
  refreshInterval: -5
  provider:
    vault: {server: "https://vault.example.org"}
"""

_MOST = 2**31 - 1


@rule(
    id="ESO319",
    name="store-refresh-interval",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD, BAD_NUMBERS),
    good=(GOOD, GOOD_OLD),
)
def store_refresh_interval(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store's own `refreshInterval` is neither seconds nor a duration.

    Why: the field takes a whole number of seconds without quotes, or, since 2.8.0, a Go duration such as `1h30m`.
    Other text, an empty text, digits in quotes and negative values are refused by the operator's admission webhook.
    The interval is that of the store's own validation, not that of any ExternalSecret.

    Fix: write seconds without quotes (`3600`) or a duration (`1h`). Days and weeks do not exist: `24h`.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    node = store.at("spec", "refreshInterval")
    if not isinstance(node, Scalar):
        return
    value = node.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    # Other types are the schema's to refuse.
    if isinstance(value, str):
        seconds = parse_duration(value)
        fault = "is not a duration" if seconds is None else "is negative" if seconds < 0 else ""
    elif type(value) is int:
        fault = "is negative" if value < 0 else "is more seconds than the field can hold" if value > _MOST else ""
    else:
        return
    # Before, the schema takes whole numbers alone, and the webhook none of it amiss.
    if not fault or not refused(store, ws, "2.8.0"):
        return
    digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10
    better = str(value) if digits else suggest_duration(value) if isinstance(value, str) and "-" not in value else None
    shown = f"`{value}`" if value != "" else "an empty text"
    yield Problem(
        at=node,
        message=f"{shown} {fault}",
        label="without quotes it would be seconds" if digits else "seconds, or a duration such as `1h`",
        help=f"write `{better}`" if better else "write seconds such as `3600`, or a duration such as `1h`",
        fix=Fix(f"write {better}", (Edit(node.span, better),), Safety.UNSAFE) if better else None,
    )
