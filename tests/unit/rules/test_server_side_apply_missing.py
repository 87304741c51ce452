"""ESO801 over every shape in which people apply the operator's CRDs."""

from __future__ import annotations

import pytest

from eso_lint.config import Config
from eso_lint.rules.delivery.server_side_apply_missing import server_side_apply_missing
from eso_lint.testing import lint

RAW = "https://raw.githubusercontent.com/external-secrets/external-secrets"
NEW = f"{RAW}/v2.9.0/deploy/crds/bundle.yaml"
OLD = f"{RAW}/v0.18.2/deploy/crds/bundle.yaml"
RELEASE = "https://github.com/external-secrets/external-secrets/releases"
REMOTE = "github.com/external-secrets/external-secrets//config/crds/bases"


def crd(kind: str, size: int, annotations: str = "") -> str:
    """A CRD whose annotation is near `size` bytes."""
    return (
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
        f"metadata:\n  name: {kind.lower()}s.external-secrets.io\n{annotations}"
        f"spec:\n  group: external-secrets.io\n  names: {{kind: {kind}}}\n  description: {'x' * size}\n"
    )


BIG = crd("SecretStore", 262_144)
SMALL = crd("SecretStore", 100_000)


def found(files: dict[str, str], config: Config | None = None) -> list[tuple[str, int, str]]:
    return sorted(
        (f.span.file.path, f.span.file.position(f.span.start)[0], f.span.text)
        for f in lint(files, [server_side_apply_missing], config or Config())
    )


def fires(path: str, text: str, **others: str) -> bool:
    files = {path: text, **{name.replace("__", "/"): content for name, content in others.items()}}
    return bool(found(files))


