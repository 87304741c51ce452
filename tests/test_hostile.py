"""Input that means harm: no crash, no hang, bounded memory, and an exit code that says what was found.

Every story is a small repository that would take ages, or all memory, if something in it were followed without bound.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.process import run

HEAD = "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\n"
ES = (
    HEAD
    + """metadata: {name: db, namespace: shop}
spec:
  refreshInterval: "0"
  secretStoreRef: {name: vault, kind: ClusterSecretStore}
  dataFrom:
    - extract: {key: shop/db}
"""
)
KUSTOMIZATION = "resources: [es.yaml]\n"
FLUX = """apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: {name}, namespace: flux-system}}
spec:
  path: {path}
  sourceRef: {{kind: GitRepository, name: flux-system}}
"""
Story = Callable[[Path], None]
STORIES: dict[str, tuple[Story, int | None]] = {}


def story(code: int | None = 1) -> Callable[[Story], Story]:
    """A repository and the exit code that it gives (None: any)."""

    def take(make: Story) -> Story:
        STORIES[make.__name__] = make, code
        return make

    return take


def put(root: Path, name: str, data: str | bytes) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())


def bomb(levels: int = 30) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, levels)]
    return HEAD + "metadata: {name: x}\nspec:\n" + "\n".join("  " + line for line in lines) + "\n"


# --- bytes


@story(None)
def random_bytes(root: Path) -> None:
    source = random.Random(1)
    for i in range(40):
        put(root, f"r{i}.yaml", source.randbytes(3000))
        put(root, f"s{i}.yaml", HEAD.encode() + source.randbytes(3000).replace(b"\0", b"x"))
        put(root, f"k{i}/kustomization.yaml", b"resources:\n- x\n" + source.randbytes(300).replace(b"\0", b"x"))
        put(root, f"c{i}/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n")
        put(root, f"c{i}/templates/a.yaml", HEAD.encode() + b"{{ " + source.randbytes(300).replace(b"\0", b"x"))


@story()
def truncated(root: Path) -> None:
    for i in range(len(ES)):
        put(root, f"t{i}.yaml", ES[:i])


@story()
def invalid_utf8(root: Path) -> None:
    put(root, "i.yaml", HEAD.encode() + b'metadata: {name: \xff\xfe}\nspec: {refreshInterval: "0\xc3"}\n')
    put(root, "u.yaml", ES.encode("utf-16"))
    put(root, "kustomization.yaml", b"resources: [i.yaml, u.yaml]\nnamespace: \xff\n")


@story()
def nested_50_000_deep(root: Path) -> None:
    put(root, "flow.yaml", HEAD + "spec: " + "[" * 50_000 + "]" * 50_000 + "\n")
    put(root, "map.yaml", HEAD + "spec: " + "{a: " * 50_000 + "}" * 50_000 + "\n")
    put(root, "dash.yaml", HEAD + "spec:\n " + "- " * 50_000 + "a\n")
    put(root, "es.yaml", ES)
    put(root, "kustomization.yaml", KUSTOMIZATION + "patches: " + "[" * 50_000 + "]" * 50_000)
    put(root, "c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n")
    put(root, "c/templates/a.yaml", "{{ if true }}" * 5000 + ES + "{{ end }}" * 5000)
    put(root, "c/templates/b.yaml", ES.replace("shop/db", "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}"))


@story(0)
def line_of_100_megabytes(root: Path) -> None:
    put(root, "l.yaml", HEAD + "metadata: {name: " + "x" * 100_000_000 + "}\n")


@story()
def line_below_the_limit(root: Path) -> None:
    put(root, "l.yaml", HEAD + "metadata: {name: '" + "x" * 4_900_000 + "'}\n")


@story(0)
def sparse_file_of_a_gigabyte(root: Path) -> None:
    for name in ("s.yaml", ".gitignore", "pyproject.toml", "kustomization.yaml"):
        with (root / name).open("wb") as stream:
            stream.truncate(1 << 30)


@story()
def aliases_without_bound(root: Path) -> None:
    put(root, "bomb.yaml", bomb())
    merged = [f"a{i}: &a{i}\n    <<: [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 30)]
    put(root, "merge.yaml", HEAD + "metadata: {name: y}\nspec:\n  a0: &a0 {k: v}\n  " + "\n  ".join(merged) + "\n")
    put(root, "es.yaml", ES)
    patch = bomb().replace("name: x", "name: db, namespace: shop")
    put(root, "p.yaml", patch)
    inline = "".join("    " + line + "\n" for line in patch.splitlines())
    put(root, "kustomization.yaml", KUSTOMIZATION + "patches:\n- path: p.yaml\n- patch: |-\n" + inline)


# --- files


@story()
def not_regular_files(root: Path) -> None:
    put(root, "x.yaml/es.yaml", ES)
    os.mkfifo(root / "f.yaml")
    os.mkfifo(root / "kustomization.yaml")
    for link, target in (("loop", "."), ("a.yaml", "b.yaml"), ("b.yaml", "a.yaml"), ("out.yaml", "/etc/passwd")):
        (root / link).symlink_to(target)
    paths = ["../x.yaml", "../f.yaml", "../a.yaml", "../out.yaml", "/etc/passwd", "../" * 40 + "etc/passwd", "..", "."]
    put(root, "k/kustomization.yaml", f"resources: {json.dumps([*paths, '', ' ', None, 1, ['a'], {'b': 'c'}])}\n")
    put(root, "k2/kustomization.yaml", 'resources: ["a\\0b", "' + "../" * 5000 + 'etc"]\n')


@story()
def odd_shapes(root: Path) -> None:
    put(root, "a.yaml", HEAD + "metadata: [a]\nspec: 1\n---\n" + HEAD + "metadata: {name: [a], namespace: {b: c}}\n"
        "spec: {dataFrom: {a: b}, data: [1, [2], null], secretStoreRef: [], target: 5, refreshInterval: {}}\n")  # fmt: skip
    put(root, "b.yaml", "apiVersion: external-secrets.io/v1\nkind: ClusterSecretStore\nmetadata: null\n"
        "spec: {provider: [], conditions: {a: b}}\n---\napiVersion: v1\nkind: List\nitems: [1, null, [], {kind: List}]\n"
        "---\napiVersion: [external-secrets.io/v1]\nkind: [SecretStore]\n")  # fmt: skip
    fields = ("resources", "patches", "namespace", "namePrefix", "labels", "commonLabels", "replacements", "generators",
              "components", "configurations", "secretGenerator", "configMapGenerator", "openapi", "helmCharts")  # fmt: skip
    for i, value in enumerate(("{a: b}", "[null, 1, [], {a: b}]", "5", "text")):
        put(root, f"k{i}/kustomization.yaml", "".join(f"{field}: {value}\n" for field in fields))
        put(
            root,
            f"f{i}.yaml",
            f"apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {value}\nspec: {value}\n",
        )
        put(
            root,
            f"g{i}.yaml",
            f"apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {{name: a}}\nspec: {{generators: {value}, template: {value}}}\n",
        )
        put(
            root,
            f"h{i}.yaml",
            f"apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {{name: a}}\nspec: {{chart: {value}, values: {value}}}\n",
        )
    put(root, "text/kustomization.yaml", "just text\n")
    put(root, "es.yaml", ES)


@story()
def ignore_files(root: Path) -> None:
    put(root, "es.yaml", ES)
    put(root, "a" * 200 + ".yaml", ES.replace("name: db", "name: a"))
    put(root, ".gitignore", "*a" * 100 + "b\n" + "**/a/" * 100 + "b\n" + "[a-" * 50 + "\n" + "a*?" * 60 + "z\n")
    put(
        root,
        ".eso-lint.yaml",
        f"exclude: ['{'*a' * 100}b']\noverrides: [{{paths: ['{'**a' * 60}b'], ignore: [ESO4]}}]\n",
    )


@story()
def markers(root: Path) -> None:
    put(root, "es.yaml", ES + "".join(f"    # eso-lint: ignore[refresh-zero] x{i}\n" for i in range(5000)))
    put(root, "a.md", "<!-- eso-lint" * 50_000)
    put(root, "a.sh", "#!/bin/sh\n" + "kubectl apply \\\n  # eso-lint: ignore[yaml-syntax] x \\\n" * 5000)


@story(0)
def shell(root: Path) -> None:
    put(root, "a.sh", "#!/bin/sh\nkubectl apply -f " + "\\\n " * 50_000 + "external-secrets.io\n" + "$(" * 50_000)
    put(root, "b.sh", "#!/bin/sh\nkubectl apply -f https://x/external-secrets.io " + "'\"`" * 50_000)
    put(root, "README.md", "external-secrets.io\n```sh\n" * 20_000)


@story()
def patterns(root: Path) -> None:
    regexes = json.dumps(["(a+)+$", "(a|a)*b", "a?" * 40 + "a" * 40, "(a|a)" * 40 + "b", "a*" * 20 + "b"])
    put(root, "st.yaml", "apiVersion: external-secrets.io/v1\nkind: ClusterSecretStore\nmetadata: {name: vault}\n"
        f"spec: {{conditions: [{{namespaceRegexes: {regexes}}}], provider: {{fake: {{data: []}}}}}}\n")  # fmt: skip
    name = "a" * 60
    put(root, "es.yaml", ES.replace("name: db, namespace: shop", f"name: {name}, namespace: {name}"))
    targets = [{"target": {"kind": "ExternalSecret", "name": regex}, "patch": "[]"} for regex in json.loads(regexes)]
    put(root, "kustomization.yaml", KUSTOMIZATION + f"patches: {json.dumps(targets)}\n")
    put(root, "var.yaml", ES.replace("name: db", "name: " + "a${x}" * 50 + "b").replace("name: vault", f"name: {name}"))


# --- kustomize


@story(1)
def diamond_1_000_wide(root: Path) -> None:
    for i in range(1000):
        put(root, f"b{i}/kustomization.yaml", f"resources: [../base]\nnamePrefix: p{i}-\n")
    put(root, "base/kustomization.yaml", KUSTOMIZATION)
    put(root, "base/es.yaml", ES)
    put(root, "top/kustomization.yaml", "resources:\n" + "".join(f"- ../b{i}\n" for i in range(1000)))


@story(None)
def doubling_at_every_layer(root: Path) -> None:
    put(root, "l0/kustomization.yaml", KUSTOMIZATION)
    put(root, "l0/es.yaml", ES)
    for i in range(1, 25):
        for side in "ab":
            put(root, f"l{i}{side}/kustomization.yaml", f"resources: [../l{i - 1}]\nnamePrefix: {side}{i}-\n")
        put(root, f"l{i}/kustomization.yaml", f"resources: [../l{i}a, ../l{i}b]\n")


@story(None)
def doubling_components(root: Path) -> None:
    put(root, "top/kustomization.yaml", KUSTOMIZATION + "components: [../c0]\n")
    put(root, "top/es.yaml", ES)
    for i in range(30):
        put(root, f"c{i}/kustomization.yaml", f"kind: Component\ncomponents: [../c{i + 1}, ../d{i}]\n")
        put(root, f"d{i}/kustomization.yaml", f"kind: Component\ncomponents: [../c{i + 1}]\n")


@story()
def chain_of_1_000(root: Path) -> None:
    for i in range(999):
        put(root, f"c{i}/kustomization.yaml", f"resources: [../c{i + 1}]\nnamespace: n{i}\n")
    put(root, "c999/kustomization.yaml", KUSTOMIZATION)
    put(root, "c999/es.yaml", ES)
    put(root, "es.yaml", ES.replace("name: db", "name: a"))


@story()
def circles(root: Path) -> None:
    put(root, "a/es.yaml", ES)
    put(root, "a/kustomization.yaml", "resources: [., ../a, es.yaml]\ncomponents: [.]\nbases: [../a]\n")
    put(root, "b/kustomization.yaml", "resources: [../c]\n")
    put(root, "c/kustomization.yaml", "resources: [../b, ../a]\n")
    for x, y in ("xy", "yx"):
        put(root, f"{x}/kustomization.yaml", f"kind: Component\ncomponents: [../{y}]\nresources: [../a/es.yaml]\n")
    put(root, "u/kustomization.yaml", "components: [../x, ../y, ../x]\nresources: [../a/es.yaml, kustomization.yaml]\n")
    own = "[{path: kustomization.yaml}]"
    put(root, "v/kustomization.yaml", "resources: [es.yaml]\ngenerators: [.]\ntransformers: [.]\n"
        f"configurations: [kustomization.yaml]\npatches: {own}\nreplacements: {own}\n")  # fmt: skip
    put(root, "v/es.yaml", ES.replace("name: db", "name: v"))
    for i in range(100):
        put(root, f"g{i}/kustomization.yaml", f"generators: [../g{(i + 1) % 100}]\n")


@story()
def json_patches(root: Path) -> None:
    put(root, "es.yaml", ES)
    places = ("", "/", "/spec/dataFrom/1000000000", f"/spec/dataFrom/{10**30}", "/spec/dataFrom/-1", "/spec/dataFrom/²",
              "/spec/dataFrom/٣", "/~", "/~2", "/spec/dataFrom/0/extract/key/x", "spec", "/a" * 20_000)  # fmt: skip
    for i, op in enumerate(("add", "remove", "replace", "move", "copy", "test", "bogus")):
        for k, place in enumerate(places):
            patch = json.dumps([{"op": op, "path": place, "from": "/spec", "value": {"a": [1]}}])
            put(
                root,
                f"p{i}-{k}/kustomization.yaml",
                f"resources: [../es.yaml]\npatches:\n- target: {{kind: ExternalSecret}}\n  patch: '{patch}'\n",
            )
    bombs = {
        "copies": [{"op": "copy", "from": "/spec", "path": f"/spec/c{i}"} for i in range(60)],
        "many": [{"op": "add", "path": "/spec/dataFrom/-", "value": {}} for _ in range(20_000)],
        "deep": [{"op": "copy", "from": "/spec", "path": "/spec" + "/x" * i} for i in range(1, 200)],
    }
    for name, operations in bombs.items():
        text = json.dumps(operations)
        put(
            root,
            f"{name}/kustomization.yaml",
            f"resources: [../es.yaml]\npatches:\n- target: {{kind: ExternalSecret}}\n  patch: '{text}'\n",
        )


@story()
def deep_patches(root: Path) -> None:
    deep = "".join(" " * (i + 2) + "a:\n" for i in range(2, 120))
    put(root, "es.yaml", ES + "  x:\n" + deep)
    put(root, "p.yaml", HEAD + "metadata: {name: db, namespace: shop}\nspec:\n  x:\n" + deep)
    long = "/".join(["a"] * 3000)
    test = json.dumps([{"op": "test", "path": "/spec/x", "value": json.loads('{"a":' * 100 + "1" + "}" * 100)}])
    put(root, "kustomization.yaml", KUSTOMIZATION + "patches:\n- path: p.yaml\n"
        f"- {{target: {{kind: ExternalSecret}}, patch: '{test}'}}\nnamePrefix: a-\n"
        f"labels: [{{pairs: {{a: b}}, fields: [{{path: {long}, create: true}}]}}]\nconfigurations: [c.yaml]\n"
        "replacements:\n- source: {kind: ExternalSecret}\n  targets:\n  - select: {kind: ExternalSecret}\n"
        f"    fieldPaths: [spec.{long.replace('/', '.')}]\n    options: {{create: true}}\n")  # fmt: skip
    put(
        root,
        "c.yaml",
        f"namePrefix: [{{path: {long}, create: true}}]\nnameReference: [{{kind: Secret, fieldSpecs: [{{path: {long}}}]}}]\n",
    )
    put(root, "es2.yaml", ES.replace("name: db", "name: a"))


@story()
def replacements(root: Path) -> None:
    put(root, "es.yaml", ES.replace("namespace: shop", "namespace: shop, annotations: {a: yxyxy}"))
    select = "  targets:\n  - select: {kind: ExternalSecret}\n"
    whole = "- source: {kind: ExternalSecret, fieldPath: spec}\n" + select
    text = "- source: {kind: ExternalSecret, fieldPath: metadata.annotations.a}\n" + select
    text += "    fieldPaths: [metadata.annotations.a]\n    options: {delimiter: x, index: 0}\n"
    far = (
        "- source: {kind: ExternalSecret}\n" + select + "    options: {delimiter: /, index: 1000000000, create: true}\n"
    )
    far += "    fieldPaths: ['spec.dataFrom.999999999.x', 'spec.dataFrom.[a=b].c', 'a.b.[', '', 'spec.dataFrom.[key=(a|a)*b]']\n"
    copies = "".join(f"{whole}    fieldPaths: [spec.c{i}]\n    options: {{create: true}}\n" for i in range(60))
    put(root, "kustomization.yaml", KUSTOMIZATION + "replacements:\n" + copies + text * 60 + far)
    put(root, "es2.yaml", ES.replace("name: db", "name: a"))


@story()
def large_kustomizations(root: Path) -> None:
    put(root, "es.yaml", ES)
    put(root, "b.env", "".join(f"KEY{i}=v\n" for i in range(100_000)))
    generators = "".join(f"- {{name: a{i}, literals: [a=b]}}\n" for i in range(3000))
    put(root, "kustomization.yaml", KUSTOMIZATION + f"secretGenerator:\n- {{name: a, envs: [b.env]}}\n{generators}")
    labels = "".join(f"  a{i}: b\n" for i in range(50_000))
    put(root, "l/kustomization.yaml", f"resources: [es.yaml]\ncommonLabels:\n{labels}")
    put(root, "l/es.yaml", ES.replace("name: db", "name: l"))
    every = "".join(f"- {{target: {{kind: ExternalSecret, name: 'db{i}.*x?'}}, patch: '[]'}}\n" for i in range(3000))
    put(root, "p/kustomization.yaml", f"resources: [es.yaml]\npatches:\n{every}")
    put(root, "p/es.yaml", "---\n".join(ES.replace("name: db", f"name: db{i}") for i in range(100)))


# --- Flux, Argo CD, Helm


@story()
def flux(root: Path) -> None:
    put(root, "clusters/prod/flux-system/gotk-sync.yaml", FLUX.format(name="flux-system", path="./clusters/prod"))
    circle = [FLUX.format(name=a, path="./apps") + f"  dependsOn: [{{name: {b}}}]\n" for a, b in ("ab", "ba", "cc")]
    away = [FLUX.format(name=f"d{i}", path=p) for i, p in enumerate((".", "./clusters", "../../..", "./nope", "''"))]
    put(root, "clusters/prod/a.yaml", "---\n".join([*circle, *away]))
    values = "  postBuild: {substitute: {x: '" + "y" * 10_000 + "', a: '${a}${a}', b: '${b}'}}\n"
    for i in range(30):
        put(root, f"clusters/prod/n{i}.yaml", FLUX.format(name=f"n{i}", path="./apps") + values)
    texts = (
        "${a}",
        "${a:=" * 5000 + "}" * 5000,
        "${x}" * 20_000,
        "${a:1000000000:99999999999}${a//*a*a*a/}$${b}${}${:-}${",
    )
    for i, text in enumerate(texts):
        put(
            root,
            f"apps/e{i}.yaml",
            ES.replace("name: db, namespace: shop", f"name: e{i}").replace("shop/db", f"'{text}'"),
        )


@story()
def argo_cd(root: Path) -> None:
    head = "apiVersion: argoproj.io/v1alpha1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec:\n"
    source = "source: {{repoURL: https://git.example/a/b, path: '{path}', targetRevision: HEAD}}"
    where = "destination: {namespace: x, server: https://kubernetes.default.svc}"
    for name, path in (("self", "apps"), ("up", ".."), ("all", "."), ("etc", "/etc")):
        put(
            root,
            f"apps/{name}.yaml",
            head.format(kind="Application", name=name) + f"  {source.format(path=path)}\n  {where}\n",
        )
    put(root, "apps/es.yaml", ES)
    thousand = "{list: {elements: " + json.dumps([{"a": str(i)} for i in range(300)]) + "}}"
    matrix = f"{{matrix: {{generators: [{thousand}, {thousand.replace(chr(34) + 'a', chr(34) + 'b')}]}}}}"
    git = f"{{git: {{repoURL: https://git.example/a/b, directories: [{{path: '{'*a' * 100}b'}}], files: [{{path: '{'*a' * 50}b'}}]}}}}"
    template = f"{{metadata: {{name: '{{{{a}}}}'}}, spec: {{{source.format(path='{{path}}')}, {where}}}}}"
    for name, generators in (("m", matrix), ("n", f"{{matrix: {{generators: [{thousand}, {matrix}]}}}}"), ("g", git)):
        text = head.format(kind="ApplicationSet", name=name) + f"  generators: [{generators}]\n  template: {template}\n"
        put(root, f"sets/{name}.yaml", text)
    put(root, "/".join(["a"] * 100) + "/x.yaml", ES.replace("name: db", "name: a"))


@story()
def helm_templates(root: Path) -> None:
    put(root, "c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n")
    put(root, "c/values.yaml", f"t: '{{{{ tpl .Values.t . }}}}'\na: [x]\nbig: {'y' * 10_000}\n")
    put(root, "c/templates/_a.tpl", '{{ define "a" }}{{ include "a" . }}{{ end }}')
    texts = (
        '{{ include "a" . }}', '{{ repeat 1000000000 "x" }}', "{{ .Values.big | repeat 1000 | repeat 1000 | repeat 1000 }}",
        '{{ printf "%1000000000d" 1 }}', '{{ regexReplaceAll "(a|a)*b" "' + "a" * 60 + '" "x" }}', "{{ tpl .Values.t . }}",
        '{{ $x := "xxxxxxxx" }}{{ range until 100 }}{{ $x = print $x $x }}{{ end }}{{ $x }}', "{{ mul 9999999999999 9999999999999 }}",
        "{{ $x := list 1 }}{{ range until 100 }}{{ $x = concat $x $x }}{{ end }}{{ $x }}", "{{ index .Values.a 1000000000000 }}",
        '{{ $x := dict }}{{ $_ := set $x "a" $x }}{{ $x | toYaml }}', '{{ indent 1000000000 "x" }}{{ div 1 0 }}', '{{ "\\uD800" }}',
    )  # fmt: skip
    for i, text in enumerate(texts):
        put(root, f"c/templates/t{i}.yaml", ES.replace("name: db", f"name: t{i}").replace("shop/db", f"'{text}'"))
    loops = "{{ range until 1000000000 }}", "{{ range until 1000 }}" * 3
    for i, loop in enumerate(loops):
        put(root, f"c/templates/l{i}.yaml", f"{loop}\n{ES}---\n{'{{ end }}' * loop.count('range')}\n")
    for i, text in enumerate(
        ("{{", HEAD + "{{ if", ES + "{{ end }}{{ else }}{{ define }}", ES.replace("shop/db", "{{ `"))
    ):
        put(root, f"c/templates/b{i}.yaml", text)
    put(root, "es.yaml", ES)


# --- many


@story()
def many_of_everything(root: Path) -> None:
    store = "apiVersion: external-secrets.io/v1\nkind: ClusterSecretStore\nmetadata: {name: vaul%d}\nspec: {provider: {fake: {data: []}}}\n"
    put(root, "st.yaml", "---\n".join(store % i for i in range(1000)))
    put(
        root,
        "es.yaml",
        "---\n".join(
            ES.replace("name: db", f"name: db{i}").replace("name: vault", f"name: vaulx{i}") for i in range(1000)
        ),
    )
    put(root, "same.yaml", "---\n".join([ES] * 2000))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without FIFOs")
@pytest.mark.parametrize("name", STORIES)
def test_hostile_input(tmp_path: Path, name: str) -> None:
    make, code = STORIES[name]
    (tmp_path / ".git").mkdir()
    make(tmp_path)
    done = run(
        tmp_path, "--no-plugins", "--format", "concise", "--profile", "audit", seconds=120, megabytes=800, codes=(0, 1)
    )
    assert code in (None, done.code), done.out[-2000:]
    assert not done.err or done.err.startswith("eso-lint: warning: ")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_no_permission(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    put(tmp_path, "es.yaml", ES)
    for name in ("a.yaml", "d/a.yaml", "kustomization.yaml"):
        put(tmp_path, name, ES)
        (tmp_path / name).chmod(0)
    (tmp_path / "d").chmod(0)
    try:
        done = run(tmp_path, "--format", "concise")
    finally:
        (tmp_path / "d").chmod(0o700)
    assert done.code == 1
    assert "permission denied: 3" in done.out


def test_what_was_not_read_is_counted(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    sparse_file_of_a_gigabyte(tmp_path)
    put(tmp_path, "b.yaml", b"\0\1\2")
    (tmp_path / "l.yaml").symlink_to("nowhere")
    out = run(tmp_path).out
    assert "Not checked: 4 files." in out
    assert "2 larger than 5,000,000 bytes: kustomization.yaml, s.yaml" in out
    assert "1 binary: b.yaml" in out
    assert "1 symbolic link that leads nowhere: l.yaml" in out


def test_what_was_not_followed_is_counted(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    doubling_at_every_layer(tmp_path)
    assert "places in deliveries could not be followed" in run(tmp_path, seconds=120, megabytes=800).out
