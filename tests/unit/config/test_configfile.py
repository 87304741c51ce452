"""The configuration file: every key, every kind of mistake with its place, discovery."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from eso_lint.config import Config, ExternalObject, Override, PathConvention
from eso_lint.configfile import parse_config, read_config
from eso_lint.configfind import find_config
from eso_lint.errors import ConfigError
from eso_lint.source.node import SourceFile

SCHEMA = json.loads((Path(__file__).parents[3] / "schemas" / "config.json").read_text())
FULL = """\
profile: strict
select: [store-unused]
ignore: [ESO4]
exclude: [archive/]
fail-on: error
eso-version: "0.14.1"
closed-world: true
external:
  stores: [{kind: ClusterSecretStore, name: vault}]
  namespaces: [kube-system]
  secrets: [{name: token, namespace: ops}]
  service-accounts: [{name: eso}]
overrides:
  - {paths: [play/], ignore: [tenancy]}
  - {namespaces: [team-*], select: [ESO206]}
paths:
  - {store: aws, pattern: "prod/{namespace}/*"}
inventory: keys.txt
refresh-floor: 1m30s
shared-store-namespaces: 3
max-file-size: 1000
required-version: ">=0.1,<9"
"""


def parse(text: str, path: str = ".eso-lint.yaml") -> Config:
    return parse_config(SourceFile(path, text.encode()))


def test_every_key() -> None:
    assert parse(FULL) == Config(
        profile="strict",
        select=("store-unused",),
        ignore=("ESO4",),
        exclude=("archive/",),
        fail_on="error",
        eso_version="0.14.1",
        closed_world=True,
        external=(
            ExternalObject("ClusterSecretStore", "vault"),
            ExternalObject("Namespace", "kube-system"),
            ExternalObject("Secret", "token", "ops"),
            ExternalObject("ServiceAccount", "eso"),
        ),
        overrides=(Override(("play/",), (), (), ("tenancy",)), Override((), ("team-*",), ("ESO206",), ())),
        paths=(PathConvention("prod/{namespace}/*", "aws"),),
        inventory="keys.txt",
        refresh_floor=90,
        shared_store_namespaces=3,
        max_file_size=1000,
        required_version=">=0.1,<9",
    )
    jsonschema.validate(yaml.safe_load(FULL), SCHEMA)


def test_empty() -> None:
    assert parse("") == parse("# nothing\n") == parse("---\n") == Config()


MISTAKES = [
    ("profil: strict\n", "1:1: unknown key `profil`", "did you mean `profile`?"),
    ("external:\n  store: []\n", "2:3: unknown key `store`", "did you mean `stores`?"),
    ("fail-on: warn\n", "1:10: `fail-on` knows no `warn`", ""),
    ("profile: strickt\n", "1:10: `profile` knows no `strickt`", "did you mean `strict`?"),
    ("closed-world: maybe\n", "1:15: `closed-world` must be true or false, not the text `maybe`", ""),
    ("select: store-unused\n", "1:9: `select` must be a list, not the text", ""),
    ("select: [1]\n", "1:10: an item of `select` must be a text, not `1`", ""),
    ("eso-version: [0]\n", "1:14: `eso-version` must be a version such as", ""),
    ("refresh-floor: soon\n", "1:16: `refresh-floor` must be a duration", ""),
    ("max-file-size: 0\n", "1:16: `max-file-size` must be a whole number of at least 1", ""),
    ("external: {secrets: [{namespace: a}]}\n", "lacks the key `name`", ""),
    ("paths: [{pattern: x}]\n", "needs `store` or `namespace`", ""),
    ("overrides: [{ignore: [ESO1]}]\n", "needs `paths` or `namespaces`", ""),
    ("- a\n", "1:1: the configuration must be a mapping, not a list", ""),
    ("profile:\n", "must be one of minimal, default, strict, audit, not empty", ""),
]


@pytest.mark.parametrize(("text", "message", "hint"), MISTAKES)
def test_mistakes_name_their_place(text: str, message: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    assert str(caught.value).startswith(".eso-lint.yaml:")
    assert message in str(caught.value)
    assert hint in caught.value.hint
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(text), SCHEMA)


@pytest.mark.parametrize(
    "text",
    ["a: [\n", "profile: default\nprofile: strict\n", "profile: strict\n---\nprofile: audit\n", "profile: {{ x }}\n"],
)
def test_what_is_no_configuration(text: str) -> None:
    with pytest.raises(ConfigError):
        parse(text)


def test_required_version() -> None:
    with pytest.raises(ConfigError) as caught:
        parse('required-version: ">=99"\n')
    assert "requires eso-lint >=99" in str(caught.value)
    with pytest.raises(ConfigError):
        parse("required-version: newest\n")


def test_pyproject() -> None:
    text = '[project]\nname = "x"\n\n[tool.eso-lint]\nprofile = "strict"\nclosed-world = true\nselect = ["ESO1"]\n'
    assert parse(text, "pyproject.toml") == Config(profile="strict", closed_world=True, select=("ESO1",))
    with pytest.raises(ConfigError) as caught:
        parse('[tool.eso-lint]\nprofil = "strict"\n', "pyproject.toml")
    assert "unknown key `profil`" in str(caught.value)


def test_places() -> None:
    loaded = read_config(SourceFile("c.yaml", b"select:\n  - ESO1\n"))
    assert loaded.places["select", 0].text == "ESO1"
    assert loaded.places["select",].text == "select"


def test_discovery(tmp_path: Path) -> None:
    assert find_config(str(tmp_path)) == ("", ())
    (tmp_path / "eso-lint.toml").write_text("")
    assert find_config(str(tmp_path))[1] == (
        "eso-lint.toml is not read: the configuration file is named .eso-lint.yaml",
    )
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    assert find_config(str(tmp_path))[0] == ""
    (tmp_path / "pyproject.toml").write_text("[tool.eso-lint]\n")
    assert find_config(str(tmp_path))[0] == "pyproject.toml"
    (tmp_path / ".eso-lint.yaml").write_text("")
    with pytest.raises(ConfigError):
        find_config(str(tmp_path))