BROKEN = [
    f"kubectl apply -f {NEW}",
    f"kubectl apply -f{NEW}",
    f"kubectl apply --filename={NEW}",
    f"kubectl apply --filename {NEW}",
    f"kubectl -n eso --context prod apply -f {NEW}",
    f"kubectl --context=$CTX apply -f {NEW}",
    f"oc apply -f '{NEW}'",
    f"k apply -f {NEW}",
    f"/usr/local/bin/kubectl apply -f {NEW}",
    f"$KUBECTL apply -f {NEW}",
    f'"${{KUBECTL}}" apply -f {NEW}',
    f"${{KUBECTL:-kubectl}} apply -f {NEW}",
    f'KUBECTL="kubectl --context prod"\n$KUBECTL apply -f {NEW}',
    f"sudo kubectl apply -f {NEW}",
    f"sudo -E env A=1 kubectl apply -f {NEW}",
    f"KUBECONFIG=x kubectl apply -f {NEW}",
    f"microk8s kubectl apply -f {NEW}",
    f"minikube kubectl -- apply -f {NEW}",
    f"op run -- kubectl apply -f {NEW}",
    f"timeout 60s kubectl apply -f {NEW}",
    f"if ! kubectl apply -f {NEW}; then exit 1; fi",
    f"true && kubectl apply -f {NEW} || exit 1",
    f"( cd x; kubectl apply -f {NEW} )",
    f"OUT=$(kubectl apply -f {NEW})",
    f"bash -c 'kubectl apply -f {NEW}'",
    f"bash <<X\nkubectl apply -f {NEW}\nX",
    f"kubectl apply --server-side=false -f {NEW}",
    f"kubectl apply --dry-run=server -f {NEW}",
    f"kubectl apply --validate=false --wait -f {NEW} >/dev/null 2>&1",
    f"kubectl apply -f ns.yaml -f {NEW}",
    f"kubectl apply -f {RAW}/main/deploy/crds/bundle.yaml",
    f"kubectl apply -f {RAW}/refs/heads/main/deploy/crds/bundle.yaml",
    f"kubectl apply -f {RAW}/refs/tags/v0.19.0/deploy/crds/bundle.yaml",
    f"kubectl apply -f {RAW}/helm-chart-0.20.4/deploy/crds/bundle.yaml",
    f"kubectl apply -f {RAW}/v0.20.4/config/crds/bases/external-secrets.io_secretstores.yaml",
    f"kubectl apply -f {RELEASE}/download/v0.20.4/external-secrets.yaml",
    f"kubectl apply -f {RELEASE}/latest/download/external-secrets.yaml",
    "kubectl apply -f https://github.com/external-secrets/external-secrets/raw/main/deploy/crds/bundle.yaml",
    f'kubectl apply -k "{REMOTE}?ref=v1.0.0"',
    f"kubectl apply -k https://{REMOTE}",
    f"kubectl apply -k 'git::https://{REMOTE.replace('external-secrets//', 'external-secrets.git//')}?ref=main'",
    f"V=v0.20.4\nkubectl apply -f {RAW}/$V/deploy/crds/bundle.yaml",
    f'export V="0.20.4"\nkubectl apply -f "{RAW}/v${{V}}/deploy/crds/bundle.yaml"',
    f"V=${{V:-v0.20.4}}\nkubectl apply -f {RAW}/$V/deploy/crds/bundle.yaml",
    f"kubectl apply -f {RAW}/${{V:-v0.20.4}}/deploy/crds/bundle.yaml",
    f"BASE={RAW}\nURL=$BASE/main/deploy/crds/bundle.yaml\nkubectl apply -f $URL",
    f"curl -sSL {NEW} | kubectl apply -f -",
    f"wget -qO- {NEW} | envsubst | kubectl apply -f -",
    f"curl -s {NEW} |\n  kubectl apply -f -",
    f"kubectl apply -f <(curl -s {NEW})",
    f"kubectl create --dry-run=client -o yaml -f {NEW} | kubectl apply -f -",
    f"kubectl kustomize '{REMOTE}?ref=v1.0.0' | kubectl apply -f -",
    f"kustomize build '{REMOTE}' | kubectl apply -f -",
    "helm template eso external-secrets/external-secrets | kubectl apply -f -",
    "helm template eso eso/external-secrets -n eso --version 0.20.4 \\\n  --set installCRDs=true | kubectl apply -f -",
    "helm template oci://ghcr.io/external-secrets/charts/external-secrets --version v1.0.0 | kubectl apply -f -",
    "helm template x external-secrets --repo https://charts.external-secrets.io --version '^1' | kubectl apply -f -",
    "helm template x ./external-secrets-0.20.4.tgz | kubectl apply -f -",
]

