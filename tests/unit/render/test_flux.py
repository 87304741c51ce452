"""What Flux Kustomizations deliver, in small repositories."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from eso_lint.render.flux.units import cluster_of, flux_units
from eso_lint.render.kustomize.build import Build
from eso_lint.render.repository import Repository
from eso_lint.render.unit import Item, Unit, settled
from eso_lint.source.node import Document, Mapping, Node, Opaque, Scalar, SourceFile, lookup, string
from eso_lint.source.parse import parse

FIXTURE = Path(__file__).parents[2] / "fixtures" / "repos" / "flux-two-clusters"
R = TypeVar("R", bound=Repository)
ES = "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata:\n  name: {}\nspec: {{}}\n"


def ks(name: str, path: str, more: str = "", namespace: str = "flux-system", source: str = "flux-system") -> str:
    return (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        f"metadata:\n  name: {name}\n  namespace: {namespace}\n"
        f"spec:\n  path: {path}\n  sourceRef: {{kind: GitRepository, name: {source}}}\n{more}"
    )


def repository(files: dict[str, str], kind: type[R]) -> tuple[R, list[Item]]:
    sources = {path: SourceFile(path, text.encode()) for path, text in files.items()}
    parsed = [parse(file) for file in sources.values()]
    roots = [Item(d, d.root) for p in parsed for d in p.documents if isinstance(d.root, Mapping)]
    return kind(parsed, sources, frozenset(sources)), roots


def units_of(files: dict[str, str]) -> list[Unit]:
    return flux_units(*repository(files, Repository))


def secrets(units: list[Unit]) -> set[tuple[str | None, str | None, str | None]]:
    """(cluster, namespace, name) of all ExternalSecrets."""
    return {(u.cluster, i.id[1], i.id[2]) for u in units for i in u.items if i.kind == "ExternalSecret"}


def the(units: list[Unit], name: str, cluster: str | None = None) -> Item:
    (found,) = [i for u in units for i in u.items if i.id[2] == name and cluster in (None, u.cluster)]
    return found


def line(node: Node | None) -> tuple[str, int]:
    assert node is not None
    return node.file.path, node.file.position(node.start)[0]


def fixture() -> list[Unit]:
    return units_of(
        {p.relative_to(FIXTURE).as_posix(): p.read_text() for p in sorted(FIXTURE.rglob("*")) if p.is_file()}
    )


def test_two_clusters_of_the_fixture() -> None:
    units = fixture()
    assert {(u.cluster, u.name.split("/")[-1]) for u in units} == {
        (f"clusters/{c}", name)
        for c, names in (("prod", "flux-system stores shop blog"), ("staging", "flux-system stores shop"))
        for name in names.split()
    }
    both = {
        (f"clusters/{c}", "shop", n)
        for c in ("prod", "staging")
        for n in ["database", "cache", "queue", "mail", "session"]
    }
    assert secrets(units) == both | {("clusters/prod", "shop", "audit"), ("clusters/prod", "blog", "editor")}
    assert not settled(units)


def test_values_and_patches_of_the_fixture() -> None:
    units = fixture()

    def store(name: str, cluster: str) -> Node | None:
        return lookup(the(units, name, f"clusters/{cluster}").root, "spec", "secretStoreRef", "name")

    wanted = {
        ("database", "prod"): "aws-prod",
        ("database", "staging"): "aws-stagging",
        ("cache", "prod"): "aws-prdo",
        ("cache", "staging"): "aws-staging",
        ("queue", "prod"): "aws-prod",
        ("queue", "staging"): "aws-stage",
    }
    assert {key: string(store(*key)) for key in wanted} == wanted
    assert line(store("cache", "prod")) == ("clusters/prod/apps.yaml", 38)
    assert line(store("database", "staging")) == ("clusters/staging/apps.yaml", 25)
    via = the(units, "database", "clusters/staging").via
    assert ("clusters/staging/apps.yaml", "aws-stagging") in {(span.file.path, span.text) for span in via}
    assert {i.id[2] for u in units for i in u.items if i.kind == "ClusterSecretStore"} == {"aws-prod", "aws-staging"}
    # A ConfigMap that may exist elsewhere may replace what comes before it.
    region = lookup(the(units, "local", "clusters/staging").root, "spec", "provider", "aws", "region")
    assert isinstance(region, Opaque)


def test_nested_kustomizations_are_patched_by_their_parents_and_delivered_once() -> None:
    parent = """  postBuild:
    substitute: {CLUSTER: main}
  patches:
    - target: {kind: Kustomization}
      patch: |-
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata:
          name: _
        spec:
          targetNamespace: stamped
          postBuild:
            substitute:
              WHERE: ${CLUSTER}
              LATER: $${APP}
          patches:
            - target: {kind: ExternalSecret}
              patch: |-
                - op: add
                  path: /metadata/labels
                  value: {where: "${CLUSTER}", later: "$${WHERE}"}
