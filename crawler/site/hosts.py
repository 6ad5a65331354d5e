"""The host of a URL as browsers read it (WHATWG URL, "host parsing"): one written form for each host.

Belongs here: names in other scripts, escapes and numbers that mean an address. Does not belong here: the rest of a URL
(``crawler.site.urls``), which addresses may be connected to (``crawler.engine.ip_addresses``).
"""

import re
import socket
from ipaddress import IPv6Address
from urllib.parse import unquote

import idna

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f#%/:<>?@\[\\\]^|]")
"""WHATWG URL, forbidden domain code points."""
_NUMBER = re.compile(r"(?:^|\.)(?:[0-9]+|0[xX][0-9A-Fa-f]*)$")


def normal_host(name: str) -> str:
    """The host in ASCII and small letters, without a dot at its end; an IPv6 address in brackets.

    >>> normal_host("Faß.example"), normal_host("www%2Eiom.int."), normal_host("0x7f.1"), normal_host("0:0::1")
    ('xn--fa-hia.example', 'www.iom.int', '127.0.0.1', '[::1]')

    Raises:
        ValueError: it is the name of no host.
    """
    if ":" in name:
        if "%" in name:
            raise ValueError(f"{name!r} is an address of one machine's own network card")
        return f"[{IPv6Address(name)}]"
    plain = _to_ascii(unquote(name, errors="strict")).rstrip(".")
    if not plain or _FORBIDDEN.search(plain):
        raise ValueError(f"{name!r} is no host")
    if not _NUMBER.search(plain):
        return plain
    try:
        return socket.inet_ntoa(socket.inet_aton(plain))  # short, octal and hexadecimal forms, as browsers read them
    except OSError as error:
        raise ValueError(f"{name!r} ends in a number and is no IPv4 address") from error


def _to_ascii(name: str) -> str:
    """UTS 46 without its transition (``ß`` stays a letter of its own), names that IDNA 2008 has not registered too."""
    if name.isascii():
        return name.lower()
    labels = re.split("[.\u3002\uff0e\uff61]", name)
    mapped = idna.uts46_remap(".".join(labels), std3_rules=False, transitional=False)
    return ".".join(_label_to_ascii(label) for label in mapped.split("."))


def _label_to_ascii(label: str) -> str:
    if label.isascii():
        return label
    for position, character in enumerate(label):
        if character in "\u200c\u200d" and not idna.valid_contextj(label, position):
            raise ValueError(f"{label!r} has a joiner where none can be")
    idna.check_bidi(label)
    return "xn--" + label.encode("punycode").decode("ascii")
