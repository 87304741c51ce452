"""Installs in Terraform: what counts as the block's own, what a value resolves to, and files that mean harm."""

from __future__ import annotations

import time

import pytest

from eso_lint.model.installs_terraform import terraform_installs
from eso_lint.model.kinds.install import OperatorInstall
from eso_lint.source.node import Scalar, SourceFile

HEAD = 'resource "helm_release" "eso" {\n  chart = "external-secrets"\n'


def installs(text: str) -> list[OperatorInstall]:
    return list(terraform_installs({"main.tf": SourceFile("main.tf", text.encode())}))


def version(body: str, rest: str = "") -> str | None:
    (found,) = installs(HEAD + body + "\n}\n" + rest)
    return found.version


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('  version = "1.0.0"', "1.0.0"),
        ('  # version = "9.9.9"\n  version = "1.0.0"', "1.0.0"),
        ('  /* version = "9.9.9" */\n  version = "1.0.0"', "1.0.0"),
        ('  values = [<<-EOT\n    version = "9.9.9"\n    }\n  EOT\n  ]\n  version = "1.0.0"', "1.0.0"),
        ('  values = [yamlencode({ version = "9.9.9" })]\n  version = "1.0.0"', "1.0.0"),
        ('  description = "a } brace"\n  version = "1.0.0"', "1.0.0"),
        ('  values = [yamlencode({ version = "9.9.9" })]', None),
        ('  version = "${var.version}"', None),
        ("  version = local.there", "1.1.0"),
        ("  version = local.missing", None),
        ("  version = var.eso_chart", "1.2.0"),
    ],
)
def test_the_version_is_the_blocks_own(body: str, expected: str | None) -> None:
    rest = 'locals {\n  there = "1.1.0"\n}\nvariable "eso_chart" {\n  type = string\n  default = "1.2.0"\n}\n'
    assert version(body, rest) == expected


def test_single_values_and_their_places() -> None:
    body = '  set {\n    name  = "podAnnotations.a\\\\.b"\n    value = true\n  }\n  version = "1.0.0"'
    (found,) = installs(HEAD + body + "\n}\n")
    ((name, node),) = found.parameters.items()
    assert name == "podAnnotations.a.b"
    assert isinstance(node, Scalar) and node.value is True and node.span.text == "true"


def test_other_charts_are_none() -> None:
    text = 'resource "helm_release" "x" {\n  chart = "other"\n}\n# external-secrets\n'
    assert installs(text) == []


@pytest.mark.parametrize(
    "piece", ["<<X\n", "/*", "{", "}", '"', "<<X\nX\n", HEAD, "  set {\n", "external_secrets = {\n"]
)  # fmt: skip
def test_files_without_end_are_read_in_time(piece: str) -> None:
    start = time.process_time()
    for text in (HEAD + piece * (400_000 // len(piece)), piece * (400_000 // len(piece)) + HEAD):
        installs(text)
    assert time.process_time() - start < 3