FINE = [
    f"kubectl apply -f {OLD}",
    f"kubectl apply --server-side -f {NEW}",
    f"kubectl apply --server-side=true --force-conflicts -f {NEW}",
    f"kubectl apply -f {NEW} \\\n  --server-side",
    f"kubectl apply --server-side=$SSA -f {NEW}",
    f"kubectl apply $ARGS -f {NEW}",
    f'kubectl apply "${{ARGS[@]}}" -f {NEW}',
    f"ARGS=--server-side\nkubectl apply $ARGS -f {NEW}",
    f"kubectl apply --dry-run=client -f {NEW}",
    f'KUBECTL="kubectl apply --server-side"\n$KUBECTL -f {NEW}',
    f"KUBECTL=./wrapper\n$KUBECTL apply -f {NEW}",
    f"kubectl apply --dry-run -f {NEW}",
    f"kubectl apply -l app=x -f {NEW}",
    f"kubectl create -f {NEW}",
    f"kubectl replace -f {NEW}",
    f"kubectl delete -f {NEW}",
    f"kubectl diff -f {NEW}",
    f"kubectl apply view-last-applied -f {NEW}",
    f"# kubectl apply -f {NEW}",
    f"echo kubectl apply -f {NEW}",
    f"echo 'kubectl apply -f {NEW}'",
    f"log kubectl apply -f {NEW}",
    f"printf '%s\\n' \"run: kubectl apply -f {NEW}\"",
    f"cat <<EOF\nkubectl apply -f {NEW}\nEOF",
    f"cat <<-'EOF' > x\n\tkubectl apply -f {NEW}\n\tEOF",
    f"MESSAGE='kubectl apply -f {NEW}'",
    f"kubectl apply -f {RAW}/$VERSION/deploy/crds/bundle.yaml",
    f"V=v0.20.4\nV=v0.18.2\nkubectl apply -f {RAW}/$V/deploy/crds/bundle.yaml",
    f"V=$(git describe)\nkubectl apply -f {RAW}/$V/deploy/crds/bundle.yaml",
    f"for V in v0.20.4; do\nkubectl apply -f {RAW}/$V/deploy/crds/bundle.yaml\ndone",
    f"kubectl apply -f {RAW}/v2.9.0/config/crds/bases/external-secrets.io_externalsecrets.yaml",
    f"kubectl apply -f {RAW}/release-2.x/deploy/crds/bundle.yaml",
    f"kubectl apply -f '{RAW}/$V/deploy/crds/bundle.yaml'",
    f"kubectl apply -k {REMOTE}?ref=v0.9.11",
    "kubectl apply -f https://example.org/external-secrets/crds.yaml",
    "kubectl apply -f external-secrets/store.yaml",
    "kubectl apply -f - <<EOF\napiVersion: external-secrets.io/v1\nkind: ExternalSecret\nEOF",
    f"curl -s {NEW} | yq 'select(.kind == \"Foo\")' | kubectl apply -f -",
    f"curl -s {NEW} | kubectl create -f -",
    f"curl -s {NEW} > x; kubectl apply -f -",
    "helm template eso external-secrets/external-secrets --version 0.18.2 | kubectl apply -f -",
    "helm template eso external-secrets/external-secrets --version $V | kubectl apply -f -",
    "helm template eso external-secrets/external-secrets --set installCRDs=false | kubectl apply -f -",
    "helm template eso external-secrets/external-secrets --set a=b,installCRDs=false | kubectl apply -f -",
    "helm template eso external-secrets/external-secrets -f values.yaml | kubectl apply -f -",
    "helm template eso external-secrets/external-secrets $FLAGS | kubectl apply -f -",
    "helm template eso ./charts/external-secrets | kubectl apply -f -",
    "helm template eso external-secrets/external-secrets | kubectl apply --server-side -f -",
    "helm template eso external-secrets/external-secrets | kubectl create -f -",
    "helm template eso bitnami/redis --version 2.9.0 | kubectl apply -f - # external-secrets",
    "helm upgrade --install eso external-secrets/external-secrets --version 2.9.0",
    "helmfile apply # external-secrets",
    "terraform apply external-secrets",
]


@pytest.mark.parametrize("text", BROKEN)
def test_broken_commands(text: str) -> None:
    files = {"x.sh": f"#!/bin/sh\n# external-secrets\n{text}\n"}
    [(path, _, span)] = found(files)
    assert path == "x.sh"
    assert span.split()[-1] == "apply"
    # The fix mends it, at the right place.
    [finding] = lint(files, [server_side_apply_missing], Config())
    assert finding.fix is not None
    [edit] = finding.fix.edits
    mended = files["x.sh"][: edit.span.start] + edit.text + files["x.sh"][edit.span.end :]
    assert "apply --server-side" in mended.replace("\\\n", "")
    assert not found({"x.sh": mended})


@pytest.mark.parametrize("text", FINE)
def test_commands_that_are_fine(text: str) -> None:
    assert not fires("x.sh", f"#!/bin/sh\n# external-secrets\n{text}\n")


