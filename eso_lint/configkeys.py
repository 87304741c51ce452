"""Every configuration key with its shape and meaning: the parser and `schemas/config.json` are made from this table."""

from __future__ import annotations

from typing import Any, NamedTuple

from eso_lint.config import Config


class Text(NamedTuple):
    """A string; one of `choices` where given."""

    choices: tuple[str, ...] = ()

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.choices)} if self.choices else {"type": "string", "minLength": 1}


class Flag(NamedTuple):
    """true or false."""

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


class Count(NamedTuple):
    """A whole number of at least `least`."""

    least: int = 0

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least}


class Seconds(NamedTuple):
    """A duration as Go writes it, or whole seconds."""

    def schema(self) -> dict[str, Any]:
        return {
            "anyOf": [
                {"type": "integer", "minimum": 0},
                {"type": "string", "pattern": r"^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$"},
            ]
        }


class Version(NamedTuple):
    """A version. A number is taken as it is written: `0.10` is no `0.1`."""

    def schema(self) -> dict[str, Any]:
        return {"type": ["string", "number"], "pattern": r"^v?[0-9]+(\.[0-9]+){0,2}([-+].*)?$"}


class ListOf(NamedTuple):
    """A list of one shape."""

    item: Any

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self.item.schema()}


class MapOf(NamedTuple):
    """A mapping of names of the user's own to one shape."""

    item: Any

    def schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": self.item.schema()}


class Key(NamedTuple):
    """One key: its name as written, its shape, what it means."""

    name: str
    shape: Any
    doc: str = ""
    required: bool = False


class Object(NamedTuple):
    """A mapping of known keys. Exactly one of the `one_of` keys must be there; at least one of `any_of`."""

    keys: tuple[Key, ...]
    one_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()

    def schema(self) -> dict[str, Any]:
        made: dict[str, Any] = {
            "type": "object",
            "additionalProperties": False,
            "properties": {key.name: _described(key) for key in self.keys},
        }
        required = [key.name for key in self.keys if key.required]
        if required:
            made["required"] = required
        for word, names in (("oneOf", self.one_of), ("anyOf", self.any_of)):
            if names:
                made[word] = [{"required": [name]} for name in names]
        return made


def _described(key: Key) -> dict[str, Any]:
    schema: dict[str, Any] = key.shape.schema()
    return {"description": key.doc, **schema} if key.doc else schema


PROFILES = ("minimal", "default", "strict", "audit")
STORES = ("SecretStore", "ClusterSecretStore")
_RULES = ListOf(Text())
_NAME = Key("name", Text(), "its name; `*` fits any text", required=True)
_NAMESPACE = Key("namespace", Text(), "its namespace; every namespace where absent")

ROOT = Object(
    (
        Key("profile", Text(PROFILES), "which rules run: each profile adds to the one before"),
        Key("select", _RULES, "rules to switch on besides the profile's: ids, names, prefixes (ESO1), families, ALL"),
        Key("ignore", _RULES, "rules to switch off; wins over select"),
        Key("exclude", ListOf(Text()), "paths to leave out, as in .gitignore, relative to the repository root"),
        Key("fail-on", Text(("error", "warning", "info", "never")), "lowest severity that gives exit code 1"),
        Key("eso-version", Version(), "the operator's version in play"),
        Key(
            "clusters",
            MapOf(
                Object(
                    (
                        Key("root", Text(), "the directory where its delivery begins, such as `clusters/prod`", True),
                        Key("eso-version", Version(), "the operator's version there"),
                    )
                )
            ),
            "the clusters that the repository describes, by name, where they are not found by themselves",
        ),
        Key("closed-world", Flag(), "everything is in this repository: what is missing is an error"),
        Key(
            "external",
            Object(
                (
                    Key(
                        "stores",
                        ListOf(Object((Key("kind", Text(STORES), required=True), _NAME, _NAMESPACE))),
                        "stores that live elsewhere",
                    ),
                    Key("namespaces", ListOf(Text()), "namespaces that live elsewhere"),
                    Key("secrets", ListOf(Object((_NAME, _NAMESPACE))), "Secrets that live elsewhere"),
                    Key("service-accounts", ListOf(Object((_NAME, _NAMESPACE))), "ServiceAccounts that live elsewhere"),
                )
            ),
            "objects that exist, only not in this repository",
        ),
        Key(
            "overrides",
            ListOf(
                Object(
                    (
                        Key("paths", ListOf(Text()), "globs relative to the repository root"),
                        Key("namespaces", ListOf(Text()), "namespaces; `*` fits any text"),
                        Key("select", _RULES, "rules to switch on there"),
                        Key("ignore", _RULES, "rules to switch off there"),
                    ),
                    any_of=("paths", "namespaces"),
                )
            ),
            "rules switched for some paths or namespaces; a later entry wins over an earlier one",
        ),
        Key(
            "paths",
            ListOf(
                Object(
                    (
                        Key("store", Text(), "name of the store whose keys this is about"),
                        Key("namespace", Text(), "namespace whose keys this is about"),
                        Key("pattern", Text(), "such as `prod/{namespace}/*`", required=True),
                    ),
                    any_of=("store", "namespace"),
                )
            ),
            "conventions for remote keys",
        ),
        Key("inventory", Text(), "a file with the keys that the provider holds, one a line"),
        Key("schemas", Text(), "a folder with schemas of newer releases, filled by `eso-lint schemas add`"),
        Key("refresh-floor", Seconds(), "shortest refreshInterval that is not reported (default 30s)"),
        Key("shared-store-namespaces", Count(1), "from how many namespaces on a shared store is reported (default 5)"),
        Key("max-file-size", Count(1), "bytes above which a file is skipped (default 5000000)"),
        Key("required-version", Text(), "versions of eso-lint that may run with this file, such as `>=0.1,<1`"),
    )
)  # fmt: skip


def json_schema() -> dict[str, Any]:
    """JSON Schema of the configuration file, for editors."""
    from eso_lint import HOMEPAGE

    schema = ROOT.schema()
    for name, default in Config()._asdict().items():
        key = name.replace("_", "-")
        if key in schema["properties"] and isinstance(default, (str, bool, int)):
            schema["properties"][key]["default"] = default
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{HOMEPAGE}/blob/main/schemas/config.json",
        "title": "eso-lint configuration",
        **schema,
    }
