#!/usr/bin/env python3
"""eso-lint beside its peers, in one run, on generated repositories of 1, 1,000 and 10,000 files.

    python bench/compare.py [--files 1 1000 10000] [--rounds 7] [--install-peers] [--contract]

Prints a table of medians (whole-process wall, CPU of the process and its children, peak memory) and ratios to
`grep -r` and to a bare interpreter. Rounds are interleaved, so that a busy moment hits every tool. `--contract`
measures the speed contract of docs/design.md instead, one line each with its goal. Peers that are not installed are
left out and named; `--install-peers` puts the Python ones into .bench/peers. Nothing but our own corpus is read.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".bench"
PEERS = WORK / "peers"
TIMEOUT = 600


class Sample(NamedTuple):
    """One process: wall and CPU seconds, peak resident MB, exit code."""

    wall: float
    cpu: float
    rss: float
    code: int


def measure(argv: list[str], cwd: Path) -> Sample:
    """Run a command to its end and account for it and its children. Its output is thrown away."""
    start = time.perf_counter()
    process = subprocess.Popen(
        argv, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Sample(
        time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode
    )


def repository(name: str) -> Path:
    """An empty repository below the work folder; `.git` makes it a root of its own."""
    folder = WORK / name
    (folder / ".git").mkdir(parents=True, exist_ok=True)
    return folder


def corpus(files: int, seed: int = 1) -> Path:
    """A generated repository of that many YAML files; made once."""
    if files == 1:
        folder = repository("corpus-1")
        (folder / "externalsecret.yaml").write_text(ONE)
        return folder
    folder = WORK / f"corpus-{files}-{seed}"
    if not (folder / ".corpus.json").exists():
        shutil.rmtree(folder, ignore_errors=True)
        script = [
            sys.executable,
            str(ROOT / "bench/corpus.py"),
            str(folder),
            "--files",
            str(files),
            "--seed",
            str(seed),
        ]
        subprocess.run(script, check=True, stdout=subprocess.DEVNULL)
    return repository(folder.name)


ONE = """apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  namespace: shop
spec:
  refreshInterval: 1h
  secretStoreRef:
    kind: ClusterSecretStore
    name: vault
  target:
    name: db
  data:
    - secretKey: password
      remoteRef:
        key: shop/db
        property: password
"""


def tools(folder: Path, files: int) -> dict[str, list[str]]:
    """Commands by name, ours first; those that are not installed are absent."""
    here = [sys.executable, "-m", "eso_lint"]
    found = {
        "eso-lint": [*here, "check", "--exit-zero", "."],
        "eso-lint (strict)": [*here, "check", "--exit-zero", "--profile", "strict", "."],
        "grep -r": ["grep", "-r", "external-secrets.io", "."],
        "python -c pass": [sys.executable, "-c", "pass"],
        "PyYAML C load": [sys.executable, "-c", LOAD],
    }
    bin_dir = PEERS / "bin"
    manifests: list[Path] = []
    if files < 2000:
        manifests = sorted(p for p in folder.rglob("*.yaml") if b"kind: ExternalSecret" in p.read_bytes())
    schema = ROOT / "bench/externalsecret.schema.json"
    candidates = {
        "yamllint": [str(bin_dir / "yamllint"), "-d", "relaxed", "."],
        "checkov (kubernetes)": [
            str(bin_dir / "checkov"), "-d", ".", "--framework", "kubernetes", "--quiet", "--compact",
        ],
        "check-jsonschema (ES files)": [
            str(bin_dir / "check-jsonschema"), "--schemafile", str(schema), *(str(p) for p in manifests),
        ],
    }  # fmt: skip
    for name, argv in candidates.items():
        if Path(argv[0]).exists() and (manifests or not name.startswith("check-jsonschema")):
            found[name] = argv
    kubeconform = shutil.which("kubeconform")
    if kubeconform:
        found["kubeconform"] = [kubeconform, "-ignore-missing-schemas", "-summary", "."]
    return found


LOAD = """
import os, yaml
for base, _, names in os.walk("."):
    for name in names:
        if name.endswith((".yaml", ".yml")):
            try:
                with open(os.path.join(base, name), "rb") as stream:
                    for _ in yaml.load_all(stream, Loader=yaml.CSafeLoader): pass
            except yaml.YAMLError:
                pass
