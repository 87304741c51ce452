"""Kubernetes' own functions: quantities, URLs, addresses, named formats."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from eso_lint.schema.cel.values import (
    INT_MAX,
    INT_MIN,
    NONE,
    Failure,
    Optional,
    Special,
    Unsupported,
    no_overload,
)

if TYPE_CHECKING:
    from fractions import Fraction

_QUANTITY = re.compile(
    r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?[0-9]{1,3})?", re.ASCII
)
_POWERS = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:", re.ASCII)
_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_QUALIFIED = r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
# What the named formats take: a pattern and the greatest length.
FORMATS: dict[str, tuple[str, int]] = {
    "dns1123Label": (_LABEL, 63),
    "dns1123Subdomain": (rf"{_LABEL}(\.{_LABEL})*", 253),
    "dns1035Label": (r"[a-z]([-a-z0-9]*[a-z0-9])?", 63),
    "dns1123LabelPrefix": (_LABEL, 63),
    "dns1123SubdomainPrefix": (rf"{_LABEL}(\.{_LABEL})*", 253),
    "dns1035LabelPrefix": (r"[a-z]([-a-z0-9]*[a-z0-9])?", 63),
    "labelValue": (rf"({_QUALIFIED})?", 63),
    "uuid": (r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", 36),
}


def _quantity(text: str) -> Fraction | None:
    match = _QUANTITY.fullmatch(text)
    if match is None or len(text) > 60:
        return None
    from fractions import Fraction

    number, suffix = Fraction(match[1].rstrip(".")), match[2] or ""
    if suffix in _BINARY:
        number *= 2 ** _BINARY[suffix]
    elif suffix[:1] in ("e", "E") and len(suffix) > 1:
        number *= Fraction(10) ** int(suffix[1:])
    else:
        number *= Fraction(10) ** _POWERS[suffix]
    # Finer than a billionth is rounded away from zero.
    scaled = abs(number) * 10**9
    whole = -(-scaled.numerator // scaled.denominator)
    return Fraction(whole if number >= 0 else -whole, 10**9)


def quantity(text: Any) -> Special:
    if type(text) is not str:
        raise no_overload("quantity", text)
    found = _quantity(text)
    if found is None:
        raise Failure("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
    return Special("quantity", found)


def is_quantity(text: Any) -> bool:
    if type(text) is not str:
        raise no_overload("isQuantity", text)
    return _quantity(text) is not None


def _special(name: str, kind: str, value: Any) -> Any:
    if type(value) is not Special or value.kind != kind:
        raise no_overload(name, value)
    return value.value


def sign(value: Any) -> int:
    number = _special("sign", "quantity", value)
    return (number > 0) - (number < 0)  # type: ignore[no-any-return]


def is_integer(value: Any) -> bool:
    number = _special("isInteger", "quantity", value)
    return bool(number.denominator == 1 and INT_MIN <= number <= INT_MAX)


def as_integer(value: Any) -> int:
    if not is_integer(value):
        raise Failure("cannot convert value to integer")
    return int(value.value)


def as_float(value: Any) -> float:
    return float(_special("asApproximateFloat", "quantity", value))


def plus(a: Any, b: Any) -> Special:
    return Special("quantity", _special("add", "quantity", a) + _amount("add", b))


def minus(a: Any, b: Any) -> Special:
    return Special("quantity", _special("sub", "quantity", a) - _amount("sub", b))


def _amount(name: str, value: Any) -> Any:
    return value if type(value) is int else _special(name, "quantity", value)


def compare_to(a: Any, b: Any) -> int:
    one, two = _special("compareTo", "quantity", a), _special("compareTo", "quantity", b)
    return (one > two) - (one < two)  # type: ignore[no-any-return]


def is_greater(a: Any, b: Any) -> bool:
    return compare_to(a, b) > 0


def is_less(a: Any, b: Any) -> bool:
    return compare_to(a, b) < 0


def _url(text: str) -> Any:
    """The parts of an absolute URL or path, as Go reads a request's; None where it refuses."""
    from urllib.parse import urlsplit

    if not text or any(char < " " or char == "\x7f" for char in text):
        return None
    scheme = _SCHEME.match(text)
    rest = text[scheme.end() :] if scheme else text
    if re.search(r"%(?![0-9A-Fa-f]{2})", rest.partition("?")[0]):
        return None
    if not rest.startswith("/"):
        # Text behind a scheme without a slash is kept as it is.
        return urlsplit(text) if scheme else None
    if rest.startswith("//") and (scheme or not rest.startswith("///")):
        host = rest[2:].partition("/")[0].partition("?")[0]
        if not re.fullmatch(r"([\w.~!$&'()*+,;=:%-]*@)?([\w.~!$&'()*+,;=%-]*|\[[0-9A-Fa-f:.]+\])(:[0-9]*)?", host):
            if re.search(r"[ <>\"^`{}|\\]", host) or re.search(r":[^@:\]]*[^0-9@:\]][^@:\]]*\Z", host):
                return None
            raise Unsupported("a URL with a host of that form")
    # A fragment has no meaning of its own here.
    try:
        return urlsplit(text, allow_fragments=False)
    except ValueError:
        raise Unsupported("a URL with a host of that form") from None


