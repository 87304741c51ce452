"""Answers that were given: by flags, and by a file. A flag wins over the file."""

from __future__ import annotations

from typing import NamedTuple

from eso_lint.errors import UsageError
from eso_lint.options import CommandLine, Option
from eso_lint.setup.question import Question, Value
from eso_lint.setup.questions import BY_KEY, QUESTIONS
from eso_lint.source.node import Mapping, Node, Scalar, Sequence, SourceFile
from eso_lint.source.parse import parse


class Given(NamedTuple):
    """One answer as it came, and where it stands: `--account`, or `answers.yaml:4:10`."""

    value: Value
    where: str


def flags() -> tuple[Option, ...]:
    """The flags of `eso-lint init`: one for each question, two for a yes or no."""
    made = [
        Option("answers", "FILE", "answers from a file, YAML or JSON (`-`: standard input); flags win over it"),
        Option("yes", "", "ask nothing: take the defaults, and name what is missing", short="y"),
        Option("questions", "", "print all questions as JSON Schema, and stop"),
        Option("diff", "", "show what would change in the folder and write nothing; exit code 1 where something would"),
        Option("force", "", "write over files that say something else"),
    ]
    for question in QUESTIONS:
        if question.kind == "switch":
            made += [Option(question.flag, "", question.text), Option(f"no-{question.flag}", "", "or not")]
            continue
        shown = ", ".join(choice.value for choice in question.choices if choice.shown)
        hint = shown or (question.forms[0].hint if len(question.forms) == 1 else _asked_for(question))
        made.append(
            Option(
                question.flag,
                "NAMES" if question.kind == "list" else "TEXT",
                f"{question.text} {hint}".strip(),
                many=question.kind == "list",
                split=question.kind == "list",
                short="o" if question.key == "output" else "",
            )
        )
    return tuple(made)


def _asked_for(question: Question) -> str:
    """The providers that a question is about, where it is not about all."""
    names = [str(name) for form in question.forms for name in form.when.get("provider", ())]  # type: ignore[union-attr]
    return f"({', '.join(dict.fromkeys(names))})" if question.forms[-1].when and names else ""


def from_flags(line: CommandLine) -> dict[str, Given]:
    """What the command line answers."""
    found: dict[str, Given] = {}
    for question in QUESTIONS:
        key, flag = question.key, f"--{question.flag}"
        if question.kind == "switch":
            yes, no = line.has(key), line.has(f"no_{key}")
            if yes and no:
                raise UsageError(f"`{flag}` and `--no-{question.flag}` contradict each other", "drop one of them")
            if yes or no:
                found[key] = Given(yes, flag if yes else f"--no-{question.flag}")
        elif key in line.values:
            value = line.values[key]
            found[key] = Given(tuple(value) if isinstance(value, list) else value, flag)
    return found


def from_file(file: SourceFile) -> dict[str, Given]:
    """What a file answers; ConfigError with `path:line:column` where it cannot be read or holds a key too many."""
    from eso_lint.configfile import error

    hint = "`eso-lint init --questions` tells all keys"
    parsed = parse(file)
    for fault in parsed.faults:
        raise error(fault.message, fault.span, fault.help or "correct the YAML there")
    if len(parsed.documents) > 1:
        raise error("one document is expected, here begins a second", parsed.documents[1].root.span, hint)
    root = parsed.documents[0].root if parsed.documents else None
    if root is None or (isinstance(root, Scalar) and root.value is None):
        return {}
    if not isinstance(root, Mapping):
        raise error("a mapping of answers is expected", root.span, hint)
    found: dict[str, Given] = {}
    for key_node, node in root.index.values():
        name = key_node.text if isinstance(key_node, Scalar) else ""
        question = BY_KEY.get(name.replace("-", "_"))
        if question is None:
            from eso_lint.suggest import closest

            near = closest(name, (q.flag for q in QUESTIONS))
            raise error(f"no question `{name}`", key_node.span, f"did you mean `{near}`?" if near else hint)
        value = _plain(node, question)
        if value is None:
            wanted = {"switch": "true or false", "list": "a list of texts"}.get(question.kind, "a text")
            raise error(f"`{name}` must be {wanted}", node.span, hint)
        number, column = file.position(node.start)
        found[question.key] = Given(value, f"{file.path}:{number}:{column}")
    return found


def _plain(node: Node, question: Question) -> Value | None:
    """The answer that a node holds, numbers as they are written (`012` keeps its zero); None for another shape."""
    if question.kind == "list" and isinstance(node, Sequence):
        texts = [item.text for item in node.items if isinstance(item, Scalar) and item.value is not None]
        return tuple(texts) if len(texts) == len(node.items) else None
    if not isinstance(node, Scalar) or node.value is None:
        return None
    if question.kind == "switch":
        return node.value if isinstance(node.value, bool) else None
    return node.text
