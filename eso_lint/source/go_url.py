"""What Go's `net/url` makes of an address: its scheme and host, or why it refuses it."""

from __future__ import annotations

import re
from typing import NamedTuple

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_PORT = re.compile(r"(?::[0-9]*)?")
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
# ASCII that may stand in a host; all beyond ASCII may.
_NO_HOST = re.compile(r"[^A-Za-z0-9\-_.~!$&'()*+,;=:\[\]<>\"%\x80-\U0010ffff]")
_HOST_ESCAPE = re.compile(r"%(?!25)[0-7]")
_USER = re.compile(r"[A-Za-z0-9\-._:~!$&'()*+,;=%@]*")


class Url(NamedTuple):
    """`fault` says in Go's words why the text is no address; then nothing else is known."""

    scheme: str = ""
    host: str = ""
    fault: str = ""


def parse_url(text: str, request: bool = False) -> Url:
    """`url.Parse`, or with `request` `url.ParseRequestURI`, which wants an absolute address or path."""
    rest = text
    if not request:
        rest, _, fragment = text.partition("#")
        if _ESCAPE.search(fragment):
            return Url(fault="invalid URL escape")
    if _CONTROL.search(rest):
        return Url(fault="invalid control character in URL")
    if request and not rest:
        return Url(fault="empty url")
    if rest.startswith(":"):
        return Url(fault="missing protocol scheme")
    found = _SCHEME.match(rest)
    scheme = found[1].lower() if found else ""
    rest = (rest[found.end() :] if found else rest).partition("?")[0]
    if not rest.startswith("/"):
        if scheme or rest == "*":
            return Url(scheme)
        if request:
            return Url(fault="invalid URI for request")
        if ":" in rest.partition("/")[0]:
            return Url(fault="first path segment in URL cannot contain colon")
    host = ""
    if rest.startswith("//") and (scheme or not (request or rest.startswith("///"))):
        authority, slash, rest = rest[2:].partition("/")
        rest = slash + rest
        host, fault = _host(authority)
        if fault:
            return Url(fault=fault)
    return Url(fault="invalid URL escape") if _ESCAPE.search(rest) else Url(scheme, host)


def _host(authority: str) -> tuple[str, str]:
    """The host of an authority, with its port, and what is wrong with it."""
    user, at, host = authority.rpartition("@")
    if at and not _USER.fullmatch(user):
        return "", "invalid userinfo"
    if host.startswith("["):
        inside, bracket, port = host[1:].rpartition("]")
        if not bracket:
            return "", "missing ']' in host"
        from ipaddress import AddressValueError, IPv6Address

        try:
            IPv6Address(inside.partition("%25")[0])
        except AddressValueError:
            return "", "invalid host"
    else:
        port = host[host.rindex(":") :] if ":" in host else ""
    if not _PORT.fullmatch(port):
        return "", f'invalid port "{port}" after host'
    if _ESCAPE.search(user) or _ESCAPE.search(host) or (not host.startswith("[") and _HOST_ESCAPE.search(host)):
        return "", "invalid URL escape"
    wrong = _NO_HOST.search(host)
    return (host, "") if wrong is None else ("", f'invalid character "{wrong[0]}" in host name')