CARRIERS = [
    ("Makefile", f"V ?= v0.20.4\n\ncrds: tools\n\t@$(KUBECTL) apply -f {RAW}/$(V)/deploy/crds/bundle.yaml\n", 4),
    ("mk/eso.mk", f"V := v0.20.4 # pin\ncrds:\n\t-kubectl apply \\\n\t  -f {RAW}/${{V}}/deploy/crds/bundle.yaml\n", 3),
    ("Makefile", f"crds:\n\tV=v1.0.0; kubectl apply -f {RAW}/$$V/deploy/crds/bundle.yaml\n", 2),
    ("justfile", f'v := "v0.20.4"\n\ncrds:\n  @kubectl apply -f {RAW}/{{{{v}}}}/deploy/crds/bundle.yaml\n', 4),
    (
        "Taskfile.yml",
        f"version: '3'\nvars:\n  V: v0.20.4\ntasks:\n  crds:\n    cmds:\n      - kubectl apply -f {RAW}/{{{{.V}}}}/deploy/crds/bundle.yaml\n",
        7,
    ),
    (".taskfiles/eso.yaml", f"version: '3'\ntasks:\n  crds:\n    cmds:\n      - cmd: kubectl apply -f {NEW}\n", 5),
    ("Taskfile.yaml", f"version: '3'\ntasks:\n  crds: kubectl apply -f {NEW}\n", 3),
    (
        "Dockerfile",
        f"FROM x\nARG V=v0.20.4\nRUN true && \\\n  # note\n  kubectl apply -f {RAW}/${{V}}/deploy/crds/bundle.yaml\n",
        5,
    ),
    ("build/eso.Dockerfile", f"FROM x\nENV V v0\nRUN <<EOF\nset -e\nkubectl apply -f {NEW}\nEOF\nCMD x\n", 5),
    (".github/workflows/e2e.yml", f"jobs:\n  a:\n    steps:\n      - run: kubectl apply -f {NEW}\n", 4),
    (
        ".github/workflows/e2e.yml",
        f"jobs:\n  a:\n    steps:\n      - name: crds\n        run: >-\n          kubectl\n          apply\n          -f {NEW}\n",
        6,
    ),
    (
        ".github/workflows/e2e.yml",
        f'jobs:\n  a:\n    env:\n      V: v1.0.0\n    steps:\n      - run: "kubectl apply -f \\"{RAW}/$V/deploy/crds/bundle.yaml\\""\n',
        6,
    ),
    (
        "tools/setup/action.yml",
        f"runs:\n  using: composite\n  steps:\n    - shell: bash\n      run: |\n        set -e\n\n        kubectl apply -f {NEW}\n",
        8,
    ),
    (
        ".gitlab-ci.yml",
        f"variables:\n  V: v0.20.4\na:\n  script:\n    - echo a\n    - kubectl apply -f {RAW}/$V/deploy/crds/bundle.yaml\n",
        6,
    ),
    ("ci/x.gitlab-ci.yml", f"a:\n  before_script:\n    - |\n      kubectl apply -f {NEW}\n", 4),
    ("azure-pipelines.yml", f"steps:\n- script: |\n    kubectl apply -f {NEW}\n", 3),
    (".circleci/config.yml", f"jobs:\n  a:\n    steps:\n      - run:\n          command: kubectl apply -f {NEW}\n", 5),
    ("README.md", f"# x\n\n```bash\nkubectl apply -f {NEW}\n```\n", 4),
    ("README.md", f'1. x\n\n   ```sh title="a"\n   kubectl apply \\\n     -f {NEW}\n   ```\n', 4),
    ("a.markdown", f"~~~ console\n$ kubectl apply -f {NEW}\nok\n~~~\n", 2),
    ("a.md", f"```\n$ kubectl apply -f {NEW}\n```\n", 2),
    ("a.md", f"```\nkubectl apply -f {NEW}\n```\n", 2),
    ("a.md", f"> ```shell\n> kubectl apply -f {NEW}\n> ```\n", 2),
    ("deploy", f"#!/usr/bin/env bash\nkubectl apply -f {NEW}\n", 2),
    ("x.sh", f"\ufeff#!/bin/sh\r\nkubectl apply \\\r\n  -f {NEW}\r\n", 2),
]


@pytest.mark.parametrize(("path", "text", "line"), CARRIERS)
def test_every_carrier(path: str, text: str, line: int) -> None:
    [(where, number, span)] = found({path: text})
    assert (where, number) == (path, line)
    assert span.split()[-1] == "apply"


