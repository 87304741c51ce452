"""No secret value is ever printed: not in any format, not in an excerpt, not by any command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from eso_lint.report import FORMATS
from tests.process import environment, run

# Every value that must not be seen holds a word of its own.
CANARY = re.compile(r"canary\d+", re.IGNORECASE)
FILES = {
    # Findings on, before and behind every value: keys written twice, kinds that make findings, broken YAML.
    "secrets/twice.yaml": """\
apiVersion: v1
kind: Secret
metadata:
  name: external-secrets.io
  namespace: shop
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{"stringData":{"password":"canary01"}}'
data:
  password: Y2FuYXJ5MDI=canary02
  password: canary03
stringData:
  token: canary04
  token: |
    canary05
  long: >-
    canary06
""",
    "secrets/flow.yaml": 'apiVersion: v1\nkind: Secret\nmetadata: {name: b, annotations: {a: external-secrets.io}}\nstringData: {p: "canary07", p: canary08, q: [canary09]}\n',
    "secrets/json.json": '{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "external-secrets.io"}, "data": {"p": "canary10", "p": "canary11"}}\n',
    "secrets/list.yaml": "apiVersion: v1\nkind: List\nitems:\n- kind: Secret\n  apiVersion: v1\n  metadata: {name: external-secrets.io}\n  stringData:\n    p: canary12\n    p: canary13\n",
    "secrets/broken.yaml": "# external-secrets.io\napiVersion: v1\nkind: Secret\nmetadata:\n  name: c\nstringData:\n  p: canary14\n  q: canary15: x\n r: canary16\n",
    "secrets/templated.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: external-secrets.io}\nstringData:\n  p: {{ canary17 }}\n  q: canary18\n  q: ${canary19}\n",
    "secrets/sops.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: external-secrets.io}\nstringData:\n  p: ENC[AES256_GCM,data:canary20,type:str]\n  p: ENC[AES256_GCM,data:canary21,type:str]\nsops:\n  mac: ENC[AES256_GCM,data:canary22]\n",
    # The store of fixed values.
    "stores/fake.yaml": """\
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: fake
spec:
  provider:
    fake:
      data:
      - key: a
        value: canary23
      - {key: b, value: canary24}
      - key: b
        value: canary25
        value: canary26
        versoin: v1
        valueMap:
          p: canary27
""",
    "stores/url.yaml": """\
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: shop}
spec:
  provider:
    vault:
      server: https://user:canary30@vault.example
      path: secret/
      pth: x
      auth: {tokenSecretRef: {name: vault-tokn, key: token}}
---
apiVersion: v1
kind: Secret
metadata: {name: vault-token, namespace: shop}
stringData: {token: canary31}
""",
    "shop.yaml": """\
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  refreshInterval: "0"
  secretStoreRef: {name: valut}
  data:
  - {secretKey: a, remoteRef: {key: shop/db/}}
""",
    # Generators of kustomize, and remote resources.
    "apps/kustomization.yaml": """\
resources:
- es.yaml
- https://user:canary40@git.example/a/b?ref=main
- missing.yaml
secretGenerator:
- name: gone
  envs: [gone.env]
  literals:
  - password=canary41
- name: made
  literals: [token=canary42, token=canary43]
patches:
- target: {kind: ExternalSecret, name: nothing-of-the-name}
  patch: '[{op: add, path: /spec/x, value: canary44}]'
""",
    "apps/es.yaml": 'apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: app, namespace: shop}\nspec: {refreshInterval: "-1h", secretStoreRef: {name: fake}, dataFrom: [{extract: {key: a}}]}\n',
    # What Flux replaces with values of a Secret.
    "clusters/prod/sync.yaml": """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {url: "https://user:canary50@git.example/a/b", ref: {branch: main}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: flux-system, namespace: flux-system}
spec:
  path: ./flux
  sourceRef: {kind: GitRepository, name: flux-system}
  postBuild:
    substituteFrom:
    - {kind: Secret, name: values}
---
apiVersion: v1
kind: Secret
metadata: {name: values, namespace: flux-system}
stringData: {STORE: canary51, INTERVAL: canary52, NAMESPACE: canary53}
""",
    "flux/es.yaml": 'apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: "x-${NAMESPACE}", namespace: "${NAMESPACE}"}\nspec:\n  refreshInterval: ${INTERVAL}\n  secretStoreRef: {name: "${STORE}"}\n  dataFrom: [{extract: {key: "a/${STORE}/"}}]\n',
    # Argo CD.
    "argo/app.yaml": """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: a, namespace: argocd}
spec:
  project: default
  source:
    repoURL: https://user:canary60@git.example/a/b
    path: charts/c
    targetRevision: HEAD
    helm: {parameters: [{name: password, value: canary61}], values: "password: canary62"}
  destination: {namespace: shop, server: https://user:canary63@cluster.example}
""",
    # A chart whose values become a Secret.
    "charts/c/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
    "charts/c/values.yaml": "store: valut\npassword: canary70\ninterval: '0'\n",
    "charts/c/templates/all.yaml": """\
apiVersion: v1
kind: Secret
metadata: {name: "{{ .Release.Name }}-s", annotations: {a: external-secrets.io}}
stringData:
  p: {{ .Values.password | quote }}
  p: {{ .Values.password | b64enc | quote }}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: chart, namespace: shop}
spec:
  refreshInterval: {{ .Values.interval | quote }}
  secretStoreRef: {name: {{ .Values.store }}}
  dataFrom: [{extract: {key: a}}]
""",
    ".eso-lint.yaml": "profile: audit\nclosed-world: true\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("secrets")
    (root / ".git").mkdir()
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


COMMANDS = [
    *((f"--format={name}",) for name in FORMATS),
    ("--format=sarif", "--sarif-suppressed"),
    ("--format=text", "--color=always", "-v", "--statistics"),
    ("--format=text", "--changed-since=HEAD"),
    ("--show-files",),
    ("config",),
    ("inventory",),
    ("inventory", "--format=json"),
    *(("explain-object", f"{name}:{line}") for name in FILES for line in (1, 4, 8)),
]


@pytest.mark.parametrize("argv", COMMANDS, ids=" ".join)
def test_no_value_is_printed(repo: Path, argv: tuple[str, ...]) -> None:
    done = run(repo, "--no-plugins", *argv, env=environment(COLUMNS="400"))
    seen = sorted(set(CANARY.findall(done.out + done.err)))
    assert not seen, [line for line in (done.out + done.err).splitlines() if CANARY.search(line)][:5]


def test_there_is_something_to_hide(repo: Path) -> None:
    """Findings stand where the values do: in plain Secrets, in the fake store, beside those of a chart."""
    out = run(repo, "--no-plugins", "--format=concise").out
    found = {line.partition(":")[0] for line in out.splitlines()}
    quiet = "secrets/templated.yaml"  # of two branches of a template
    wanted = {name for name in FILES if name.startswith(("secrets/", "stores/"))} - {quiet}
    assert {*wanted, "charts/c/values.yaml", "apps/es.yaml", "shop.yaml"} <= found
