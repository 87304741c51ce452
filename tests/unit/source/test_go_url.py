"""Addresses as Go's `net/url` reads them."""

from __future__ import annotations

import pytest

from eso_lint.source.go_url import parse_url


@pytest.mark.parametrize(
    ("text", "scheme", "host"),
    [
        ("https://vault.example.org:8200/v1?a=b#c", "https", "vault.example.org:8200"),
        ("HTTPS://[::1]:8200", "https", "[::1]:8200"),
        ("https://user:pa%20ss@example.org/", "https", "example.org"),
        ("vault.example.org", "", ""),
        ("vault.example.org/a:b", "", ""),
        ("localhost:8200", "localhost", ""),
        ("//example.org/a", "", "example.org"),
        ("///a", "", ""),
        ("mailto:a@b", "mailto", ""),
        ("not a url", "", ""),
        ("*", "", ""),
        ("", "", ""),
        ("https://exämple.org:", "https", "exämple.org:"),
        ("https://example.org/a b", "https", "example.org"),
    ],
)
def test_what_go_takes(text: str, scheme: str, host: str) -> None:
    assert parse_url(text) == (scheme, host, "")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("://x", "missing protocol scheme"),
        ("https://a\n", "invalid control character in URL"),
        ("https://a b/", 'invalid character " " in host name'),
        ("https://a:port/", 'invalid port ":port" after host'),
        ("https://a/%zz", "invalid URL escape"),
        ("https://a/#%z", "invalid URL escape"),
        ("https://%41.org", "invalid URL escape"),
        ("https://[::1", "missing ']' in host"),
        ("https://[shop]", "invalid host"),
        ("https://a b@example.org", "invalid userinfo"),
        ("10.0.0.5:8443", "first path segment in URL cannot contain colon"),
    ],
)
def test_what_go_refuses(text: str, fault: str) -> None:
    assert parse_url(text).fault == fault


def test_a_request_wants_an_absolute_address() -> None:
    assert parse_url("https://chef.example.org/", request=True).host == "chef.example.org"
    assert parse_url("/a/", request=True).fault == ""
    assert parse_url("chef.example.org/", request=True).fault == "invalid URI for request"
    assert parse_url("", request=True).fault == "empty url"
