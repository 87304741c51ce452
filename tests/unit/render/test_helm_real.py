"""Native charts against what the real helm makes of them: kept beside the fixtures, and fresh where there is a helm."""

from __future__ import annotations

from pathlib import Path

import pytest

from eso_lint.render.helm.chart_render import charts_of
from tests.compare_helm import alternatives, compare, expectation, helm, ours, verdict
from tests.compare_kustomize import FileSource, real

FIXTURES = FileSource(Path(__file__).parents[2] / "fixtures" / "helm")
CASES = [
    (directory, tuple(files))
    for directory in sorted(charts_of(FIXTURES).directories)
    if "/" not in directory
    for files in ([], *([path] for path in alternatives(FIXTURES, directory)))
]


@pytest.mark.parametrize(("directory", "files"), CASES)
def test_charts_print_what_helm_prints(directory: str, files: tuple[str, ...]) -> None:
    expected = (FIXTURES.root / expectation(directory, list(files))).read_bytes()
    assert verdict(ours(FIXTURES, directory, list(files)), real(expected), True).word == "agree"


@pytest.mark.parametrize(("directory", "files"), CASES)
def test_the_real_helm_still_prints_that(directory: str, files: tuple[str, ...]) -> None:
    binary = helm()
    if binary is None:
        pytest.skip("no helm: name one in ESO_LINT_HELM")
    found = compare(FIXTURES, directory, list(files), binary, True)
    assert found.word == "agree", found.detail
