"""The rights that the generated objects need, from the tables by which the permission rules judge them."""

from __future__ import annotations

from functools import lru_cache

from eso_lint.iam.needs import Need, needs
from eso_lint.setup.answers import Answers
from eso_lint.setup.tenants import release_of


@lru_cache(maxsize=1)
def rights(answers: Answers) -> tuple[Need, ...]:
    """What all objects of the stores ask for, each right once for each resource, in the order of the tables."""
    from eso_lint.app import build, choose, interest_of, read
    from eso_lint.config import Config
    from eso_lint.model.kinds.store import Store
    from eso_lint.setup.objects import folder_of
    from eso_lint.source.node import SourceFile

    sources = {path: SourceFile(path, text.encode()) for path, text in sorted(folder_of(answers).items())}
    files, interest = choose(sources.values(), interest_of(()))
    config = Config(eso_version=str(release_of(answers)))
    ws = build(read(files, interest), config, frozenset(sources), sources)
    found = {(need.action, need.resource): need for store in ws.all(Store) for need in needs(store, ws)}
    return tuple(found.values())


def actions(answers: Answers) -> list[str]:
    return list(dict.fromkeys(need.action for need in rights(answers)))
