from __future__ import annotations

import re
from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    Confidence,
    Mapping,
    Node,
    Problem,
    Scalar,
    Severity,
    Workspace,
    is_absent,
    lookup,
    provider_of,
    rule,
    stores_of,
)

BAD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: everything
spec:
  secretStoreRef: {name: aws, kind: ClusterSecretStore}
  dataFrom:
    - find: {}  # <- ESO605
    - find:
        name:
          regexp: ".*"  # <- ESO605
    - find:
        path: ""
        name:
          regexp: ""  # <- ESO605
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: narrowed
spec:
  secretStoreRef: {name: aws, kind: ClusterSecretStore}
  dataFrom:
    - find:
        path: shop/
        name: {regexp: ".*"}
    - find:
        tags: {team: shop}
    - find:
        name: {regexp: "^shop-.*"}
    - find:
        name: {regexp: "${PATTERN}"}
"""

GOOD_SCOPED = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: doppler
spec:
  provider:
    doppler: {project: shop, config: prd}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: one-config
spec:
  secretStoreRef: {name: doppler, kind: ClusterSecretStore}
  dataFrom:
    - find:
        name: {regexp: ".*"}
"""

GOOD_CHART = """
# file: chart/Chart.yaml
name: shop
# file: chart/templates/all.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: all
spec:
  secretStoreRef: {name: aws, kind: ClusterSecretStore}
  dataFrom:
    - find:
        {{- if .Values.path }}
        path: {{ .Values.path }}
        {{- end }}
        name:
          regexp: ".*"
"""

# Patterns that every name matches. The match is not anchored, so a single `.` or nothing will do; between two anchors
# it takes a repetition.
_FLAGS = re.compile(r"\(\?[isU]+\)")
_ALL = re.compile(r"\^?(?:\(?(?:\.|\\S|\[\\s\\S\])[*+]\??\)?)\$?|\^?\.?|\.?\$")
# Here the store already names the project, the environment or the folder of one application.
_SCOPED = frozenset({"doppler", "fake", "infisical", "onboardbase", "pulumi"})
_WHAT = {
    "aws": "all secrets of the account and region that the role may list",
    "azurekv": "all secrets of the Key Vault",
    "gcpsm": "all secrets of the project",
    "kubernetes": "all Secrets of the remote namespace, ServiceAccount tokens included",
    "vault": "all secrets of the mount that the policy lets it list",
}


@rule(
    id="ESO605",
    name="find-matches-all",
    on=BaseExternalSecret,
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD, GOOD_SCOPED, GOOD_CHART),
    words=("find",),
    security=5.0,
)
def find_matches_all(es: BaseExternalSecret, ws: Workspace) -> Iterator[Problem]:
    """A `find` without path and tags takes every secret that the store can list.

    Why: the target Secret then holds whatever the store's credential reaches, today and after the next secret is
    created, and everything that may read it gets all of that. Each refresh reads each of them, so one that is denied
    or malformed fails the whole sync, and a large account ends at the size limit of a Secret (1 MiB).

    Fix: give a `path`, an anchored `name.regexp` such as `^shop-`, or `tags`; or list the keys under `data`.

    When to ignore: the store's credential reaches one application's secrets only. The rule is silent on providers
    whose store names a single project and environment, such as Doppler and Infisical.
    """
    for entry in es.data_from:
        find = entry.find
        if not isinstance(find, Mapping) or not _unset(find.get("path")) or not _unset(find.get("tags")):
            continue
        regexp = lookup(find, "name", "regexp")
        if not (is_absent(regexp) or (isinstance(regexp, Scalar) and _matches_all(regexp))):
            continue
        ref = next((r for r in ws.references(es, "store") if r.path == (*entry.path, "sourceRef", "storeRef")), None)
        if ref is None:
            ref = next((r for r in ws.references(es, "store") if r.path == (*es.spec_path, "secretStoreRef")), None)
        provider = provider_of(stores_of(ref, ws))
        if provider in _SCOPED:
            continue
        written = isinstance(regexp, Scalar) and regexp.value is not None
        yield Problem(
            at=regexp if written and regexp is not None else es.anchor(*entry.path, "find"),
            message="`find` matches every secret in reach of the store",
            label="matches all names" if written else "nothing narrows it",
            note=f"that is {_WHAT[provider]}" if provider in _WHAT else "neither path, tags nor name narrow it",
            help="give a `path`, `tags` or an anchored `name.regexp`, or list the keys under `data`",
        )


def _unset(node: Node | None) -> bool:
    """Whether a criterion is certainly empty."""
    if isinstance(node, Mapping):
        return not node.entries and not node.open
    return is_absent(node) or (isinstance(node, Scalar) and node.string in ("", "/"))


def _matches_all(regexp: Scalar) -> bool:
    text = regexp.string
    return text is not None and _ALL.fullmatch(_FLAGS.sub("", text)) is not None