SILENT_CARRIERS = [
    ("README.md", f"kubectl apply -f {NEW}\n"),
    ("README.md", f"```yaml\nrun: kubectl apply -f {NEW}\n```\n"),
    ("README.md", f"```sh\n$ kubectl apply -f {NEW}\nmetadata.annotations: Too long: may not be more\n```\n"),
    ("README.md", f"```text\nkubectl apply -f {NEW}\n```\n"),
    ("README.md", f"```console\n$ cat install.sh\nkubectl apply -f {NEW}\n```\n"),
    ("README.md", f"```\nThen kubectl apply -f {NEW}\n```\n"),
    ("values.yaml", f"run: kubectl apply -f {NEW}\n"),
    (
        ".github/workflows/a.yml",
        f"jobs:\n  a:\n    steps:\n      - uses: x\n        with:\n          script: kubectl apply -f {NEW}\n",
    ),
    ("Dockerfile", f"FROM x\nLABEL run='kubectl apply -f {NEW}'\n# RUN kubectl apply -f {NEW}\n"),
    ("Makefile", f"# kubectl apply -f {NEW}\nX = kubectl apply -f {NEW}\n"),
    ("Makefile", f"V ?= $(shell git describe)\nx:\n\tkubectl apply -f {RAW}/$(V)/deploy/crds/bundle.yaml\n"),
    ("justfile", f"v := env_var('V')\nx:\n  kubectl apply -f {RAW}/{{{{v}}}}/deploy/crds/bundle.yaml\n"),
    (
        ".github/workflows/a.yml",
        f"env:\n  V: ${{{{ inputs.v }}}}\njobs:\n  a:\n    steps:\n      - run: kubectl apply -f {RAW}/$V/deploy/crds/bundle.yaml\n",
    ),
    ("x.txt", f"kubectl apply -f {NEW}\n"),
]


@pytest.mark.parametrize(("path", "text"), SILENT_CARRIERS)
def test_other_text_is_silent(path: str, text: str) -> None:
    assert not found({path: text})


def test_guides_are_warnings() -> None:
    [finding] = lint({"a.md": f"```sh\nkubectl apply -f {NEW}\n```\n"}, [server_side_apply_missing], Config())
    assert finding.severity.label == "warning"
    assert "349,499 of 262,144 bytes" in finding.note


def test_the_configured_version_stands_for_an_unknown_one() -> None:
    files = {"x.sh": f"kubectl apply -f {RAW}/$V/deploy/crds/bundle.yaml\n"}
    assert not found(files, Config(eso_version="0.18.2"))
    assert found(files, Config(eso_version="v0.19.0"))
    assert not found({"x.sh": f"kubectl apply -f {OLD}\n"}, Config(eso_version="2.9.0"))