"""
    units = units_of(
        {
            "flux/cluster/ks.yaml": ks("cluster-apps", "./apps", parent),
            "flux/instance.yaml": "apiVersion: fluxcd.controlplane.io/v1\nkind: FluxInstance\n"
            "metadata: {name: flux, namespace: flux-system}\nspec: {sync: {kind: GitRepository, path: flux/cluster}}\n",
            "apps/kustomization.yaml": "resources: [a/ks.yaml]\nnamespace: apps\n",
            "apps/a/ks.yaml": ks("a", "apps/a/app"),
            "apps/a/app/es.yaml": ES.format("es-${WHERE}"),
        }
    )
    assert [(u.cluster, u.name) for u in units] == [
        ("flux/cluster", "Flux Kustomization flux-system/flux-system"),
        ("flux/cluster", "Flux Kustomization flux-system/cluster-apps"),
        ("flux/cluster", "Flux Kustomization apps/a"),
    ]
    one = the(units, "es-main")
    assert one.id[1] == "stamped"
    labels = lookup(one.root, "metadata", "labels")
    assert (string(lookup(labels, "where")), string(lookup(labels, "later"))) == ("main", "main")


def test_an_entry_point_that_patches_itself() -> None:
    units = units_of(
        {
            "clusters/a/flux-system/kustomization.yaml": "resources: [sync.yaml]\npatches:\n"
            "- target: {kind: Kustomization}\n  patch: |-\n    - op: add\n      path: /spec/postBuild\n"
            "      value: {substitute: {X: y}}\n",
            "clusters/a/flux-system/sync.yaml": ks("flux-system", "./clusters/a"),
            "clusters/a/es.yaml": ES.format("es-${X}"),
        }
    )
    assert secrets(units) == {("clusters/a", None, "es-y")} and len(units) == 1


def test_clusters_without_an_entry_point() -> None:
    files = {f"deploy/clusters/{c}/apps/ks.yaml": ks("app", "./app", "  targetNamespace: t\n") for c in ("a", "b")}
    more = "  targetNamespace: t\n  postBuild: {substituteFrom: [{kind: ConfigMap, name: settings}]}\n"
    files["deploy/clusters/b/apps/ks.yaml"] = ks("app", "./app", more)
    files["deploy/clusters/b/settings.yaml"] = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: flux-system}\ndata: {X: b}\n"
    )
    files["app/es.yaml"] = ES.format("es-${X}")
    units = units_of(files)
    found = {i.id[1:]: u.cluster for u in units for i in u.items if i.kind == "ExternalSecret"}
    # Without substitution the variable may still be set by an entry point that is not seen.
    assert found == {("t", None): "deploy/clusters/a", ("t", "es-b"): "deploy/clusters/b"}


def test_what_nothing_substitutes_is_literal_where_all_is_known() -> None:
    units = units_of(
        {
            "clusters/a/sync.yaml": ks("flux-system", "clusters/a"),
            "clusters/a/es.yaml": ES.format("'${X}'"),
        }
    )
    assert secrets(units) == {("clusters/a", None, "${X}")}


def test_sources_that_are_other_repositories() -> None:
    git = (
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {{name: {}, namespace: flux-system}}\n"
    )
    git += "spec: {{url: {}}}\n"
    units = units_of(
        {
            "clusters/a/sync.yaml": git.format("flux-system", "https://git.example.org/me/fleet")
            + "---\n"
            + ks("flux-system", "clusters/a"),
            "clusters/a/mine.yaml": git.format("mine", "ssh://git@git.example.org/me/fleet.git")
            + "---\n"
            + ks("mine", "app", source="mine"),
            "clusters/a/other.yaml": git.format("other", "https://git.example.org/other/repo")
            + "---\n"
            + ks("other", "app", source="other"),
            "clusters/a/gone.yaml": ks("gone", "nowhere"),
            "clusters/a/templated.yaml": ks("templated", "apps/${X}", "  postBuild: {}\n"),
            "clusters/a/root.yaml": ks("root", "./", source="unknown"),
            "app/es.yaml": ES.format("es"),
        }
    )
    notes = {u.name.split("/")[-1]: [n.kind for n in u.notes] for u in units}
    assert notes == {
        "flux-system": [], "mine": [], "other": ["remote"], "gone": ["missing"], "templated": ["missing"],
        "root": ["remote"],
    }  # fmt: skip
    assert line(next(n.at for u in units for n in u.notes if n.kind == "missing")) == ("clusters/a/gone.yaml", 7)


def test_secrets_are_known_to_exist_but_not_what_they_hold() -> None:
    build = "  postBuild: {substituteFrom: [{kind: Secret, name: vars}]}\n"
    units = units_of(
        {
            "clusters/a/sync.yaml": ks("flux-system", "clusters/a"),
            "clusters/a/ks.yaml": ks("app", "app", build),
            "clusters/a/secret.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: vars, namespace: flux-system}\n"
            "stringData: {A: plain}\n",
            "app/es.yaml": ES.format("one-${A}") + "---\n" + ES.format("two-${B}"),
        }
    )
    assert secrets(units) == {("clusters/a", None, None), ("clusters/a", None, "two-")}


def test_metadata_affixes_and_remote_clusters() -> None:
    more = (
        "  namePrefix: p-\n  nameSuffix: -s\n  targetNamespace: t\n  commonMetadata: {labels: {team: x}}\n"
        "  kubeConfig: {secretRef: {name: edge}}\n"
    )
    units = units_of(
        {
            "clusters/a/sync.yaml": ks("flux-system", "clusters/a"),
            "clusters/a/ks.yaml": ks("app", "app", more),
            "app/kustomization.yaml": "resources: [es.yaml]\nnamespace: own\n",
            "app/es.yaml": ES.format("es"),
        }
    )
    assert secrets(units) == {("edge", "t", "p-es-s")}
    one = the(units, "p-es-s")
    assert string(lookup(one.root, "metadata", "labels", "team")) == "x"
    assert line(lookup(one.root, "metadata", "namespace")) == ("clusters/a/ks.yaml", 11)


def test_an_unknown_target_namespace_is_opaque() -> None:
    units = units_of({"ks.yaml": ks("app", "app", "  targetNamespace: ${NS}\n"), "app/es.yaml": ES.format("es")})
    assert isinstance(lookup(the(units, "es").root, "metadata", "namespace"), Opaque)


def test_circles_end() -> None:
    depends = "  dependsOn: [{{name: {}}}]\n"
    units = units_of(
        {
            "one/ks.yaml": ks("a", "two", depends.format("b")),
            "two/ks.yaml": ks("b", "one", depends.format("a")),
            "z/ks.yaml": ks("self", "z", "  namePrefix: p-\n"),
        }
    )
    assert sorted(u.name.split("/")[-1] for u in units) == ["a", "b", "self"]
    assert [line(n.at) for u in units for n in u.notes if n.kind == "cycle"] == [("two/ks.yaml", 9)]


def test_implied_kustomizations_take_bases_and_skip_what_is_no_object() -> None:
    units = units_of(
        {
            "ks.yaml": ks("app", "app"),
            "app/a/deep/es.yaml": ES.format("deep"),
            "app/base/kustomization.yaml": "resources: [listed.yaml]\nnamespace: base\n",
            "app/base/listed.yaml": ES.format("listed"),
            "app/base/unlisted.yaml": ES.format("unlisted"),
            "app/values.yaml": "a: b\n",
        }
    )
    assert secrets(units) == {(None, None, "deep"), (None, "base", "listed")}
    assert len(units[0].items) == 2


def test_an_artifact_may_be_rooted_elsewhere() -> None:
    text = ks("app", "apps/one").replace("GitRepository", "OCIRepository")
    units = units_of({"ks.yaml": text, "kubernetes/apps/one/es.yaml": ES.format("es")})
    assert secrets(units) == {(None, None, "es")}


def test_instance_patches_reach_the_entry_point() -> None:
    instance = """apiVersion: fluxcd.controlplane.io/v1
