"""The door for what others hand over: which files are opened at all, and which parts of an address are let in.

Belongs here: distrust of files and addresses that is the same for a folder and for a WARC. Does not belong here: what
is in them (``crawler.imports.folder``, ``crawler.imports.warc_records``).
"""

import os
import re
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit, urlunsplit

from crawler.errors import UrlError
from crawler.site.urls import normal_url

_CREDENTIAL = re.compile(
    r"(?:.*(?:token|apikey|secret|password|passwd|signature|credentials?|sessionid|sessid|accesskey|accesskeyid))|"
    r"key|pwd|pass|auth|authorization|bearer|jwt|hmac|sig|sid|session|otp|sastoken"
)
"""Names of query parameters whose value lets somebody in, in small letters without ``-``, ``_`` and ``.``."""
_PATH_PARAMETER = re.compile(r";([^=;/]*)=([^;/]*)")
_QUERY_PARAMETER = re.compile(r"(?:^|[&;])([^=&;]*)=([^&;]*)")
_INNER_NAME = re.compile(r"[?&;]([^=&;?]{1,60})=")
_INNER_PASSWORD = re.compile(r"//[^/@\s]{1,200}:[^/@\s]{1,200}@")
_ADDRESS = re.compile(r"(?i)https?://[^\s<>\"']+")
_MARKS = re.compile(r"[-_.\[\]]")


class Address(NamedTuple):
    """An address as it may be kept: normal, and without the parameters named in ``cut``."""

    url: str
    cut: tuple[str, ...] = ()


def read_address(url: str) -> Address:
    """The address that a crawl of ours would ask for: no name and password, no fragment, no credentials as parameters.

    >>> read_address("https://user:secret@www.IOM.int/news/a?page=2&access_token=abc#top")
    Address(url='https://www.iom.int/news/a?page=2', cut=('access_token',))

    Raises:
        UrlError: no absolute http(s) URL.
    """
    parts, cut = urlsplit(normal_url(url)), []

    def drop(match: re.Match[str]) -> str:
        name, value = (unquote(part) for part in match.groups())
        if not (_is_credential(name) or _holds_secret(unquote(value))):
            return match[0]
        cut.append(name)
        return ""

    path = _PATH_PARAMETER.sub(drop, parts.path)
    query = _QUERY_PARAMETER.sub(drop, parts.query).lstrip("&;")
    return Address(urlunsplit(parts._replace(path=path, query=query)), tuple(cut))


def _holds_secret(value: str) -> bool:
    """Whether an address within an address lets somebody in."""
    return any(map(_is_credential, _INNER_NAME.findall(value))) or _INNER_PASSWORD.search(value) is not None


def _is_credential(name: str) -> bool:
    return _CREDENTIAL.fullmatch(_MARKS.sub("", name).lower()) is not None


def clean_words(text: str) -> str:
    """What a person wrote, its addresses as they may be kept.

    >>> clean_words("see https://user:secret@iom.int/a?token=b, page 2")
    'see https://iom.int/a page 2'
    """

    def clean(match: re.Match[str]) -> str:
        try:
            return read_address(match[0]).url
        except UrlError:
            return "[address]"

    return _ADDRESS.sub(clean, text)


def describe_cut(cut: Mapping[str, int]) -> Iterable[str]:
    """What was cut from addresses, in words: one note, or none.

    >>> from collections import Counter
    >>> list(describe_cut(Counter(["sig", "api_key", "sig"])))
    ['credentials were cut from addresses: api_key (1), sig (2)']
    """
    if cut:
        yield "credentials were cut from addresses: " + ", ".join(
            f"{name[:40] if name.isprintable() else repr(name[:40])} ({n})" for name, n in sorted(cut.items())
        )


def read_member(folder: Path, name: str, largest: int) -> bytes:
    """The bytes of a regular file of a folder, at most one more than ``largest``; links within the folder are followed.

    A pipe or a device is never waited for.

    Raises:
        OSError: it cannot be read; ``strerror`` says why, also of what is no regular file in the folder.
    """
    path = folder / name
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        raise OSError(0, "it is a link out of the folder")
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(0, "it is no regular file")
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:  # noqa: PTH123 - of a descriptor; what was there a moment ago may be a pipe now
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "it is no regular file")
        return file.read(largest + 1)
