"""Everything that `eso-lint init` writes, from the answers."""

from __future__ import annotations

from eso_lint.setup.answers import Answers


def generate(answers: Answers) -> dict[str, str]:
    """Path -> text, by path. The same answers give the same bytes."""
    from eso_lint.setup import delivery, house, objects, operator, provider_side
    from eso_lint.setup.notes import notes

    files = {**objects.folder_of(answers), **operator.folder_of(answers), **provider_side.folder_of(answers)}
    folders = sorted({path.split("/")[0] for path in files if path.endswith("kustomization.yaml")})
    files |= delivery.files(answers, folders)
    files |= house.files(answers)
    files["NOTES.md"] = notes(answers, list(files))
    return dict(sorted(files.items()))
