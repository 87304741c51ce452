from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    BasePushSecret,
    Edit,
    Fix,
    Generator,
    Node,
    Problem,
    Resource,
    Safety,
    Scalar,
    Severity,
    Store,
    Workspace,
    items,
    parse_duration,
    rule,
    suggest_duration,
)

BAD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  refreshInterval: 1d  # <- ESO404
  secretStoreRef: {name: vault}
  syncWindows:
    kind: allow
    windows:
      - schedule: "0 2 * * *"
        duration: 1 h  # <- ESO404
  dataFrom:
    - extract: {key: shop/db}
"""

BAD_MORE = """
apiVersion: external-secrets.io/v1
kind: ClusterExternalSecret
metadata:
  name: registry
spec:
  refreshTime: never  # <- ESO404
  externalSecretSpec:
    refreshInterval: ""  # <- ESO404
---
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata:
  name: push
spec:
  refreshInterval: "60"  # <- ESO404
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: number
spec:
  refreshInterval: 3600  # <- ESO404
---
apiVersion: generators.external-secrets.io/v1alpha1
kind: Webhook
metadata:
  name: hook
spec:
  url: https://example.org
  timeout: 10 sec  # <- ESO404
"""

BAD_STORE = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: hook
spec:
  provider:
    webhook:
      url: https://example.org
      timeout: PT10S  # <- ESO404
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: onepassword
spec:
  provider:
    onepasswordSDK:
      vault: shop
      cache: {ttl: 1d}  # <- ESO404
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: aws
spec:
  retrySettings:
    retryInterval: 5 minutes  # <- ESO404
  provider:
    aws: {service: SecretsManager, region: eu-central-1}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: odd-but-legal
spec:
  refreshInterval: 1h30m0.5s
  syncWindows:
    kind: deny
    windows:
      - schedule: "0 2 * * *"
        duration: "00h"
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: bare-zero
spec:
  refreshInterval: "0"
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: "null"
spec:
  refreshInterval: null
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: seconds
spec:
  refreshInterval: 3600
  retrySettings: {maxRetries: 3, retryInterval: 10s}
  provider:
    aws: {service: SecretsManager, region: eu-central-1}
"""


@rule(
    id="ESO404",
    name="invalid-duration",
    on=(BaseExternalSecret, BasePushSecret, Store, Generator),
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD, BAD_MORE, BAD_STORE),
    good=(GOOD,),
)
def invalid_duration(resource: Resource, ws: Workspace) -> Iterator[Problem]:
    """A duration is written in a way that Go does not read.

    Why: the fields are plain strings in the schema, but the operator decodes them as Go durations: numbers with the
    units `h`, `m`, `s`, `ms`, `us` or `ns`, and nothing between them. Days and weeks do not exist. The admission
    webhook refuses such an ExternalSecret or store (`time: unknown unit "d" in duration "1d"`). The kinds without a
    webhook are stored, and then the controller cannot decode any object of that kind.

    Fix: write hours, minutes and seconds: `24h` for a day, `60s` for a bare `60`. Only `0` needs no unit.
    """
    for node in _durations(resource):
        if not isinstance(node, Scalar):
            continue
        text = node.string
        if text is None:
            # 0 is the business of refresh-zero; any other number is refused by the schema, and means seconds.
            number = node.value
            if type(number) is not int or number == 0:
                continue
            text = str(number)
        elif parse_duration(text) is not None:
            continue
        better = suggest_duration(text)
        yield Problem(
            at=node,
            message=f"`{text}` is not a duration" if text else "an empty text is not a duration",
            label="Go cannot read this",
            note="a duration is a number with a unit: h, m, s, ms, us or ns; several may follow each other",
            help=f"write `{better}`" if better else _advice(resource, text),
            fix=Fix(f"write {better}", (Edit(node.span, better),), Safety.UNSAFE) if better else None,
        )


def _durations(resource: Resource) -> Iterator[Node | None]:
    """The fields that are durations, where the object has them."""
    if isinstance(resource, (BaseExternalSecret, BasePushSecret)):
        yield resource.refresh_interval
        if len(resource.spec_path) > 1:
            yield resource.at("spec", "refreshTime")
    if isinstance(resource, BaseExternalSecret):
        for window in items(resource.spec("syncWindows", "windows")):
            yield window.get("duration")
    elif isinstance(resource, Store):
        # Its own refreshInterval is the business of store-refresh-interval.
        if resource.provider == "webhook":
            yield resource.config("timeout")
        elif resource.provider == "onepasswordSDK":
            yield resource.config("cache", "ttl")
        elif resource.provider in ("aws", "ibm", "vault"):
            # Only these parse the retry interval; the others never look at it.
            yield resource.at("spec", "retrySettings", "retryInterval")
    elif resource.kind == "Webhook":
        yield resource.at("spec", "timeout")
    elif resource.kind == "ClusterGenerator":
        yield resource.at("spec", "generator", "webhookSpec", "timeout")


def _advice(resource: Resource, text: str) -> str:
    if text == "":
        return "write a duration such as `1h`, or remove the field to get the default"
    if isinstance(resource, BaseExternalSecret):
        return "write a duration such as `1h`; to turn refreshing off use `refreshPolicy: OnChange` or `CreatedOnce`"
    return "write a duration such as `1h`"
