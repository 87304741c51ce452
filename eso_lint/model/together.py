"""Whether two objects can be applied to one cluster, as far as files tell: by worlds, kustomize roots and paths."""

from __future__ import annotations

from eso_lint.model.resource import Resource
from eso_lint.regex import pattern

# Names of directories and files that stand for one of several environments, clusters or regions.
_ENVIRONMENT = pattern(
    r"""(?ix)
    (?:.*[-_.])?
    (?: dev|devel|development|test|tests|testing|qa|staging|stage|stg|prod|prd|production|preprod|pre-prod|uat|int|sit
      | integration|preview|sandbox|demo|local|mgmt|management|hub|spoke|workload|canary|live|ci|dr|nonprod|non-prod
      | perf|lab|edge|region|cluster|env
      | (?:dev|int|test|qa|stg|prod|uat|env|cluster|clusters|ring|region|node|nas|site)[-_]?\d+
      | (?:us|eu|ap|sa|ca|me|af|il|cn|asia|europe|australia|northamerica|southamerica)-?[a-z]+-?\d[a-z]?
    )
    (?:[-_.].*)?""",
)
_RING = pattern(r"(?i)(?:ring|cluster|env|region)[-_].+")
_IDLE = pattern(r"(?i)_?(?:archived?|old|deprecated|disabled|templates?|scaffold\w*|backups?|tests?)")
_DOCUMENTATION = pattern(r"(?i)docs?|documentation|snippets?|examples?|samples?|testdata")
_SUFFIX = pattern(r"\.(?:ya?ml|json)\Z")


def may_meet(a: Resource, b: Resource) -> bool:
    """Whether both are plausibly applied together. Where the files leave a doubt, they are not.

    Templates with conditions, what different kustomizations bring, and paths that part at an environment do not meet.
    """
    one, other = a.placement, b.placement
    if a.world != b.world or not (one.deployed and other.deployed):
        return False
    if a.document.dialect != "plain" or b.document.dialect != "plain":
        return False
    if one.units or other.units:
        # One declaration that brings both settles it, and so does one cluster.
        return bool(one.units & other.units) or (one.declared and other.declared)
    return a.file is b.file or not parted(a.file.path, b.file.path)


def together(a: Resource, b: Resource) -> bool:
    """Whether both are certainly applied as one: by one declaration, or from one file of which none is known."""
    one, other = a.placement.units, b.placement.units
    return bool(one & other) or (a.file is b.file and not one and not other)


def one_source(a: Resource, b: Resource) -> bool:
    """Whether both are deliveries of one written object."""
    return a.document is b.document and a.root.start == b.root.start


def parted(a: str, b: str) -> bool:
    """Whether two paths part at something that stands for an environment, or one of them is idle (an archive).

    Files of one name in two directories are copies for two clusters more often than a slip, whatever the directories
    are called. Examples in documentation are never applied together.
    """
    one, other = (_SUFFIX.sub("", path).split("/") for path in (a, b))
    if any(_DOCUMENTATION.fullmatch(part) for part in (*one[:-1], *other[:-1])):
        return True
    while one and other and one[0] == other[0]:
        del one[0], other[0]
    if one and other and one[-1] == other[-1]:
        return True
    if any(_IDLE.fullmatch(part) for part in (*one[:-1], *other[:-1])):
        return True
    return any(is_environment(part) for part in (*one, *other))


def idle(path: str) -> bool:
    """Whether a path lies in a directory for what is not deployed: an archive, scaffolding, examples."""
    return any(_IDLE.fullmatch(part) or _DOCUMENTATION.fullmatch(part) for part in path.split("/")[:-1])


def is_environment(name: str) -> bool:
    """Whether a directory or file stem names one of several environments: `prod`, `app-dev`, `ring-1`, `us-east-1`."""
    return _ENVIRONMENT.fullmatch(name) is not None or _RING.fullmatch(name) is not None
