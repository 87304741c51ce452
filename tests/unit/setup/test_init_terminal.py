"""`eso-lint init` on a pseudo-terminal: keys, numbers, back, a bad answer, a change in the summary, Ctrl-C."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")

UP, DOWN, LEFT, ESCAPE, ENTER = "\x1b[A", "\x1b[B", "\x1b[D", "\x1b", "\r"
CTRL_C, CTRL_D, DELETE = "\x03", "\x04", "\x7f"
KNOWN = ("--account", "123456789012", "--region", "eu-central-1", "--issuer", "https://oidc.example.com/id/A")


class Terminal:
    """A run whose streams are a terminal of its own."""

    def __init__(self, folder: Path, *argv: str, term: str = "xterm") -> None:
        self.handle, slave = pty.openpty()
        # Wide and high: nothing wraps, nothing scrolls.
        fcntl.ioctl(slave, termios.TIOCSWINSZ, b"\x50\x00\xf0\x00\x00\x00\x00\x00")
        env = {**os.environ, "TERM": term, "PYTHONPATH": str(Path(__file__).parents[3])}
        for name in ("NO_COLOR", "FORCE_COLOR", "ESO_LINT_COLOR", "CI", "COLUMNS", "LINES"):
            env.pop(name, None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "eso_lint", "init", *argv],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=folder,
            env=env,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)
        self.shown = ""
        self.seen = 0

    def expect(self, text: str) -> None:
        """Wait until the text is shown, after all that was waited for before."""
        deadline = time.monotonic() + 15
        while True:
            at = self.shown.find(text, self.seen)
            if at >= 0:
                self.seen = at + len(text)
                return
            assert time.monotonic() < deadline and self._read(), f"{text!r} is not in:\n{self.shown[self.seen :]}"

    def _read(self) -> bool:
        if not select.select([self.handle], [], [], 1)[0]:
            return True
        try:
            data = os.read(self.handle, 65536).decode("utf-8", "replace")
        except OSError:  # the other side is closed
            return False
        self.shown += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", data).replace("\r", "")
        return bool(data)

    def send(self, text: str) -> None:
        os.write(self.handle, text.encode())

    def end(self) -> int:
        while self._read() and self.process.poll() is None:
            pass
        while self._read() and select.select([self.handle], [], [], 0)[0]:
            pass
        return self.process.wait(30)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[type[Terminal]]:
    started: list[Terminal] = []

    class Here(Terminal):
        def __init__(self, *argv: str, term: str = "xterm") -> None:
            super().__init__(tmp_path, *argv, term=term)
            started.append(self)

    yield Here  # type: ignore[misc]
    for terminal in started:
        if terminal.process.poll() is None:
            terminal.process.kill()
            terminal.process.wait()
        os.close(terminal.handle)


# The last line of a menu.
MENU = "goes back"


def choose(terminal: Terminal, question: str, keys: str) -> None:
    terminal.expect(question)
    terminal.expect(MENU)
    terminal.send(keys + ENTER)


def line(terminal: Terminal, question: str, text: str) -> None:
    terminal.expect(question)
    terminal.expect("> ")
    terminal.send(text + ENTER)


def test_a_whole_conversation(start: type[Terminal], tmp_path: Path) -> None:
    run = start(*KNOWN)
    choose(run, "How many teams", "")  # the first is marked
    run.expect("> many")
    choose(run, "Which platform", DOWN + DOWN + UP + UP)
    run.expect("> eks")
    choose(run, "Which provider", "2")
    run.expect("> aws-parameter-store")
    line(run, "Which path", "prod/*")  # a parameter's name begins with a slash
    run.expect("will not do: begins with /")
    run.expect("Which path")
    run.expect("[/prod/{namespace}/*] > ")
    run.send(ENTER)
    line(run, "Which namespaces", "<")  # back one question
    line(run, "Which path", "/live/{namespace}/*")
    line(run, "Which namespaces", "team-a, team-b")
    line(run, "Which release", "1.3")
    choose(run, "How does the store log in", "irsa")
    choose(run, "pushed to the provider", "")
    choose(run, "hardening", "no")
    choose(run, "applies the manifests", "")
    line(run, "In which folder", "here")
    run.expect("Summary")
    run.expect("/live/{namespace}/*")
    run.expect("team-a, team-b")
    assert not (tmp_path / "here").exists(), "nothing is written before the summary is agreed to"
    run.expect("Enter writes")
    number = re.findall(r"^ +(\d+)  hardened +no$", run.shown, re.MULTILINE)[-1]
    run.send(number + ENTER)
    choose(run, "hardening", "yes")
    run.expect("Summary")
    run.expect("Enter writes")
    assert re.search(r"^ +\d+  hardened +yes$", run.shown, re.MULTILINE)
    run.send(ENTER)
    assert run.end() == 0, run.shown
    assert "files written" in run.shown
    config = (tmp_path / "here" / ".eso-lint.yaml").read_text()
    assert "/live/{namespace}/*" in config


def test_back_a_bad_choice_and_an_earlier_answer_that_changes_the_rest(start: type[Terminal], tmp_path: Path) -> None:
    run = start("--namespaces", "shop", "--no-push", "-o", "-", "--gitops", "none")
    run.expect("How many teams")
    run.expect(MENU)
    run.send(LEFT)  # nothing is before the first question
    run.expect("this is the first question")
    choose(run, "How many teams", DOWN)
    run.expect("> one")
    choose(run, "Which platform", "cloud")
    run.expect("no `cloud`: one of eks, gke")
    choose(run, "Which platform", "9" + DELETE + "open")
    run.expect("> openshift")
    choose(run, "Which provider", "vualt")
    run.expect("did you mean `vault`?")
    choose(run, "Which provider", UP)  # round to the last
    run.expect("> bitwarden")
    run.expect("Which path")
    run.send("<" + ENTER)
    choose(run, "Which provider", "akeyless")  # one of those that are chosen by name
    run.expect("Which path")
    run.send("<" + ENTER)
    run.expect("Which provider")
    run.expect(MENU)
    run.send(ESCAPE)
    choose(run, "Which platform", "kind")
    choose(run, "Which provider", "doppler")
    line(run, "Which path", "")
    line(run, "Which release", "0.15")
    run.expect("does not serve v1")
    run.expect("> ")
    run.send("0.20" + ENTER)
    choose(run, "How does the store log in", "oidc")  # not before 1.2
    run.expect("`oidc` does not go with doppler and kind: one of static")
    choose(run, "How does the store log in", "")
    line(run, "Which Doppler project", "shop")
    line(run, "Which config of Doppler", "")
    choose(run, "hardening", "")
    run.expect("Summary")
    run.expect("Enter writes")
    run.send("what" + ENTER)
    run.expect("`what` is none of these")
    run.expect("Enter writes")
    run.send("3" + ENTER)
    choose(run, "Which provider", "gcp")
    run.expect("> gcp-secret-manager")
    line(run, "Which path", "prod-{namespace}-*")  # Doppler's will not do here
    run.expect("project: `shop` will not do")  # so is the project; the rest stays
    line(run, "Which Google project", "shop-prod")
    run.expect("Summary")
    run.expect("gcp-secret-manager")
    run.expect("Enter writes")
    run.send(ENTER)
    assert run.end() == 0, run.shown
    assert "# file: .eso-lint.yaml" in run.shown
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("where", ["menu", "line", "summary"])
def test_an_interruption_leaves_nothing(start: type[Terminal], tmp_path: Path, where: str) -> None:
    some = (
        "--platform",
        "eks",
        "--provider",
        "aws-secrets-manager",
        "--path",
        "prod/*",
        *KNOWN,
        "--eso-version",
        "2.9",
    )
    run = start(*some, "--auth", "irsa", "--no-push", "--hardened", "--gitops", "none", "-o", "here")
    before = termios.tcgetattr(run.handle)
    run.expect("How many teams")
    run.expect(MENU)
    if where != "menu":
        run.send("one" + ENTER)
        run.expect("Which namespaces")
        run.expect("> ")
        if where == "summary":
            run.send("shop" + ENTER)
            run.expect("Summary")
            run.expect("Enter writes")
    run.send(CTRL_C)
    run.expect("interrupted")
    assert run.end() == 130
    assert termios.tcgetattr(run.handle) == before, "the terminal is as it was"
    assert list(tmp_path.iterdir()) == []


def test_the_end_of_input_and_q_write_nothing(start: type[Terminal], tmp_path: Path) -> None:
    some = (
        "--teams",
        "one",
        "--platform",
        "kind",
        "--path",
        "shop-*",
        "--provider",
        "kubernetes",
        "--eso-version",
        "2.33",
    )
    more = ("--auth", "kubernetes", "--no-push", "--no-hardened", "--gitops", "none", "--remote-namespace", "x")
    run = start(*some, *more, "-o", "here")
    run.expect("eso-version: 2.33 is newer than this program")  # a flag that will not do is asked again
    line(run, "Which release", "2.9")
    run.expect("Which namespaces")
    run.expect("> ")
    run.send(CTRL_D)
    assert run.end() == 130
    run = start(*some[:-1], "2.9", *more, "-o", "here", "--namespaces", "shop")
    run.expect("Enter writes")
    run.send("q" + ENTER)
    assert run.end() == 130
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_without_keys_takes_numbers_and_names(start: type[Terminal], tmp_path: Path) -> None:
    run = start("--namespaces", "shop", "--vault-url", "https://vault.example.com", "-o", "here", term="dumb")
    line(run, "How many teams", "2")
    line(run, "Which platform", "6")
    line(run, "Which provider", "vault")
    line(run, "Which path", "secret/data/shop/*")
    line(run, "Which release", "")
    line(run, "How does the store log in", "")
    line(run, "pushed to the provider", "maybe")
    run.expect("`maybe` is neither yes nor no")
    line(run, "pushed to the provider", "n")
    line(run, "hardening", "")
    line(run, "applies the manifests", "1")
    run.expect("Summary")
    run.expect("Enter writes")
    run.send("<" + ENTER)  # back from the summary: the last question
    line(run, "applies the manifests", "flux")
    line(run, "Which Git repository", "nowhere")
    run.expect("will not do: its URL")
    run.expect("> ")
    run.send("https://git.example.com/shop/gitops" + ENTER)
    run.expect("Enter writes")
    run.send("y" + ENTER)
    assert run.end() == 0, run.shown
    assert (tmp_path / "here" / "external-secrets" / "kustomization.yaml").exists()


def test_files_in_the_way_are_told_and_the_folder_is_asked_again(start: type[Terminal], tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "NOTES.md").write_text("mine\n")
    some = (
        "--teams",
        "one",
        "--platform",
        "kind",
        "--path",
        "shop-*",
        "--provider",
        "kubernetes",
        "--eso-version",
        "2.9",
    )
    more = ("--auth", "kubernetes", "--no-push", "--no-hardened", "--gitops", "none", "--remote-namespace", "x")
    run = start(*some, *more, "-o", "here", "--folder", ".", "--namespaces", "shop")
    run.expect("`here` holds files that say something else: NOTES.md")
    line(run, "In which folder", "there")
    run.expect("Enter writes")
    run.send(ENTER)
    assert run.end() == 0, run.shown
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["NOTES.md"]
    assert (tmp_path / "there" / ".eso-lint.yaml").exists()


def test_yes_asks_nothing_on_a_terminal_either(start: type[Terminal], tmp_path: Path) -> None:
    run = start("--yes", "--teams", "one")
    run.expect("answers missing: --platform, --provider, --path, --namespaces")
    assert run.end() == 2
    some = ("--platform", "kind", "--provider", "kubernetes", "--path", "shop-*", "--namespaces", "shop")
    run = start("-y", "--teams", "one", *some, "--remote-namespace", "shared")
    run.expect("files written")
    assert run.end() == 0
    assert (tmp_path / "external-secrets" / "NOTES.md").exists()
