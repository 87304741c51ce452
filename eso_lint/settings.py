"""Effective settings of a run and where each comes from: defaults < file < environment < flags."""

from __future__ import annotations

import os

from eso_lint.config import Config
from eso_lint.errors import ConfigError, UsageError
from eso_lint.lint.select import Level, Selection, check_words
from eso_lint.options import CommandLine, one_of
from eso_lint.record import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from eso_lint.lint.entry import Entry
    from eso_lint.source.node import Span

_MAX_SIZE = 1_000_000


class Settings:
    """`levels` are the selection words of file and flags, in order. `origins` says of each key where it was set.

    `places` are the spans of what the file says; `path` is the configuration file as shown, "" where there is none.
    """

    __slots__ = ("config", "levels", "origins", "path", "places", "warnings")

    def __init__(
        self,
        config: Config,
        levels: tuple[Level, Level],
        origins: dict[str, str],
        places: dict[tuple[str | int, ...], Span],
        path: str,
        warnings: tuple[str, ...],
    ) -> None:
        self.config = config
        self.levels = levels
        self.origins = origins
        self.places = places
        self.path = path
        self.warnings = warnings

    def selection(self, entries: Iterable[Entry]) -> Selection:
        """The rules that are on; a word that means no rule is refused where it stands."""
        known = tuple(entries)
        self._check(known)
        return Selection(known, self.config.profile, self.levels, self.config.overrides)

    def _check(self, entries: tuple[Entry, ...]) -> None:
        file, flags = self.levels
        for words, key in ((flags.select, "--select"), (flags.ignore, "--ignore")):
            check_words(
                words,
                entries,
                lambda word, near, key=key: UsageError(f"`{key}`: no rule `{word}`", _near(near)),  # type: ignore[misc]
            )
        written = [((key, i), word) for key in ("select", "ignore") for i, word in enumerate(getattr(file, key))]
        for n, override in enumerate(self.config.overrides):
            for key in ("select", "ignore"):
                written += [(("overrides", n, key, i), word) for i, word in enumerate(getattr(override, key))]  # type: ignore[misc]
        for place, word in written:
            check_words((word,), entries, lambda w, near, place=place: self._refuse(w, near, place))  # type: ignore[misc]

    def _refuse(self, word: str, near: str, place: tuple[str | int, ...]) -> ConfigError:
        from eso_lint.configfile import error

        return error(f"no rule `{word}`", self.places[place], _near(near))


def _near(word: str) -> str:
    return f"did you mean `{word}`?" if word else "`eso-lint rules` lists them"


def load(line: CommandLine, root: str) -> Settings:
    """Settings for a command line and a repository root."""
    config, path = Config(), ""
    places: dict[tuple[str | int, ...], Span] = {}
    warnings: tuple[str, ...] = ()
    isolated = line.has("isolated")
    named = line.text("config")
    source = "--config"
    if named is None and not isolated and os.environ.get("ESO_LINT_CONFIG"):
        named, source = os.environ["ESO_LINT_CONFIG"], "ESO_LINT_CONFIG"
    if named is not None:
        if isolated:
            raise UsageError("`--isolated` and `--config` contradict each other", "drop one of them")
        if not os.path.isfile(named):
            raise _no_config(source, named)
        config, places, path = _read(named, named)
    elif not isolated:
        from eso_lint.configfind import find_config

        name, warnings = find_config(root)
        if name:
            config, places, path = _read(name, os.path.join(root, name))
    origins = dict.fromkeys((name.replace("_", "-") for name in Config._fields), "default")
    for place, span in places.items():
        if len(place) == 1:
            origins[str(place[0])] = f"{path}:{span.file.position(span.start)[0]}"
    file_level = Level(config.select, config.ignore)
    flags: dict[str, object] = {}
    for key in ("profile", "fail_on", "eso_version"):
        if line.text(key) is not None:
            flags[key] = line.text(key)
    if line.has("closed_world"):
        flags["closed_world"] = True
    for key in ("select", "ignore", "exclude"):
        if line.list(key):
            flags[key] = (*getattr(config, key), *line.list(key))
    if line.list("render"):
        flags["render"] = line.list("render")
        _find_tools(line.list("render"))
    for key in flags:
        name = key.replace("_", "-")
        adds = key in ("select", "ignore", "exclude") and origins[name] != "default"
        origins[name] = f"{origins[name]}, --{name}" if adds else f"--{name}"
    config = config._replace(**flags)  # type: ignore[arg-type]
    levels = (file_level, Level(line.list("select"), line.list("ignore")))
    return Settings(config, levels, origins, places, path, warnings)


def _no_config(source: str, named: str) -> UsageError:
    if os.path.lexists(named):
        return UsageError(f"{source}: cannot read `{named}`", "the configuration must be a file")
    from eso_lint.suggest import closest

    folder, name = os.path.split(named)
    near = closest(name, os.listdir(folder or ".") if os.path.isdir(folder or ".") else ())
    hint = f"did you mean `{os.path.join(folder, near)}`?" if near else "its path is taken from the current directory"
    return UsageError(f"{source}: no file `{named}`", hint)


def _find_tools(tools: tuple[str, ...]) -> None:
    """UsageError where a tool that is to be run is unknown, or not there."""
    for tool in tools:
        one_of(tool, ("helm", "kustomize"), "`--render`")
        if tool == "helm":
            from eso_lint.render.helm.binary import find_helm

            found = find_helm() is not None
        else:
            from eso_lint.render.kustomize.binary import find_kustomize

            found = find_kustomize() is not None
        if not found:
            also = " (nor kubectl)" if tool == "kustomize" else ""
            raise UsageError(
                f"`--render {tool}`: there is no {tool}{also} on PATH", "without it the native reading holds"
            )


def _read(shown: str, location: str) -> tuple[Config, dict[tuple[str | int, ...], Span], str]:
    from eso_lint.configfile import read_config
    from eso_lint.source.node import SourceFile

    try:
        with open(location, "rb") as stream:
            data = stream.read(_MAX_SIZE + 1)
    except OSError as error:
        raise ConfigError(f"cannot read `{shown}`: {error.strerror}", "--isolated runs without it") from None
    if len(data) > _MAX_SIZE:
        raise ConfigError(f"`{shown}` is larger than {_MAX_SIZE:,} bytes", "this is no configuration file")
    loaded = read_config(SourceFile(shown, data))
    return loaded.config, loaded.places, shown


def setting(line: CommandLine, key: str, default: str) -> str:
    """A flag's value, else its environment variable's, else the default."""
    value = line.text(key)
    if value is None and not line.has("isolated"):
        value = os.environ.get(f"ESO_LINT_{key.upper()}")
    return value or default


def use_color(line: CommandLine, stream: TextIO) -> bool:
    """Flag, then ESO_LINT_COLOR, then NO_COLOR and FORCE_COLOR, then whether the stream is a terminal."""
    when = one_of(setting(line, "color", "auto"), ("auto", "always", "never"), "`--color`")
    if when != "auto":
        return when == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return bool(stream.isatty()) and os.environ.get("TERM") != "dumb"