LOCAL = [
    ("kubectl apply -f crds/bundle.yaml", {"crds/bundle.yaml": BIG}, True),
    ("kubectl apply -f crds/bundle.yaml", {"crds/bundle.yaml": SMALL}, False),
    ("kubectl apply -f ./crds/", {"crds/a.yaml": SMALL, "crds/b.yaml": BIG}, True),
    ("kubectl apply -f crds", {"crds/deep/b.yaml": BIG}, False),
    ("kubectl apply -R -f crds", {"crds/deep/b.yaml": BIG}, True),
    ("kubectl apply -Rf crds", {"crds/deep/b.yaml": BIG}, True),
    ("kubectl apply -f a.yaml,crds/b.yaml", {"crds/b.yaml": BIG}, True),
    ("kubectl apply -f crds/*.yaml", {"crds/b.yaml": BIG}, False),
    ("cd other; kubectl apply -f crds/b.yaml", {"crds/b.yaml": BIG}, False),
    ('cd "$(dirname "$0")"\nkubectl apply -f crds/b.yaml', {"crds/b.yaml": BIG}, True),
    ("kubectl apply -f $DIR/crds/b.yaml", {"crds/b.yaml": BIG}, False),
    ("kubectl apply -f - < crds/b.yaml", {"crds/b.yaml": BIG}, True),
    ("cat crds/b.yaml | kubectl apply -f -", {"crds/b.yaml": BIG}, True),
    ("kubectl apply -f crds.yaml", {"crds.yaml": SMALL + "---\n" + BIG}, True),
    ("kubectl apply -f crds.yaml", {"crds.yaml": BIG.replace("external-secrets.io", "example.org")}, False),
    ("kubectl apply -k crds", {"crds/kustomization.yaml": "resources: [b.yaml]", "crds/b.yaml": BIG}, True),
    ("kubectl apply -k crds", {"crds/kustomization.yaml": "resources: [a.yaml]", "crds/b.yaml": BIG}, False),
    (
        "kubectl apply -k crds",
        {
            "crds/kustomization.yaml": "resources: [../base]",
            "base/kustomization.yaml": "resources: [b.yaml]",
            "base/b.yaml": BIG,
        },
        True,
    ),
    ("kubectl apply -k crds", {"crds/kustomization.yaml": f"resources: ['{NEW}']"}, True),
    ("kubectl apply -k crds", {"crds/kustomization.yaml": f"resources: ['{OLD}']"}, False),
    ("kubectl apply -k crds", {"crds/kustomization.yaml": f"resources: ['https://{REMOTE}?ref=v0.20.4']"}, True),
    (
        "kubectl apply -k crds",
        {
            "crds/kustomization.yaml": f"resources: ['{NEW}']\npatches: [{{target: {{kind: CustomResourceDefinition}}, patch: x}}]"
        },
        False,
    ),
    ("kubectl apply -k crds", {"crds/kustomization.yaml": "resources: [../crds]"}, False),
    (
        "kustomize build --enable-helm crds | kubectl apply -f -",
        {"crds/kustomization.yaml": "helmCharts: [{name: external-secrets, version: 0.20.4}]"},
        True,
    ),
    (
        "kustomize build --enable-helm crds | kubectl apply -f -",
        {
            "crds/kustomization.yaml": "helmCharts: [{name: external-secrets, version: 0.20.4, valuesInline: {installCRDs: false}}]"
        },
        False,
    ),
    (
        "helm template x external-secrets/external-secrets -f v.yaml | kubectl apply -f - # crd",
        {"v.yaml": "installCRDs: false"},
        False,
    ),
    (
        "helm template x external-secrets/external-secrets -f v.yaml | kubectl apply -f - # crd",
        {"v.yaml": "replicaCount: 2"},
        True,
    ),
]


@pytest.mark.parametrize(("command", "files", "broken"), LOCAL)
def test_files_of_the_repository_are_measured(command: str, files: dict[str, str], broken: bool) -> None:
    assert bool(found({"x.sh": command + "\n", **files})) is broken
    # From below, too: paths are read beside the script, else from the root.
    assert bool(found({"hack/x.sh": command + "\n", **files})) is broken


HEAD = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec:\n"
CHART = "    repoURL: https://charts.external-secrets.io\n    chart: external-secrets\n    targetRevision: 2.9.0\n"

