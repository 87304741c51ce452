"""The questions of `eso-lint init` as a table: what is asked when, what will do, and the same said as JSON Schema."""

from __future__ import annotations

import itertools
import random
import re
import shlex
from pathlib import Path

import jsonschema
import pytest

from eso_lint.errors import ConfigError
from eso_lint.options import parse_args
from eso_lint.rules.index import INDEX
from eso_lint.setup.answers import PLATFORMS, PROVIDERS, Answers
from eso_lint.setup.conversation import completed, follow
from eso_lint.setup.fixes import FIXES
from eso_lint.setup.given import flags, from_file, from_flags
from eso_lint.setup.question import Value
from eso_lint.setup.questions import BY_KEY, OTHERS, QUESTIONS
from eso_lint.setup.schema import json_schema
from eso_lint.source.node import SourceFile

# One answer to each question that has no default, by provider where it needs another.
GUID = "11111111-2222-3333-4444-555555555555"
ANSWERS: dict[str, Value] = {
    "teams": "many",
    "platform": "eks",
    "provider": "aws-secrets-manager",
    "namespaces": ("team-a", "team-b"),
    "account": "123456789012",
    "region": "eu-central-1",
    "issuer": "https://oidc.example.com/id/A",
    "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/a/providers/b",
    "tenant": GUID,
    "remote_namespace": "shared",
    "vault": "shop",
    "organization": GUID,
    "repository": "https://git.example.com/shop/gitops",
}
PROJECTS = {"gitlab": "42", "bitwarden": GUID}
ADDRESSES = {"azure-key-vault": "https://shop.vault.azure.net/"}


def answers_for(teams: str, platform: str, provider: str, **more: Value) -> dict[str, Value]:
    """The fewest answers that are enough, found by answering what is missing."""
    given: dict[str, Value] = {"teams": teams, "platform": platform, "provider": provider, **more}
    for _ in range(9):
        progress = follow(given)
        assert progress.problems == (), progress.problems
        for question in progress.open:
            form = question.form(progress.draft)
            offer = form.offer if form else ""
            special = {"project": PROJECTS.get(provider, "shop-prod"), "path": offer}
            special["vault_url"] = ADDRESSES.get(provider, "https://vault.example.com:8200")
            given[question.key] = special[question.key] if question.key in special else ANSWERS[question.key]
        if not progress.open:
            return given
    raise AssertionError(progress)


def written(given: dict[str, Value]) -> dict[str, object]:
    """As in a file of answers."""
    return {BY_KEY[key].flag: list(v) if isinstance(v, tuple) else v for key, v in given.items()}


def test_the_questions_are_the_fields_of_the_answers() -> None:
    asked = {question.key for question in QUESTIONS}
    assert asked <= set(Answers._fields)
    assert [question.key for question in QUESTIONS][:4] == ["teams", "platform", "provider", "path"]
    for question in QUESTIONS:
        before = asked_before(question.key)
        looked_at = {name for form in question.forms for name in form.when} | set(question.needs)
        assert looked_at <= before, f"{question.key} looks at what is asked later"


def asked_before(key: str) -> set[str]:
    return {question.key for question in itertools.takewhile(lambda q: q.key != key, QUESTIONS)}


COMBINATIONS = list(itertools.product(("many", "one"), PLATFORMS, (*PROVIDERS, "akeyless", "webhook")))


@pytest.mark.parametrize("provider", [*PROVIDERS, *OTHERS])
def test_the_offered_path_and_all_defaults_will_do(provider: str) -> None:
    for teams, platform, version in itertools.product(("many", "one"), PLATFORMS, ("", "2.9")):
        more = {"eso_version": version} if version else {}
        answers = completed(follow(answers_for(teams, platform, provider, **more)).draft)
        assert answers.eso_version == "2.9.0"
        assert answers.hardened == (teams == "many")
        # A default given as an answer is taken too.
        given = {
            key: value for key, value in follow(answers_for(teams, platform, provider)).draft.items() if value != ()
        }
        assert follow(given).done
        assert follow(given).unasked == ()


def test_a_default_is_never_a_choice_that_the_release_lacks() -> None:
    old = answers_for("one", "eks", "doppler", eso_version="0.20")
    assert follow(old).draft["auth"] == "static"
    assert follow({**old, "eso_version": "1.2"}).draft["auth"] == "oidc"
    progress = follow({**old, "auth": "oidc"})
    assert [(p.question.key, p.text) for p in progress.problems] == [
        ("auth", "`oidc` does not go with doppler and eks: one of static")
    ]


