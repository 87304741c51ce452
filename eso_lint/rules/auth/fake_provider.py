from __future__ import annotations

import re
from collections.abc import Iterator

from eso_lint.api import Confidence, Generator, Problem, Severity, Store, Workspace, rule

BAD = """
# file: apps/shop/store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: fake
spec:
  provider:
    fake:  # <- ESO606
      data:
        - key: db
          value: not-a-secret
# file: apps/shop/generator.yaml
apiVersion: generators.external-secrets.io/v1alpha1
kind: Fake  # <- ESO606
metadata:
  name: fake
spec:
  data: {password: not-a-secret}
---
apiVersion: generators.external-secrets.io/v1alpha1
kind: ClusterGenerator
metadata:
  name: fake
spec:
  kind: Fake
  generator:
    fakeSpec:  # <- ESO606
      data: {password: not-a-secret}
"""

GOOD = """
# file: tests/e2e/store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: fake
spec:
  provider:
    fake:
      data: [{key: db, value: not-a-secret}]
# file: overlays/dev-cluster/store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: fake
spec:
  provider:
    fake:
      data: [{key: db, value: not-a-secret}]
# file: docs/examples/fake-generator.yaml
apiVersion: generators.external-secrets.io/v1alpha1
kind: Fake
metadata:
  name: fake
spec:
  data: {password: not-a-secret}
# file: apps/shop/generator.yaml
apiVersion: generators.external-secrets.io/v1alpha1
kind: Password
metadata:
  name: random
spec: {length: 32}
"""

# Words that say that a path is not production. They stand alone between separators.
_TRYOUT = re.compile(
    r"(?:^|[/._-])(?:tests?|testing|testdata|e2e|ci|dev|develop|development|local|localhost|kind|k3d|minikube|sandbox|"
    r"playground|preview|fixtures?|mocks?|examples?|demos?|samples?|snippets?|docs?|hack|tutorials?|workshops?|"
    r"labs?|poc)(?=[/._-]|$)",
    re.IGNORECASE,
)


@rule(
    id="ESO606",
    name="fake-provider",
    on=(Store, Generator),
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
    words=(
        "fake",
        "Fake",
    ),
    security=5.0,
)
def fake_provider(resource: Store | Generator, ws: Workspace) -> Iterator[Problem]:
    """The fake provider or generator is used outside a test tree.

    Why: it returns the values that stand in its own manifest, so a secret that goes through it lies in Git in plain
    text for everyone who can read the repository, and its history keeps it. The project maintains it for tests only.

    Fix: use a real provider; for a random value use the Password or UUID generator. A value that is no secret belongs
    in a ConfigMap.

    When to ignore: a store that only tests or a local cluster read. Paths that say so (`test`, `e2e`, `dev`,
    `examples`, `fixtures` and the like) are left alone.
    """
    if _TRYOUT.search(resource.file.path):
        return
    if isinstance(resource, Store):
        if resource.provider != "fake":
            return
        at, what = resource.provider_key, "store's values"
    elif resource.kind == "Fake":
        at, what = resource.kind_node, "generator's values"
    else:
        key = resource.key_at("spec", "generator", "fakeSpec") if resource.kind == "ClusterGenerator" else None
        if key is None:
            return
        at, what = key, "generator's values"
    yield Problem(
        at=at,
        message="the fake provider is meant for tests",
        label=f"the {what} are those in this manifest",
        note="nothing in the file's path says test, example or development",
        help="use a real provider, or the Password generator for a random value",
    )
