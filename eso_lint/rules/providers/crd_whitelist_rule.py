from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Severity, Store, Workspace, provider_problems, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: crd
spec:
  provider:
    crd:
      auth: {serviceAccount: {name: reader}}
      resource: {group: example.org, version: v1, kind: Database}
      whitelist:
        rules:
          - {}  # <- ESO628
          - name: a**  # <- ESO628
          - properties: [spec.a, "("]  # <- ESO628
          - namespace: ^shop$  # <- ESO628
"""

GOOD = r"""
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: crd
spec:
  provider:
    crd:
      auth: {serviceAccount: {name: reader}}
      resource: {group: example.org, version: v1, kind: Database}
      whitelist:
        rules:
          - name: ^shop-
            properties: ["^spec\\.password$"]
"""


@rule(
    id="ESO628",
    name="crd-whitelist-rule",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
    words=(
        "crd",
        "CRD",
    ),
)
def crd_whitelist_rule(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A rule of a crd store's whitelist says nothing, does not compile, or can match nothing.

    Why: the operator's admission webhook refuses the store.

    Fix: say what may be read, in Go's regular expressions; `namespace` is for a ClusterSecretStore.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    return provider_problems(store, ws, "crd-whitelist-rule")
