"""eso-lint: a static linter for GitOps repositories that use the External Secrets Operator."""

__version__ = "0.1.0"

# The project's public address; helpUri, informationUri and links in reports are made from it.
HOMEPAGE = "https://github.com/eso-lint/eso-lint"