kind: FluxInstance
metadata: {name: flux, namespace: flux-system}
spec:
  sync: {kind: OCIRepository, url: "oci://r.example.org/fleet", path: clusters/a}
  kustomize:
    patches:
      - target: {kind: Kustomization, name: flux-system}
        patch: |
          - op: add
            path: /spec/targetNamespace
            value: stamped
"""
    units = units_of({"instance.yaml": instance, "clusters/a/es.yaml": ES.format("es")})
    assert secrets(units) == {("clusters/a", "stamped", "es")}


def test_overlays_of_kustomizations_that_are_applied_by_other_means() -> None:
    files = {"base/ks.yaml": ks("app", "app"), "app/es.yaml": ES.format("es")}
    for name in ("a", "b"):
        files[f"overlays/{name}/kustomization.yaml"] = (
            "resources: [../../base/ks.yaml]\npatches:\n- patch: |-\n    - op: add\n      path: /spec/targetNamespace\n"
            f"      value: {name}\n  target: {{kind: Kustomization}}\n"
        )
    files["base/kustomization.yaml"] = "resources: [ks.yaml]\n"
    source, roots = repository(files, Repository)
    roots += [item for name in ("a", "b") for item in Build(source).run(f"overlays/{name}")]
    units = flux_units(source, roots)
    assert secrets(units) == {(None, "a", "es"), (None, "b", "es")}


def test_self_delivered_kustomizations_of_different_names_may_share_a_cluster() -> None:
    files = {f"flux/{name}/ks.yaml": ks(name, f"flux/{name}") for name in ("apps", "infra")}
    assert [u.cluster for u in units_of(files)] == [None, None]
    files = {f"{where}/flux/ks.yaml": ks("cluster", f"{where}/flux") for where in ("here", "there")}
    assert [u.cluster for u in units_of(files)] == ["here/flux", "there/flux"]


def test_cluster_of() -> None:
    def one(path: str, text: str) -> Item:
        document = parse(SourceFile(path, text.encode())).documents[0]
        assert isinstance(document.root, Mapping)
        return Item(document, document.root)

    assert cluster_of(one("x/clusters/prod/apps/ks.yaml", ks("a", "b"))) == "x/clusters/prod"
    assert cluster_of(one("clusters/ks.yaml", ks("a", "b"))) is None
    assert cluster_of(one("flux/cluster/ks.yaml", ks("a", "b"))) is None


class Counting(Repository):
    """Counts the looks at documents and directories."""

    looks = 0

    def documents(self, path: str) -> tuple[Document, ...] | None:
        self.looks += 1
        return super().documents(path)

    def kustomization(self, directory: str) -> Document | None:
        self.looks += 1
        return super().kustomization(directory)


def test_cost_is_linear() -> None:
    def looks(count: int) -> int:
        made = {"clusters/a/sync.yaml": ks("flux-system", "clusters/a")}
        for i in range(count):
            made[f"clusters/a/apps/k{i}.yaml"] = ks(f"k{i}", f"apps/k{i}", "  postBuild: {substitute: {X: y}}\n")
            made[f"apps/k{i}/es.yaml"] = ES.format("es-${X}")
        source, roots = repository(made, Counting)
        assert len(flux_units(source, roots)) == count + 1
        return source.looks

    assert looks(400) < 4.2 * looks(100)


def test_scalars_of_no_string_are_no_names() -> None:
    units = units_of(
        {"ks.yaml": ks("app", "app", "  postBuild: {substitute: {N: '5'}}\n"), "app/es.yaml": ES.format("${N}")}
    )
    name = lookup(units[0].items[0].root, "metadata", "name")
    assert isinstance(name, Scalar) and name.value == 5