APPLICATIONS = [
    (f"  source:\n{CHART}", "external-secrets"),
    (f"  source:\n{CHART}  syncPolicy:\n    automated: {{}}\n", "syncPolicy"),
    (f"  source:\n{CHART}  syncPolicy:\n    syncOptions: [CreateNamespace=true]\n", "syncOptions"),
    (f"  source:\n{CHART}  syncPolicy:\n    syncOptions:\n      - ServerSideApply=false\n", "ServerSideApply=false"),
    (f"  source:\n{CHART.replace('2.9.0', 'v0.19.0')}", "external-secrets"),
    (f"  source:\n{CHART.replace('2.9.0', '1.*')}", "external-secrets"),
    (f"  source:\n{CHART.replace('2.9.0', chr(39) + '*' + chr(39))}", "external-secrets"),
    (
        f"  source:\n{CHART.replace('https://charts.external-secrets.io', 'registry.example.org/mirror')}",
        "external-secrets",
    ),
    (f"  source:\n{CHART}    helm:\n      values: |\n        installCRDs: true\n", "external-secrets"),
    (f"  source:\n{CHART}    helm:\n      parameters: [{{name: installCRDs, value: 'true'}}]\n", "external-secrets"),
    (
        (
            "  sources:\n  - {repoURL: https://git.example.org/x, targetRevision: HEAD, ref: values}\n"
            "  - {repoURL: ghcr.io/external-secrets/charts, chart: external-secrets, targetRevision: 1.0.0}\n"
        ),
        "external-secrets",
    ),
    (
        "  source: {repoURL: 'oci://ghcr.io/external-secrets/charts/external-secrets', path: ., targetRevision: 1.0.0}\n",
        ".",
    ),
    (
        (
            "  source:\n    repoURL: https://github.com/external-secrets/external-secrets.git\n"
            "    path: config/crds/bases\n    targetRevision: v0.20.4\n"
        ),
        "config/crds/bases",
    ),
    ("  source: {repoURL: https://git.example.org/x, path: crds, targetRevision: HEAD} # external-secrets\n", "crds"),
    ("  source: {repoURL: https://git.example.org/x, path: kust/} # external-secrets\n", "kust/"),
    ("  source: {repoURL: https://git.example.org/x, path: wrap} # external-secrets\n", "wrap"),
]
QUIET = [
    f"  source:\n{CHART}  syncPolicy:\n    syncOptions: [ServerSideApply=true]\n",
    f"  source:\n{CHART}  syncPolicy:\n    syncOptions: [Replace=true, ServerSideApply=false]\n",
    f"  source:\n{CHART}  syncPolicy:\n    syncOptions: ['{{{{ .ssa }}}}']\n",
    f"  source:\n{CHART.replace('2.9.0', '0.18.2')}",
    f"  source:\n{CHART.replace('2.9.0', '0.9.*')}",
    f"  source:\n{CHART.replace('2.9.0', '<VERSION>')}",
    f"  source:\n{CHART.replace('2.9.0', 'HEAD')}",
    f"  source:\n{CHART}  syncPolicy:\n    {{{{- toYaml .Values.syncPolicy | nindent 4 }}}}\n",
    f"  source:\n{CHART}  syncPolicy:\n    syncOptions:\n    {{{{- range .Values.options }}}}\n    - {{{{ . }}}}\n    {{{{- end }}}}\n",
    f"  source:\n{CHART}    helm:\n      values: |\n        {{{{- toYaml .Values.eso | nindent 8 }}}}\n",
    f"  source:\n{CHART.replace('    targetRevision: 2.9.0', '')}",
    f"  source:\n{CHART}    helm:\n      values: 'installCRDs: false'\n",
    f"  source:\n{CHART}    helm:\n      valuesObject: {{installCRDs: false}}\n",
    f"  source:\n{CHART}    helm:\n      parameters: [{{name: installCRDs, value: 'false'}}]\n",
    f"  source:\n{CHART}    helm:\n      values: 'installCRDs: true'\n      parameters: [{{name: installCRDs, value: 'false'}}]\n",
    f"  source:\n{CHART}    helm:\n      valueFiles: [https://example.org/values.yaml]\n",
    f"  source:\n{CHART}    helm:\n      valueFiles: [$values/elsewhere.yaml]\n",
    f"  source:\n{CHART}    helm:\n      valueFiles: [$values/off.yaml]\n",
    (
        f"  source:\n{CHART}    helm:\n      parameters:\n"
        "      - {name: crds.annotations.argocd\\.argoproj\\.io/sync-options, value: ServerSideApply=true}\n"
    ),
    "  source: {repoURL: https://git.example.org/x, path: off} # external-secrets\n",
    "  source: {repoURL: https://git.example.org/x, path: crds, directory: {exclude: '*'}} # external-secrets\n",
    "  source: {repoURL: https://git.example.org/x, path: crds, plugin: {name: x}} # external-secrets\n",
    "  source: {repoURL: https://git.example.org/x, path: marked} # external-secrets\n",
    "  source: {repoURL: https://git.example.org/x, path: small} # external-secrets\n",
    "  source: {repoURL: https://git.example.org/external-secrets, path: elsewhere}\n",
]
REPOSITORY = {
    "crds/big.yaml": BIG,
    "kust/kustomization.yaml": f"resources: ['{NEW}']\n",
    "wrap/Chart.yaml": "name: wrap\ndependencies: [{name: external-secrets, version: 0.20.4, repository: x}]\n",
    "wrap/values.yaml": "external-secrets: {replicaCount: 2}\n",
    "off/Chart.yaml": "name: off\ndependencies: [{name: external-secrets, version: 0.20.4, repository: x}]\n",
    "off/values.yaml": "external-secrets: {installCRDs: false}\n",
    "off.yaml": "installCRDs: false\n",
    "marked/big.yaml": crd(
        "SecretStore", 262_144, "  annotations: {argocd.argoproj.io/sync-options: 'Prune=false,ServerSideApply=true'}\n"
    ),
    "small/crd.yaml": SMALL,
}