WRONG: list[tuple[dict[str, Value], str, str]] = [
    ({"teams": "few"}, "teams", "one of many, one"),
    ({"provider": "vualt"}, "provider", "did you mean `vault`?"),
    ({"path": "/prod/*"}, "path", "no / in front"),
    ({"path": "*/{namespace}"}, "path", "scopes nothing"),
    ({"path": "prod/{team}/*"}, "path", "braces hold"),
    ({"path": "prod/*"}, "namespaces", "the same for each"),
    ({"namespaces": ("Team",)}, "namespaces", "`Team` will not do"),
    ({"namespaces": ()}, "namespaces", "at least one"),
    ({"account": "12345678901"}, "account", "twelve digits"),
    ({"region": "Frankfurt"}, "region", "such as eu-central-1"),
    ({"issuer": "http://example.com"}, "issuer", "https"),
    ({"role": "eso"}, "role", "put {namespace} into it"),
    ({"eso_version": "1.4"}, "eso_version", "no release 1.4"),
    ({"eso_version": "3.0"}, "eso_version", "newer than this program"),
    ({"eso_version": "0.9"}, "eso_version", "does not serve v1"),
    ({"hardened": "perhaps"}, "hardened", "neither yes nor no"),
    ({"gitops": "argo"}, "gitops", "one of none, flux, argocd"),
    ({"gitops": "flux", "repository": "here"}, "repository", "its URL"),
    ({"gitops": "flux", "folder": "../up"}, "folder", "a path in the repository"),
    ({"auth": "federation"}, "auth", "does not go with aws-secrets-manager and eks"),
]


@pytest.mark.parametrize(("more", "key", "text"), WRONG, ids=lambda value: str(value)[:40])
def test_what_will_not_do_is_told_where_it_is(more: dict[str, Value], key: str, text: str) -> None:
    given = {**answers_for("many", "eks", "aws-secrets-manager"), "repository": "https://git.example.com/a"}
    if "gitops" not in more:
        del given["repository"]
    problems = follow({**given, **more}).problems
    assert [problem.question.key for problem in problems] == [key]
    assert text in problems[0].text


def test_identities_are_as_many_as_stores() -> None:
    given = answers_for("many", "aks", "azure-key-vault")
    assert "2 wanted" in follow({**given, "identities": (GUID,)}).problems[0].text
    assert follow({**given, "identities": (GUID, GUID.replace("1", "2"))}).done
    assert follow({**answers_for("one", "aks", "azure-key-vault"), "identities": (GUID,)}).done


def test_everything_missing_is_named_at_once() -> None:
    progress = follow({})
    assert [question.key for question in progress.open] == ["teams", "platform", "provider", "path", "namespaces"]
    progress = follow({"teams": "one", "platform": "eks", "provider": "aws-secrets-manager", "path": "prod/*"})
    assert [question.key for question in progress.open] == ["namespaces", "account", "region", "issuer"]


def test_a_vault_path_may_hold_the_mount() -> None:
    given = answers_for("one", "other", "vault", path="kv/data/shop/*")
    answers = completed(follow(given).draft)
    assert (answers.mount, answers.path) == ("kv", "shop/*")
    assert follow({**given, "mount": "secret"}).problems[0].text == "the path says that it is `kv`"
    answers = completed(follow(answers_for("one", "other", "vault", path="secret/shop/*")).draft)
    assert (answers.mount, answers.path) == ("secret", "shop/*")


