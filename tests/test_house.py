"""House rules as tests. What is generated is mended by one command: `python -m eso_lint.rules`."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from eso_lint.configkeys import ROOT as CONFIG_KEYS
from eso_lint.configkeys import json_schema
from eso_lint.rules.__main__ import PACKAGE, ROOT, outputs

# Imports point one way: a layer may import itself and those before it. What is imported under TYPE_CHECKING or late,
# inside a function, is exempt where the table below says so.
LAYERS = ("source", "render", "model", "schema", "iam", "lint", "report", "app", "cli")
SHARED = {"", "errors", "record", "regex", "suggest", "config", "resources", "api"}
TOP = {
    "__main__",
    "cli",
    "commands",
    "options",
    "settings",
    "check",
    "app",
    "plugins",
    "builtin",
    "hookspecs",
    "testing",
}
TOP |= {"configfile", "configfind", "configkeys", "git", "strangers"}
FORBIDDEN = (
    "rich",
    "jsonschema",
    "referencing",
    "ruamel",
    "importlib.metadata",
    "pydantic",
    "asyncio",
    "multiprocessing",
    "logging",
)
MODULES = sorted(p for p in (ROOT / "eso_lint").rglob("*.py") if "schemas" not in p.parts)
GENERATED = {"reference_paths.py", "index.py"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path, late: bool = False) -> set[str]:
    """Our own modules that a module imports at once (and late, where asked), without those for type checkers."""
    found: set[str] = set()

    def visit(body: list[ast.stmt]) -> None:
        for node in body:
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("eso_lint"):
                found.add(node.module)
            elif isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names if alias.name.startswith("eso_lint"))
            elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
                visit(node.orelse)
            elif late or not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                for field in ("body", "orelse", "finalbody"):
                    visit(getattr(node, field, []))

    visit(ast.parse(path.read_text()).body)
    return found


def layer(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_one_way(path: Path) -> None:
    parts = path.relative_to(ROOT / "eso_lint").with_suffix("").parts
    own = parts[0] if len(parts) > 1 else ""
    if own not in LAYERS:
        return
    for module in imports(path):
        other = layer(module)
        if other in SHARED - {"api"}:
            continue
        assert other in LAYERS, f"{module} is above {own}"
        assert LAYERS.index(other) <= LAYERS.index(own), f"{module} is above {own}"


@pytest.mark.parametrize("path", [p for p in MODULES if p.parent.parent == PACKAGE], ids=name_of)
def test_rules_import_only_the_api(path: Path) -> None:
    assert imports(path, late=True) <= {"eso_lint.api"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_stay_short(path: Path) -> None:
    if path.name not in GENERATED:
        assert len(path.read_text().splitlines()) <= 400


def test_what_is_generated_is_up_to_date() -> None:
    made = outputs()
    stale = [
        name_of(path) for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run `python -m eso_lint.rules`"
    assert set((ROOT / "rules").glob("*.md")) <= made.keys(), "run `python -m eso_lint.rules`"


def modules_after(*argv: str, cwd: Path, env: dict[str, str] | None = None) -> set[str]:
    """The modules that a run has imported when it ends."""
    code = "import sys; from eso_lint.__main__ import main; main(sys.argv[1:]); print('\\n' + ' '.join(sys.modules), file=sys.stderr)"
    # -S -E: nothing that the environment's start-up files import is counted as ours.
    import os

    paths = os.pathsep.join([str(ROOT), *(p for p in sys.path if p)])
    done = subprocess.run(
        [sys.executable, "-S", "-c", code, *argv],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": paths, **(env or {})},
    )
    return set(done.stderr.strip().splitlines()[-1].split())


def loaded(modules: set[str], names: tuple[str, ...]) -> list[str]:
    return sorted(m for m in modules for name in names if m == name or m.startswith(name + "."))


EXTERNAL_SECRET = """apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  refreshInterval: 1h
  secretStoreRef: {name: vault}
  target: {template: {data: {url: "https://\\u0065xample.org"}}}
  dataFrom:
    - extract: {key: shop/db}
"""


@pytest.mark.parametrize("format", ["text", "concise", "github"])
def test_a_plain_lint_imports_nothing_heavy(tmp_path: Path, format: str) -> None:
    (tmp_path / "es.yaml").write_text(EXTERNAL_SECRET)
    modules = modules_after("--no-plugins", "--format", format, "es.yaml", cwd=tmp_path)
    assert loaded(modules, FORBIDDEN) == []
    assert "yaml" in modules
    assert not loaded(modules, ("eso_lint.rules.tenancy", "eso_lint.rules.delivery")), "rules without a subject"


def test_a_run_without_the_operator_imports_next_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "cm.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n")
    modules = modules_after("cm.yaml", cwd=tmp_path)
    assert (
        loaded(modules, (*FORBIDDEN, "yaml", "pluggy", "dataclasses", "inspect", "argparse", "pathlib", "json")) == []
    )
    assert loaded(modules, ("eso_lint.model", "eso_lint.source.parse", "eso_lint.rules.references")) == []


def test_the_version_imports_nothing(tmp_path: Path) -> None:
    modules = modules_after("--version", cwd=tmp_path)
    assert loaded(modules, ("eso_lint",)) == ["eso_lint", "eso_lint.__main__"]


def test_hooks_are_documented() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    readme = (ROOT / "README.md").read_text()
    assert all(f"id: {hook['id']}" in readme or f"{hook['id']}:" in readme or hook["id"] in readme for hook in hooks)
    specs = re.findall(r"def (eso_lint_\w+)", (ROOT / "eso_lint" / "hookspecs.py").read_text())
    plugins = (ROOT / "docs" / "plugins.md").read_text()
    assert specs
    assert all(spec in plugins for spec in specs)


def test_config_keys_are_documented() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text()
    assert all(f"`{key.name}`" in text for key in CONFIG_KEYS.keys)


def test_config_examples_fit_the_schema() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    texts = [
        block
        for page in (ROOT / "README.md", ROOT / "docs" / "configuration.md")
        for block in re.findall(r"```yaml\n(.*?)```", page.read_text(), re.DOTALL)
        if re.search(r"^(profile|closed-world|exclude):", block, re.MULTILINE)
    ]
    assert texts
    for text in texts:
        jsonschema.validate(yaml.safe_load(text), schema)


def test_paths_named_in_prose_exist() -> None:
    for page in ("README.md", "CONTRIBUTING.md"):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / page).read_text()):
            assert (ROOT / target).exists(), f"{page} names {target}"