"""

SLOW = ("yamllint", "checkov (kubernetes)", "check-jsonschema (ES files)")


def rounds(commands: dict[str, list[str]], folder: Path, count: int, slow: int) -> dict[str, list[Sample]]:
    """Interleaved samples; slow peers run fewer times. One unmeasured run of ours warms the file cache."""
    samples: dict[str, list[Sample]] = {name: [] for name in commands}
    for argv in list(commands.values())[:1]:
        measure(argv, folder)
    for number in range(count):
        for name, argv in commands.items():
            if name not in SLOW or number < slow:
                samples[name].append(measure(argv, folder))
    return samples


def median(samples: list[Sample], field: str) -> float:
    return statistics.median(getattr(sample, field) for sample in samples)


def ratio(ours: list[Sample], theirs: list[Sample], field: str = "cpu") -> float:
    """Median of the per-round ratios (of medians where the counts differ)."""
    if len(ours) == len(theirs):
        pairs = zip(ours, theirs, strict=True)
        return statistics.median(getattr(a, field) / max(getattr(b, field), 1e-4) for a, b in pairs)
    return median(ours, field) / max(median(theirs, field), 1e-4)


def table(files: int, count: int) -> None:
    folder = corpus(files)
    commands = tools(folder, files)
    samples = rounds(commands, folder, count, 1 if files >= 5000 else 3)
    grep, bare = samples["grep -r"], samples["python -c pass"]
    print(f"\n{files:,} file{'s' if files > 1 else ''}, medians of {count} interleaved rounds")
    print(f"{'tool':30} {'wall s':>8} {'CPU s':>8} {'RSS MB':>8} {'x grep':>8} {'x python':>9}")
    for name, rows in samples.items():
        print(
            f"{name:30} {median(rows, 'wall'):8.3f} {median(rows, 'cpu'):8.3f} {median(rows, 'rss'):8.1f} "
            f"{ratio(rows, grep):8.1f} {ratio(rows, bare):9.1f}"
        )


def contract(count: int) -> int:
    """The ten lines of the speed contract; the number of goals missed."""
    missed = 0

    def line(number: str, what: str, got: float, goal: float, at_least: bool = False) -> None:
        nonlocal missed
        good = got >= goal if at_least else got <= goal
        missed += not good
        print(f"{number:>3} {'ok ' if good else 'MISS'} {what:62} {got:8.2f}  goal {'>=' if at_least else '<='} {goal}")

    big, small, one = corpus(10_000), corpus(1_000), corpus(1)
    s = rounds({k: v for k, v in tools(big, 10_000).items() if k not in SLOW}, big, count, 1)
    line("1", "cold 10k, default rules: CPU x grep -r", ratio(s["eso-lint"], s["grep -r"]), 10)
    line("1", "cold 10k, default rules: CPU x bare PyYAML C load", ratio(s["eso-lint"], s["PyYAML C load"]), 0.5)
    line("2", "cold 10k, strict profile: CPU x grep -r", ratio(s["eso-lint (strict)"], s["grep -r"]), 20)
    if "kubeconform" in s:
        line(
            "2",
            "cold 10k, strict profile: wall x kubeconform",
            ratio(s["eso-lint (strict)"], s["kubeconform"], "wall"),
            1,
        )
    bare = s["python -c pass"]
    line("7", "peak memory at 10k x python -c pass", ratio(s["eso-lint"], bare, "rss"), 5)
    rss_10k, cpu_10k = median(s["eso-lint"], "rss"), s["eso-lint"]
    s = rounds(tools(small, 1_000), small, count, 3)
    for peer, goal in (("yamllint", 20), ("checkov (kubernetes)", 25)):
        if peer in s:
            line("3", f"cold 1k: times faster (CPU) than {peer}", ratio(s[peer], s["eso-lint"]), goal, at_least=True)
    here = [sys.executable, "-m", "eso_lint"]
    unrelated = repository("unrelated")
    (unrelated / "service.yaml").write_text("apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n")
    starts: dict[str, tuple[list[str], Path, float]] = {
        "--version": ([*here, "--version"], one, 1.3),
        "--help": ([*here, "--help"], one, 3),
        "one unrelated file": ([*here, "check", "--exit-zero", "."], unrelated, 2.5),
        "one ExternalSecret": ([*here, "check", "--exit-zero", "."], one, 5.5),
    }
    samples: dict[str, list[Sample]] = {name: [] for name in ("python -c pass", *starts)}
    for _ in range(max(count, 15)):
        samples["python -c pass"].append(measure([sys.executable, "-c", "pass"], one))
        for name, (argv, folder, _goal) in starts.items():
            samples[name].append(measure(argv, folder))
    for name, (_, _, goal) in starts.items():
        line("5", f"{name}: CPU x python -c pass", ratio(samples[name], samples["python -c pass"]), goal)
    large = corpus(30_000, 3)
    rows = rounds({"eso-lint": tools(large, 30_000)["eso-lint"]}, large, min(count, 3), 1)["eso-lint"]
    line("7", "memory growth, MB a further 10k files", (median(rows, "rss") - rss_10k) / 2, 12)
    line("8", "30k / 10k files: CPU", median(rows, "cpu") / median(cpu_10k, "cpu"), 3.3)
    one_file, many = split_corpus(500)
    pair: dict[str, list[Sample]] = {"one": [], "many": []}
    for _ in range(count):
        pair["one"].append(measure([*here, "check", "--exit-zero", "."], one_file))
        pair["many"].append(measure([*here, "check", "--exit-zero", "."], many))
    line("8", "500 documents in one file / in 500 files: CPU", ratio(pair["one"], pair["many"]), 1.3)
    for name, folder in hostile().items():
        line("9", f"hostile 1 MB, {name}: wall s", measure([*here, "check", "--exit-zero", "."], folder).wall, 2)
    return missed


def split_corpus(count: int) -> tuple[Path, Path]:
    """The same documents in one file, and one a file."""
    one, many = repository("documents-one"), repository("documents-many")
    documents = [ONE.replace("name: db", f"name: db-{i}") for i in range(count)]
    (one / "all.yaml").write_text("---\n".join(documents))
    for i, text in enumerate(documents):
        (many / f"es-{i}.yaml").write_text(text)
    return one, many


def hostile() -> dict[str, Path]:
    """Folders with one hostile file of about 1 MB each."""
    head = "# external-secrets.io\n"
    bomb = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 40))
    texts: dict[str, Callable[[], str]] = {
        "nesting": lambda: head + "[" * 1_000_000,
        "block nesting": lambda: head + "".join(" " * i + "a:\n" for i in range(1_400)),
        "alias bomb": lambda: head + bomb + "# pad\n" * 150_000,
        "one long line": lambda: head + "a: '" + "x" * 1_000_000 + "'\n",
        "open quotes": lambda: head + 'a: "{{ \n' * 120_000,
        "many documents": lambda: ("---\n" + head) * 40_000,
        "merge keys": lambda: head + "a: &a {k: v}\n" + "".join(f"b{i}: {{<<: *a}}\n" for i in range(50_000)),
        "braces": lambda: head + "{{" * 500_000,
    }
    folders = {}
    for name, make in texts.items():
        folder = repository("hostile-" + name.replace(" ", "-"))
        (folder / "hostile.yaml").write_text(make())
        folders[name] = folder
    return folders


def install_peers() -> None:
    """The Python peers into their own environment."""
    if not (PEERS / "bin/python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEERS)], check=True)
    packages = ["yamllint", "checkov", "check-jsonschema"]
    subprocess.run([str(PEERS / "bin/python"), "-m", "pip", "install", "--quiet", *packages], check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--files", type=int, nargs="+", default=[1, 1_000, 10_000])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--install-peers", action="store_true")
    parser.add_argument("--contract", action="store_true")
    options = parser.parse_args()
    WORK.mkdir(exist_ok=True)
    # As an installer does; without bytecode every run would compile us anew.
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(ROOT / "eso_lint")], check=True)
    if options.install_peers:
        install_peers()
    if options.contract:
        return 1 if contract(options.rounds) else 0
    for files in options.files:
        table(files, options.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
