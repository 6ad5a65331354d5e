"""URLs as names of pages: hosts as browsers read them, normal forms, the page key, addresses of an endless kind.

Belongs here: what can be known from the text of a URL. Does not belong here: which URLs a site may be asked for
(``crawler.site.site``), aliases that only a page or an answer can prove (redirect, canonical, node, mirror), which IP
addresses may be connected to (``crawler.engine.ip_addresses``).
"""

import re
import socket
from collections import Counter
from collections.abc import Collection
from functools import lru_cache
from ipaddress import IPv6Address
from urllib.parse import SplitResult, parse_qsl, unquote, unquote_to_bytes, urlencode, urljoin, urlsplit, urlunsplit

import idna

from crawler.errors import UrlError

LANGUAGE_PREFIXES = frozenset({"ar", "de", "en", "es", "fr", "pt-pt", "pt", "ru", "uk", "zh"})
"""First path segments that name a language. `fr es ar uk de pt-pt en` were seen on iom.int hosts; the others are the
remaining official languages of the United Nations and plain Portuguese, which Drupal writes the same way."""

MAX_URL_LENGTH = 4096
"""Longer URLs are no page's name; Drupal's own limit for an alias is 255."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_END = re.compile("[?#]")
_BLANKS = "".join(map(chr, range(0x21)))
"""What browsers take off both ends of a URL: blanks and the control characters of ASCII."""
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\x9f<>\"\\^`{|}]")
_NOT_IN_HOST = re.compile(r"[\x00-\x20\x7f#%/:<>?@\[\\\]^|]")
"""WHATWG URL, forbidden domain code points."""
_NUMBER = re.compile(r"(?:^|\.)(?:[0-9]+|0[xX][0-9A-Fa-f]*)$")

# What nearly all URLs of a site look like, in their normal form already; a sitemap has them by the ten thousand. A name
# that ends in a number is an address in one of its many forms; of these only the one is plain.
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_PLAIN = re.compile(
    rf"https?://((?:(?:[a-z0-9-]+\.)*[a-z][a-z0-9-]*|{_OCTET}(?:\.{_OCTET}){{3}})(?::(?:[1-9]\d{{3}}|[1-5]\d{{4}}))?)"
    r"((?:/[A-Za-z0-9_~-]+(?:\.[A-Za-z0-9_~-]+)*)+/?)"
)


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
    if not plain or _NOT_IN_HOST.search(plain):
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


@lru_cache(maxsize=1024)
def _find_plain(url: str) -> re.Match[str] | None:
    """Host (1) and path (2) of a plain, normal URL, or None for others; a request asks it a dozen times of one URL."""
    return _PLAIN.fullmatch(url) if len(url) <= MAX_URL_LENGTH else None


def _undo_backslashes(reference: str) -> str:
    r"""The reference with ``/`` for each ``\`` before its query and fragment: so browsers read http(s) URLs."""
    path = _PATH_END.split(reference, maxsplit=1)[0]
    return path.replace("\\", "/") + reference[len(path) :]


def _split(url: str) -> SplitResult:
    if len(url) > MAX_URL_LENGTH:
        raise UrlError(f"the URL {url[:80]!r}… has {len(url)} characters, more than {MAX_URL_LENGTH}")
    try:
        parts = urlsplit(_undo_backslashes(url.strip(_BLANKS)))
        port = parts.port
    except ValueError as error:
        raise UrlError(f"{url!r} is no URL: {error}") from error
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or port == 0:
        raise UrlError(f"{url!r} is no absolute http(s) URL")
    return parts


@lru_cache(maxsize=1024)
def check_written(url: str) -> str:
    """The URL itself, when it can be in a record's header as it is: no blanks, no control characters.

    Raises:
        UrlError: it cannot, or is no absolute http(s) URL.
    """
    if not url.isprintable() or " " in url:
        raise UrlError(f"{url!r} has blanks or control characters in it")
    normal_url(url)
    return url


def host_of(url: str) -> str:
    """The host as browsers read it (:func:`normal_host`), with its port where that is not the scheme's own.

    >>> host_of("HTTPS://WWW.IOM.int:443/news"), host_of("http://127.0.0.1:8080/")
    ('www.iom.int', '127.0.0.1:8080')

    Raises:
        UrlError: no absolute http(s) URL, or a host that is no name.
    """
    if plain := _find_plain(url):
        return plain[1]
    parts = _split(url)
    try:
        name = normal_host(parts.hostname or "")
    except ValueError as error:
        raise UrlError(f"{url!r} names a host that is no name: {error}") from error
    return name if parts.port in {None, _DEFAULT_PORTS[parts.scheme]} else f"{name}:{parts.port}"


def _normal_escapes(text: str) -> str:
    """Escapes of unreserved characters undone, all others in capitals, and what must be escaped escaped."""

    def _normal(match: re.Match[str]) -> str:
        character = chr(int(match[1], 16))
        return character if character in _UNRESERVED else match[0].upper()

    escaped = "".join(
        "".join(f"%{byte:02X}" for byte in c.encode("utf-8", "surrogatepass")) if not c.isascii() else c for c in text
    )
    escaped = _FORBIDDEN.sub(lambda match: f"%{ord(match[0]):02X}", escaped)
    return _PERCENT.sub(_normal, escaped)


def _normal_path(path: str) -> str:
    """The path without ``.`` and ``..`` segments; a doubled slash stays, for slugs with a slash inside were seen."""
    kept: list[str] = []
    segments = _normal_escapes(path or "/").split("/")[1:]
    for segment in segments:
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def normal_url(url: str) -> str:
    """The URL as it is asked for: scheme and host in lower case, no default port, normal escapes, no fragment.

    >>> normal_url("HTTP://www.IOM.int:80/a/../news/%7ex?page=2#top")
    'http://www.iom.int/news/~x?page=2'

    Raises:
        UrlError: no absolute http(s) URL.
    """
    if _find_plain(url):
        return url
    parts = _split(url)
    return urlunsplit((parts.scheme, host_of(url), _normal_path(parts.path), _normal_escapes(parts.query), ""))


def join_url(base: str, reference: str) -> str:
    """A reference as met on a page or in a Location header, made absolute and normal.

    Raises:
        UrlError: what comes out is no absolute http(s) URL.
    """
    try:
        return normal_url(urljoin(base, _undo_backslashes(reference.strip(_BLANKS))))
    except ValueError as error:
        raise UrlError(f"{reference!r} on {base} is no URL: {error}") from error


def page_key(url: str, keep_query: Collection[str] = ()) -> str:
    """The page's address with what never distinguishes pages taken off.

    No scheme, no ``www.``, lower-case host, no fragment, no trailing slash, and of the query only the parameters named
    in ``keep_query``, sorted. A ``-0`` at the end of a slug is never stripped: it distinguishes two grants of one
    title.

    >>> page_key("http://www.iom.int/project/x-0/?utm_source=a#top")
    'iom.int/project/x-0'
    >>> page_key("https://iom.int/view?id=7&page=2", {"id"})
    'iom.int/view?id=7'

    Raises:
        UrlError: no absolute http(s) URL.
    """
    if plain := _find_plain(url):
        return plain[1].removeprefix("www.") + plain[2].rstrip("/")
    parts = _split(url)
    host = host_of(url).removeprefix("www.")
    path = _normal_path(parts.path).rstrip("/")
    kept = sorted(pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] in keep_query)
    return f"{host}{path}" + (f"?{urlencode(kept)}" if kept else "")


def find_language(url: str) -> str | None:
    """The language that the first path segment names, or None. The language of the body may be another.

    >>> find_language("https://www.iom.int/fr/node/123"), find_language("https://www.iom.int/news/x")
    ('fr', None)
    """
    plain = _find_plain(url)
    first = (plain[2] if plain else _split(url).path).split("/", 2)[1:2]
    return first[0].lower() if first and first[0].lower() in LANGUAGE_PREFIXES else None


def without_language(url: str) -> str:
    """The normal URL without its language prefix.

    >>> without_language("https://www.iom.int/pt-pt/news/x")
    'https://www.iom.int/news/x'
    """
    normal = normal_url(url)
    language = find_language(normal)
    if language is None:
        return normal
    parts = urlsplit(normal)
    return urlunsplit(parts._replace(path=parts.path[len(language) + 1 :] or "/"))


def path_of(url: str) -> str:
    """The normal path, as path rules of site files see it: escapes of UTF-8 text undone, the query left out.

    >>> path_of("https://www.iom.int/ar/%D8%A3?x=1")
    '/ar/أ'
    """
    if plain := _find_plain(url):
        return plain[2]
    raw = unquote_to_bytes(_normal_path(_split(url).path))
    return raw.decode("utf-8", "replace")


DEEPEST_PATH = 12
"""Segments. The deepest path seen on an iom.int host has six (files); a page has two or three."""
_SESSION = re.compile(r"(?i)(?:;|/)(?:jsessionid|phpsessid|sid|session|sessionid)=|/[0-9a-f]{32,}(?:/|$)")
_CALENDAR = re.compile(r"(?i)/(?:calendar|calendrier|calendario)/(?:\d{4}|day|week|month|year)")


def find_trap(url: str) -> str | None:
    """Why the address is of an endless kind, or None.

    >>> find_trap("https://iom.int/news/a/b/a/b/a/b")
    'the path repeats itself'
    >>> find_trap("https://iom.int/calendar/2031/05")
    'a calendar'
    >>> find_trap("https://iom.int/project/support-0") is None
    True
    """
    path = urlsplit(url).path
    segments = [segment for segment in path.split("/") if segment]
    if len(segments) > DEEPEST_PATH:
        return f"a path of {len(segments)} segments"
    if segments and Counter(segments).most_common(1)[0][1] > 2:
        return "the path repeats itself"
    if _SESSION.search(path):
        return "a session id in the path"
    return "a calendar" if _CALENDAR.search(path) else None


def without_query(url: str, keep: Collection[str]) -> str:
    """The address with only the parameters in ``keep``: articles accept ``?page=`` and then show a listing.

    >>> without_query("https://iom.int/news/a?page=3&id=7", {"id"})
    'https://iom.int/news/a?id=7'
    """
    parts = urlsplit(url)
    if not parts.query:
        return url
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] in keep]
    return urlunsplit(parts._replace(query=urlencode(kept), fragment=""))