@pytest.mark.parametrize(("spec", "at"), APPLICATIONS)
def test_applications_that_cannot_sync(spec: str, at: str) -> None:
    files = {**REPOSITORY, "apps/a.yaml": HEAD + spec}
    assert [(path, span) for path, _, span in found(files)] == [("apps/a.yaml", at)]
    [finding] = lint(files, [server_side_apply_missing], Config())
    if finding.fix is not None:
        [edit] = finding.fix.edits
        text = files["apps/a.yaml"]
        assert not found({**files, "apps/a.yaml": text[: edit.span.start] + edit.text + text[edit.span.end :]})


@pytest.mark.parametrize("spec", QUIET)
def test_applications_that_are_fine(spec: str) -> None:
    assert not found({**REPOSITORY, "apps/a.yaml": HEAD + spec})


def application_set(
    spec: str, extra: str = "", generators: str = "[{list: {elements: [{v: 0.18.2}, {v: 1.0.0}]}}]"
) -> str:
    inner = "".join(f"    {line}\n" for line in spec.splitlines())
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: a}\nspec:\n"
        f"  generators: {generators}\n{extra}  template:\n    metadata: {{name: x}}\n    spec:\n{inner}"
    )


def test_application_sets() -> None:
    spec = "  source:\n" + CHART
    templated = spec.replace("2.9.0", "'{{ .v }}'")
    override = "[{list: {elements: [{v: 1.0.0}], template: {spec: {}}}}]"
    git = "[{git: {repoURL: x, files: [{path: a}]}}]"
    patch = "  templatePatch: |\n    spec: {syncPolicy: {syncOptions: [ServerSideApply=true]}}\n"
    assert found({"a.yaml": application_set(spec)})
    assert found({"a.yaml": application_set(templated)})
    assert not found({"a.yaml": application_set(templated.replace("{ .v }", "{ .other }"))})
    assert not found({"a.yaml": application_set(templated, generators="[{list: {elements: [{v: 0.18.2}]}}]")})
    assert not found({"a.yaml": application_set(templated, generators=git)})
    assert not found({"a.yaml": application_set(spec, generators=override)})
    assert not found({"a.yaml": application_set(spec, patch)})


def test_an_application_is_judged_as_a_kustomization_patches_it() -> None:
    written = HEAD + "  source:\n" + CHART
    kustomization = "resources: [a.yaml]\npatches: [{target: {kind: Application}, patch: '%s'}]\n"
    option = "[{op: add, path: /spec/syncPolicy, value: {syncOptions: [ServerSideApply=true]}}]"
    assert found({"a.yaml": written, "kustomization.yaml": kustomization % "[]"})
    assert not found({"a.yaml": written, "kustomization.yaml": kustomization % option})
