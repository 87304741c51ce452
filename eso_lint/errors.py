"""The only exceptions raised on purpose. Each ends the run with exit code 2."""

from __future__ import annotations


class EsoLintError(Exception):
    """The job cannot be done as asked. `hint` says what to do next."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(EsoLintError):
    """A wrong flag, path, rule name or combination on the command line."""


class ConfigError(EsoLintError):
    """A wrong configuration file; the message holds `path:line:column`."""


class PluginError(EsoLintError):
    """A plug-in that cannot be loaded, named with its distribution."""


class RuleError(EsoLintError):
    """A rule raised: our own bug (or a plug-in's). The run stops, since a lost rule must not look like a clean run."""