def test_the_schema_says_what_the_table_says() -> None:
    """Whatever is left out, put in or wrong: both take the same answers."""
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    pick = random.Random(6)
    values: dict[str, tuple[Value, ...]] = {
        "auth": ("irsa", "static", "kubernetes", "federation", "workload-identity", "oidc"),
        "project": ("shop-prod", "42", GUID),
        "kyverno": (True,),
        "hardened": (True, False),
        "scoped": (True, False),
        "push": (True,),
        "gitops": ("flux", "none"),
        "repository": ("https://git.example.com/a", "here"),
        "credentials": ("token", "Token"),
        "issuer": ("https://oidc.example.com/a", "http://x"),
        "mount": ("kv",),
        "namespaces": (("team-a",), ("team-a", "team-b")),
        "server": ("https://example.com",),
        "identities": ((GUID, GUID.replace("1", "2")), (GUID,), ()),
    }
    counts = {True: 0, False: 0}
    for teams, platform, provider in COMBINATIONS:
        base = answers_for(teams, platform, provider)
        for _ in range(12):
            given = dict(base)
            for key in pick.sample(list(values), pick.choice((0, 1, 1, 2))):
                given[key] = pick.choice(values[key])
            for key in pick.sample(list(given), pick.choice((0, 0, 1))):
                del given[key]
            progress = follow(given)
            # What a pattern cannot say, only the table says.
            beyond = [p for p in progress.problems if p.question.check and p.question.key != "namespaces"]
            if beyond:
                continue
            fits = progress.done and not progress.unasked
            counts[fits] += 1
            assert validator.is_valid(written(given)) == fits, (given, progress)
    assert min(counts.values()) > 300, counts


def test_patterns_are_read_alike_by_other_languages() -> None:
    """No pattern uses what ECMAScript's regular expressions lack, which JSON Schema means."""
    for question in QUESTIONS:
        for form in question.forms:
            re.compile(form.pattern)
            assert not re.search(r"\(\?(?![:=!])|\\[AZzG]|[*+?]\+", form.pattern), form.pattern


def test_flags_and_a_file_give_the_same_answers() -> None:
    words = "init --teams one --namespaces a,b --namespaces c --account 012345678901 --no-hardened --push -o -"
    line = parse_args(words.split())
    text = "teams: one\nnamespaces: [a, b, c]\naccount: 012345678901\nhardened: false\npush: true\noutput: '-'\n"
    by_file = from_file(SourceFile("answers.yaml", text.encode()))
    by_flag = from_flags(line)
    assert {key: each.value for key, each in by_file.items()} == {key: each.value for key, each in by_flag.items()}
    assert by_flag["push"].where == "--push"
    assert by_flag["hardened"].where == "--no-hardened"
    assert by_file["account"].where == "answers.yaml:3:10"
    json_text = '{"teams": "one", "eso_version": "2.9", "namespaces": "a, b"}'
    by_json = from_file(SourceFile("answers.json", json_text.encode()))
    assert {key: each.value for key, each in by_json.items()} == {
        "teams": "one",
        "eso_version": "2.9",
        "namespaces": "a, b",
    }
    assert from_file(SourceFile("answers.yaml", b"# nothing yet\n")) == {}


BROKEN = [
    ("teams: [", "answers.yaml:"),
    ("tems: one", "answers.yaml:1:1: no question `tems`"),
    ("- one", "answers.yaml:1:1: a mapping of answers is expected"),
    ("teams: one\n---\nteams: one\n", "answers.yaml:3:1: one document"),
    ("push: perhaps", "answers.yaml:1:7: `push` must be true or false"),
    ("namespaces: {a: b}", "answers.yaml:1:13: `namespaces` must be a list of texts"),
    ("namespaces: [[a]]", "`namespaces` must be a list of texts"),
    ("account:", "`account` must be a text"),
]


@pytest.mark.parametrize(("text", "message"), BROKEN)
def test_a_file_of_answers_is_refused_where_it_is_wrong(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        from_file(SourceFile("answers.yaml", text.encode()))
    assert message in str(caught.value)


def test_every_question_has_a_flag_of_its_own() -> None:
    names = [option.name for option in flags()]
    assert len(names) == len(set(names))
    assert {question.flag for question in QUESTIONS} <= set(names)


@pytest.mark.parametrize("name", FIXES)
def test_what_explain_shows_is_a_command_that_goes_on(name: str) -> None:
    assert name in {entry.name for entry in INDEX}
    given = from_flags(parse_args(["init", *shlex.split(FIXES[name])]))
    progress = follow({key: each.value for key, each in given.items()})
    assert given
    assert progress.problems == ()
    assert progress.unasked == ()


def test_the_command_in_the_readme_lacks_nothing() -> None:
    text = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    command = next(iter(re.findall(r"^eso-lint (init --(?:\\\n|.)+)", text, re.MULTILINE)))
    given = from_flags(parse_args(shlex.split(command)))
    progress = follow({key: each.value for key, each in given.items()})
    assert progress.done, progress
    assert progress.unasked == ()