def is_url(text: Any) -> bool:
    if type(text) is not str:
        raise no_overload("isURL", text)
    return _url(text) is not None


def url(text: Any) -> Special:
    if type(text) is not str:
        raise no_overload("url", text)
    found = _url(text)
    if found is None:
        raise Failure(f'URL parse error during conversion from string: parse "{text}": invalid URI for request')
    return Special("url", found)


def url_part(name: str, value: Any) -> Any:
    parts = _special(name, "url", value)
    host = parts.netloc.rpartition("@")[2]
    bare, _, port = host.rpartition(":") if re.search(r":[0-9]*\Z", host) else (host, "", "")
    match name:
        case "getScheme":
            return parts.scheme
        case "getHost":
            return host
        case "getHostname":
            return bare[1:-1] if bare.startswith("[") else bare
        case "getPort":
            return port
        case "getEscapedPath":
            from urllib.parse import quote

            return quote(parts.path, safe="/%:@!$&'()*+,;=~-._")
    from urllib.parse import parse_qsl

    found: dict[tuple[str, Any], tuple[Any, Any]] = {}
    for key, text in parse_qsl(parts.query, keep_blank_values=True):
        found.setdefault(("str", key), (key, []))[1].append(text)
    return found


def _address(kind: str, text: str) -> Any:
    from ipaddress import ip_address, ip_interface

    if "%" in text or (kind == "cidr") != ("/" in text):
        return None
    if kind == "cidr" and not re.fullmatch(r"[^/]+/(0|[1-9][0-9]{0,2})", text, re.ASCII):
        return None
    try:
        found: Any = ip_interface(text) if kind == "cidr" else ip_address(text)
    except ValueError:
        return None
    # An IPv4 address in the clothes of IPv6 is refused.
    return None if getattr(found, "ipv4_mapped", None) is not None else found


def is_address(kind: str, text: Any) -> bool:
    if type(text) is not str:
        raise no_overload("isIP" if kind == "ip" else "isCIDR", text)
    return _address(kind, text) is not None


def address(kind: str, text: Any) -> Special:
    if kind == "ip" and type(text) is Special and text.kind == "cidr":
        return Special("ip", text.value.ip)
    if type(text) is not str:
        raise no_overload(kind, text)
    found = _address(kind, text)
    if found is None:
        what = "IP Address" if kind == "ip" else "CIDR"
        raise Failure(f"{what} {text!r} parse error during conversion from string")
    return Special(kind, found)


def is_canonical(text: Any) -> bool:
    return bool(str(address("ip", text).value) == text)


def ip_test(name: str, value: Any) -> Any:
    found = _special(name, "ip", value)
    match name:
        case "family":
            return found.version
        case "isUnspecified":
            return found.is_unspecified
        case "isLoopback":
            return found.is_loopback
        case "isLinkLocalUnicast":
            return found.is_link_local
        case "isLinkLocalMulticast":
            text = found.packed
            return text[:3] == b"\xe0\x00\x00" if found.version == 4 else text[0] == 0xFF and text[1] & 15 == 2
    unicast = not (found.is_unspecified or found.is_loopback or found.is_multicast or found.is_link_local)
    return unicast and str(found) != "255.255.255.255"


def cidr_test(name: str, value: Any, other: Any = None) -> Any:
    network = _special(name, "cidr", value)
    if name == "masked":
        from ipaddress import ip_interface

        return Special("cidr", ip_interface(str(network.network)))
    if name == "prefixLength":
        return network.network.prefixlen
    inner = address("ip" if name == "containsIP" else "cidr", other).value if type(other) is str else None
    if inner is None:
        inner = _special(name, "ip" if name == "containsIP" else "cidr", other)
    if inner.version != network.version:
        return False
    if name == "containsIP":
        return inner in network.network
    return inner.network.subnet_of(network.network)


def named_format(name: Any) -> Optional:
    if type(name) is not str:
        raise no_overload("format.named", name)
    if name in FORMATS:
        return Optional(format_of(name))
    if name in ("uri", "byte", "date", "datetime", "qualifiedName"):
        raise Unsupported(f"the format `{name}`")
    return NONE


def format_of(name: str) -> Special:
    return Special("format", name)


def validate(wanted: Any, text: Any) -> Optional:
    """None where the text fits; else what is wrong, in words that nobody compares."""
    name = _special("validate", "format", wanted)
    if type(text) is not str:
        raise no_overload("validate", wanted, text)
    pattern, longest = FORMATS[name]
    # What is generated goes on behind a prefix, so its last dash is none.
    dash = name.endswith("Prefix") and len(text) > 1 and text.endswith("-")
    checked = text[:-2] + "a" if dash else text
    if len(text) <= longest and re.fullmatch(pattern, checked, re.ASCII):
        return NONE
    return Optional([f"{text!r} is no {name}"])
