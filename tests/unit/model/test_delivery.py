"""What may exist though it is not seen, and what names a file."""

from __future__ import annotations

import pytest

from eso_lint.config import Config
from eso_lint.model.delivery import left_out, mentions_path
from eso_lint.model.workspace import Workspace
from eso_lint.source.node import SourceFile


def workspace(files: dict[str, str], exclude: tuple[str, ...] = ()) -> Workspace:
    sources = {path: SourceFile(path, text.encode()) for path, text in files.items()}
    return Workspace((), Config(exclude=exclude), paths=frozenset(files), sources=sources)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("out/a.yaml", True),
        ("apps/out/a.yaml", True),
        ("apps/a.gen.yaml", True),
        ("apps/kept.gen.yaml", False),
        ("apps/deep/secret.yaml", True),
        ("deep/secret.yaml", False),
        ("vendor/x/a.yaml", True),
        ("third/party", True),
        ("third/party/deploy/a.yaml", True),
        ("third/partying", False),
        ("a.yaml", False),
    ],
)
def test_what_is_left_out(path: str, expected: bool) -> None:
    ws = workspace(
        {
            ".gitignore": "out/\n*.gen.yaml\n",
            "apps/.gitignore": "!kept.gen.yaml\ndeep/secret.yaml\n",
            ".gitmodules": '[submodule "party"]\n\tpath = third/party\n\turl = https://example.org/party\n',
        },
        exclude=("vendor/",),
    )
    assert ws.index(left_out)(path) is expected


def test_who_mentions_a_file() -> None:
    ws = workspace({"app/db.yaml": "x", "app/run.sh": "kubectl apply -f db.yaml", "README.md": "see app/store.yaml"})
    assert mentions_path(ws, "app/db.yaml")
    assert mentions_path(ws, "app/store.yaml")
    assert not mentions_path(ws, "other/db.yaml"), "the same name elsewhere"
