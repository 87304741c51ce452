"""Vault's policies: read from any text, and judged as Vault judges them."""

from __future__ import annotations

import time

import pytest

from eso_lint.iam.grant import Value, VaultPolicy
from eso_lint.iam.vault_acl import allowed, fits
from eso_lint.iam.vault_hcl import Places, Rules, vault_rules
from eso_lint.source.file import SourceFile, Span


def rules(text: str) -> Rules:
    return vault_rules(text, Places(Value(text, Span(SourceFile("x.hcl", text.encode()), 0, len(text)))))


def policy(text: str) -> VaultPolicy:
    found = rules(text)
    span = Span(SourceFile("x.hcl", text.encode()), 0, 1)
    return VaultPolicy(Value("p", span), found.rules, span, found.open)


def verdict(text: str, capability: str, path: str) -> str:
    return allowed((policy(text),), capability, path).verdict


def one(path: str, *capabilities: str) -> str:
    names = ", ".join(f'"{name}"' for name in capabilities)
    return f'path "{path}" {{ capabilities = [{names}] }}\n'


@pytest.mark.parametrize(
    ("pattern", "path", "answer"),
    [
        ("kv/data/a", "kv/data/a", True),
        ("kv/data/a", "kv/data/a/b", False),
        ("kv/data/*", "kv/data/a/b", True),
        ("kv/data/a*", "kv/data/abc/d", True),
        ("kv/data/*", "kv/data", False),
        ("kv/+/a", "kv/data/a", True),
        ("kv/+/a", "kv/x/y/a", False),
        ("kv/+/a/*", "kv/data/a/b/c", True),
        ("kv/+/a*", "kv/data/abc", True),
        ("kv/da*ta/x", "kv/data/x", False),  # a star counts at the end alone
        ("kv/data/?", "kv/data/x", False),
        ("kv/\0/x", "kv/data/x", None),
        ("\0/data/*", "kv/metadata/x", False),
    ],
)
def test_paths_fit_as_in_vault(pattern: str, path: str, answer: bool | None) -> None:
    assert fits(pattern, path) is answer


def test_the_most_specific_path_decides_alone() -> None:
    wide = one("kv/data/*", "read", "update") + one("kv/data/app/*", "read")
    assert verdict(wide, "update", "kv/data/app/x") == "missing"
    assert verdict(wide, "update", "kv/data/other") == "granted"
    exact = one("kv/data/*", "read") + one("kv/data/x", "deny")
    assert verdict(exact, "read", "kv/data/x") == "denied"
    segments = one("kv/data/+/x", "read") + one("kv/data/a/*", "deny")
    assert verdict(segments, "read", "kv/data/a/x") == "denied"  # the star comes later than the plus


def test_the_same_path_in_two_policies_is_one() -> None:
    both = (policy(one("kv/data/*", "read")), policy(one("kv/data/*", "update")))
    assert allowed(both, "update", "kv/data/x").verdict == "granted"
    denied = (*both, policy(one("kv/data/*", "deny")))
    assert allowed(denied, "read", "kv/data/x").verdict == "denied"


def test_a_folder_is_listed_with_or_without_its_slash() -> None:
    assert verdict(one("kv/metadata/team", "list"), "list", "kv/metadata/team/") == "granted"
    assert verdict(one("kv/metadata/team/*", "list"), "list", "kv/metadata/team/") == "granted"
    assert verdict(one("kv/metadata/team/x", "list"), "list", "kv/metadata/team/") == "missing"


def test_what_is_not_known_is_no_verdict() -> None:
    assert verdict(one("kv/data/${var.app}/*", "read"), "read", "kv/data/shop/x") == "unknown"
    assert verdict(one("kv/data/{{identity.entity.name}}/*", "read"), "read", "kv/data/shop/x") == "unknown"
    assert verdict('path "kv/data/x" { capabilities = var.caps }', "read", "kv/data/x") == "unknown"
    assert verdict(one("kv/data/*", "read"), "read", "\0/data/x") == "unknown"
    # No hole can help where no path could ever fit.
    assert verdict(one("kv/${var.x}", "read"), "read", "secret/data/x") == "missing"
    # One that is more specific may take away, and does not give.
    assert verdict(one("kv/data/*", "read") + one("kv/data/${x}", "list"), "read", "kv/data/a") == "granted"


def test_old_words_and_parameters() -> None:
    assert verdict('path "kv/*" { policy = "write" }', "delete", "kv/x") == "granted"
    text = 'path "kv/*" {\n allowed_parameters = { "a" = ["x", "y"], "*" = [] }\n capabilities = ["read"]\n}'
    assert verdict(text, "read", "kv/x") == "granted"
    assert verdict(text, "update", "kv/x") == "missing"


def test_json() -> None:
    text = '{"path": {"kv/data/*": {"capabilities": ["read"]}, "kv/metadata/*": {"capabilities": ["list"]}}}'
    assert verdict(text, "list", "kv/metadata/") == "granted"
    assert verdict(text, "read", "kv/metadata/x") == "missing"


def test_places_are_exact() -> None:
    text = '# one\npath "kv/data/*" {\n  capabilities = ["read", "list"]\n}\n'
    (rule,) = rules(text).rules
    assert rule.path.span.text == "kv/data/*"
    assert [c.span.text for c in rule.capabilities] == ["read", "list"]


@pytest.mark.parametrize(
    "text",
    [
        'path "a" {',
        'path "a',
        "path = 5\n}}}]]",
        "path { { { [",
        "}",
        '{"path": [',
        'path "a" { capabilities = ["read"',
        "\ufeff",
    ],
)
def test_broken_policies_are_open_and_never_fail(text: str) -> None:
    found = rules(text)
    assert found.open or not found.rules


def test_long_policies_are_read_in_linear_time_or_not_at_all() -> None:
    began = time.perf_counter()
    assert rules(one("kv/data/x", "read") * 200_000).open
    assert rules("{" * 300_000).rules == ()
    assert rules('path "' + "a/" * 300_000).open
    deep = rules('path "a" { x = ' + "[" * 100_000)
    assert deep.open
    assert rules("path " + "[" * 100_000).open
    assert time.perf_counter() - began < 5
