"""The expressions of the generated admission policies, evaluated: what was generated passes, what is foreign does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from eso_lint.schema.cel.program import Value
from eso_lint.setup.answers import PROVIDERS, Answers
from eso_lint.setup.generate import generate
from eso_lint.setup.tables import can_push
from tests.unit.schema.cel_samples import STRING, evaluate, fields
from tests.unit.setup.made import DEEP, answers


def many(**properties: Any) -> dict[str, Any]:
    return {"type": "array", "items": fields(**properties)}


# As much of the kinds' schemas as the expressions look at; what an object has beyond it is dropped.
PUSHED = fields(remoteRef=fields(remoteKey=STRING))
SPEC = fields(
    provider=fields(**dict.fromkeys((*PROVIDERS.values(), "fake"), fields())),
    data=many(remoteRef=fields(key=STRING), match=PUSHED),
    dataFrom=many(extract=fields(key=STRING), find=fields(path=STRING)),
    dataTo=many(),
)
SCHEMA = fields(object=fields(spec=SPEC), namespaceObject=fields(metadata=fields(name=STRING)))
PLURALS = {
    "SecretStore": "secretstores",
    "ClusterSecretStore": "clustersecretstores",
    "ExternalSecret": "externalsecrets",
    "PushSecret": "pushsecrets",
}


def documents(files: dict[str, str]) -> Iterator[dict[str, Any]]:
    for path, text in files.items():
        if path.endswith(".yaml") and path.startswith(("secrets/", "operator/")):
            yield from (document for document in yaml.safe_load_all(text) if "kind" in document)


def admits(files: dict[str, str], subject: dict[str, Any]) -> bool:
    """Whether every expression of the policies for an object's kind holds."""
    plural = PLURALS[subject["kind"]]
    place = {"metadata": {"name": subject["metadata"].get("namespace", "")}}
    asked_about = json.dumps({"object": subject, "namespaceObject": place})
    asked = 0
    verdict = True
    for policy in documents(files):
        if policy["kind"] != "ValidatingAdmissionPolicy":
            continue
        if plural not in policy["spec"]["matchConstraints"]["resourceRules"][0]["resources"]:
            continue
        for validation in policy["spec"]["validations"]:
            text = validation["expression"].replace("object.spec", "self.object.spec")
            text = text.replace("namespaceObject", "self.namespaceObject")
            answer = evaluate(text, asked_about, SCHEMA)
            assert isinstance(answer, Value), (text, answer)
            verdict = verdict and answer.value is True
            asked += 1
    assert asked, f"nothing is asked of {subject['kind']}"
    return verdict


def made(provider: str, teams: str = "many") -> tuple[Answers, dict[str, str]]:
    more = {"path": "APP_{namespace}_*"} if provider in ("doppler", "gitlab") else {}
    given = answers(provider, teams, hardened=True, kyverno=True, push=can_push(provider), **more)
    return given, generate(given)


@pytest.mark.parametrize("teams", ["many", "one"])
@pytest.mark.parametrize("provider", DEEP)
def test_what_is_generated_is_admitted(provider: str, teams: str) -> None:
    _, files = made(provider, teams)
    for document in documents(files):
        if document["kind"] in PLURALS:
            assert admits(files, document), document


@pytest.mark.parametrize("provider", DEEP)
def test_other_providers_and_the_keys_of_others_are_denied(provider: str) -> None:
    _, files = made(provider)
    for document in documents(files):
        if document["kind"] in ("SecretStore", "ClusterSecretStore"):
            assert not admits(files, {**document, "spec": {"provider": {"fake": {"data": []}}}})
        elif document["kind"] in ("ExternalSecret", "PushSecret") and provider != "onepassword":
            moved = {**document, "metadata": {**document["metadata"], "namespace": "team-c"}}
            assert not admits(files, moved), moved


def test_everything_that_can_name_a_key_is_looked_at() -> None:
    _, files = made("aws-secrets-manager")
    es = next(d for d in documents(files) if d["kind"] == "ExternalSecret")

    def with_spec(**spec: object) -> dict[str, Any]:
        return {**es, "spec": spec}

    own, foreign = "prod/team-a/db", "prod/team-b/db"
    assert admits(files, with_spec(data=[{"secretKey": "a", "remoteRef": {"key": own}}]))
    assert not admits(files, with_spec(data=[{"secretKey": "a", "remoteRef": {"key": foreign}}]))
    assert not admits(files, with_spec(dataFrom=[{"extract": {"key": own}}, {"extract": {"key": foreign}}]))
    assert not admits(files, with_spec(dataFrom=[{"find": {"name": {"regexp": "."}}}]))
    assert admits(files, with_spec(dataFrom=[{"find": {"path": "prod/team-a", "name": {"regexp": "."}}}]))
    assert not admits(files, with_spec(dataFrom=[{"find": {"path": "prod/team-ab", "name": {"regexp": "."}}}]))
    assert not admits(files, with_spec(dataFrom=[{"find": {"path": "prod", "name": {"regexp": "."}}}]))
    # A generator names no key.
    assert admits(files, with_spec(dataFrom=[{"sourceRef": {"generatorRef": {"kind": "Password", "name": "p"}}}]))
    push = next(d for d in documents(files) if d["kind"] == "PushSecret")
    assert not admits(files, {**push, "spec": {**push["spec"], "dataTo": [{"storeRef": {"name": "x"}}]}})


def test_characters_of_a_path_stand_for_themselves() -> None:
    given = answers("aws-secrets-manager", path="a.b+{namespace}/*", hardened=True)
    files = generate(given)
    es = next(d for d in documents(files) if d["kind"] == "ExternalSecret")
    assert admits(files, es)
    for key in ("axb+team-a/app", "a.bb+team-a/app", "a.b+team-a/"):
        assert not admits(files, {**es, "spec": {"data": [{"secretKey": "a", "remoteRef": {"key": key}}]}}), key


@pytest.mark.parametrize("provider", ["aws-secrets-manager", "doppler", "onepassword"])
def test_kyverno_is_given_the_same_expressions(provider: str) -> None:
    _, files = made(provider)
    policies = [d["spec"]["validations"] for d in documents(files) if d["kind"] == "ValidatingAdmissionPolicy"]
    kyverno = next(d for d in documents(files) if d["kind"] == "ClusterPolicy")
    rules = [rule["validate"]["cel"]["expressions"] for rule in kyverno["spec"]["rules"]]
    assert rules == policies
