"""A site: its file checked as a whole, and what follows from a URL by its rules. One TOML file a site, no Python.

Belongs here: loading ``sites/*.toml``, what keys must say together, the site and kind of a URL. Does not belong here:
the keys themselves (``crawler.site.file``), fetching, robots.txt, or what a page says.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from contracts.fields import DocumentKind, expectable_fields
from contracts.run import Kind
from crawler.errors import SiteFileError, UrlError
from crawler.site.file import DELAY_FLOOR_SECONDS, Expectation, SiteFile
from crawler.site.urls import find_language, host_of, page_key, path_of, without_language
from crawler.strict import find_toml_fault

SHIPPED_SITES = Path(__file__).parent.parent / "sites"
"""The folder of site files that ships with the crawler."""

SITE_ID = re.compile(r"^[a-z0-9]+([._-][a-z0-9]+)*$")


@dataclass(frozen=True)
class Site:
    """A site that has been checked. ``id`` is the stem of its file; ``text`` the file as written, kept in each run."""

    id: str
    text: str
    file: SiteFile

    @cached_property
    def _rules(self) -> tuple[tuple[re.Pattern[str], Kind], ...]:
        return tuple((re.compile(rule.pattern), rule.kind) for rule in self.file.paths)

    @cached_property
    def is_private(self) -> bool:
        """Whether every host is named as private: nobody needs to know who asks."""
        return _is_private(self.file)

    def allows(self, url: str) -> bool:
        """Whether the URL is http(s) on one of the site's hosts."""
        try:
            return host_of(url) in self.file.hosts
        except UrlError:
            return False

    def kind_of(self, url: str) -> Kind:
        """The kind of a page by the path rules; ``other`` when none matches."""
        path = path_of(without_language(url))
        return next((kind for pattern, kind in self._rules if pattern.search(path)), "other")

    def page_key(self, url: str) -> str:
        """The page's address with what never distinguishes pages of this site taken off."""
        return page_key(url, self.file.keep_query)


@dataclass(frozen=True)
class Sites:
    """All sites of a folder, by id in order."""

    by_id: Mapping[str, Site]

    @cached_property
    def _by_host(self) -> dict[str, Site]:
        return {host: site for site in self.by_id.values() for host in site.file.hosts}

    def for_url(self, url: str) -> Site | None:
        """The site whose hosts include the URL's, or None."""
        return self._by_host.get(host_of(url))

    def find(self, name: str) -> Site | None:
        """The site of an id, a host, or the one short name of both: ``liberia`` for ``liberia.iom.int``. Else None."""
        exact = self.by_id.get(name) or self._by_host.get(name)
        short = [site for site in self.by_id.values() if site.id.partition(".")[0] == name]
        return exact or (short[0] if len(short) == 1 else None)

    def site_id(self, url: str) -> str:
        """The id of the URL's site; of a host without a site file, the host's name without ``www.``."""
        site = self.for_url(url)
        return site.id if site else re.sub(r"[^a-z0-9.-]", "-", host_of(url).removeprefix("www."))

    def kind_of(self, url: str) -> Kind:
        """The kind by the rules of the URL's site; of a host without a site file, by :data:`DEFAULT_PATHS`."""
        return (self.for_url(url) or _UNKNOWN_SITE).kind_of(url)

    def find_language(self, url: str) -> str | None:
        """The language that the address promises: by its path, else its site file's; of a host without a file None."""
        site = self.for_url(url)
        return find_language(url) or (site.file.language if site else None)

    def page_key(self, url: str) -> str:
        """The page key by the rules of the URL's site."""
        return (self.for_url(url) or _UNKNOWN_SITE).page_key(url)


_UNKNOWN_SITE = Site("unknown", "", SiteFile(name="unknown", hosts=["unknown.invalid"]))


def parse_site(site_id: str, text: str, where: str) -> Site:
    """The checked site of a file's text; ``where`` names the file in errors.

    Raises:
        SiteFileError: any key is unknown, missing or not as it must be.
    """
    if not SITE_ID.match(site_id):
        raise SiteFileError(f"{where}: a site file is named after its site: small letters, digits, dots and hyphens")
    try:
        file = msgspec.convert(tomllib.loads(text), SiteFile)
    except tomllib.TOMLDecodeError as error:
        raise SiteFileError(f"{where}: not TOML: {error}") from error
    except msgspec.ValidationError as error:
        raise SiteFileError(f"{where}: {find_toml_fault(error)}") from error
    site = Site(site_id, text, file)
    _check_hosts(file, where)
    _check_paths(site, where)
    _check_start(site, where)
    _check_numbers(file, where)
    _check_expectations(file, where)
    return site


def parse_expectations(text: str) -> dict[DocumentKind, Expectation]:
    r"""What a site file's text expects of each run, by kind. The rest of the file is not looked at.

    So the text that an old run has recorded stays readable when other keys are renamed.

    >>> parse_expectations("[expect.news]\npages_min = 3\n")["news"].pages_min
    3

    Raises:
        SiteFileError: the text is not TOML, or its expectations are not as they must be.
    """
    try:
        return msgspec.convert(tomllib.loads(text).get("expect", {}), dict[DocumentKind, Expectation])
    except tomllib.TOMLDecodeError as error:
        raise SiteFileError(f"not TOML: {error}") from error
    except msgspec.ValidationError as error:
        raise SiteFileError(f"expect: {find_toml_fault(error)}") from error


def load_sites(folder: Path) -> Sites:
    """All site files of a folder, checked, and checked against each other.

    Raises:
        SiteFileError: the folder cannot be read, a file is not as it must be, or two name one host.
    """
    if not folder.is_dir():
        raise SiteFileError(f"{folder} is no folder of site files: set IOMDB_SITES to one")
    sites: dict[str, Site] = {}
    owners: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        site = parse_site(path.stem, read_site_text(path), str(path))
        for host in site.file.hosts:
            if host in owners:
                raise SiteFileError(f"{path}: hosts: {host} is named by {owners[host]}.toml too: one host, one site")
            owners[host] = site.id
        sites[site.id] = site
    return Sites(sites)


def read_site_text(path: Path) -> str:
    """The text of a site file.

    Raises:
        SiteFileError: it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise SiteFileError(f"{path}: cannot be read: {error}") from error
    except UnicodeDecodeError as error:
        raise SiteFileError(f"{path}: not UTF-8: {error}") from error


def _check_hosts(file: SiteFile, where: str) -> None:
    for number, host in enumerate(file.hosts):
        try:
            plain = host_of(f"http://{host}/") == host and "/" not in host and "@" not in host
        except UrlError:
            plain = False
        if not plain or host in file.hosts[:number]:
            raise SiteFileError(f"{where}: hosts[{number}]: {host!r} is no host name in small letters, met once")
    for number, address in enumerate(file.private_addresses):
        try:
            known = ip_address(address)
            private = known.is_private or (known.version == 6 and known.is_site_local)
        except ValueError:
            private = False
        if not private:
            raise SiteFileError(f"{where}: private_addresses[{number}]: {address!r} is no private IP address")


def _check_paths(site: Site, where: str) -> None:
    for number, rule in enumerate(site.file.paths):
        try:
            re.compile(rule.pattern)
        except re.error as error:
            raise SiteFileError(f"{where}: paths[{number}].pattern: {rule.pattern!r} is no pattern: {error}") from error
    for number, rule in enumerate(site.file.paths):
        for url in rule.examples:
            if not site.allows(url):
                raise SiteFileError(f"{where}: paths[{number}].examples: {url!r} is on none of the hosts")
            if site.kind_of(url) != rule.kind:
                raise SiteFileError(f"{where}: paths[{number}].examples: {url!r} comes out as {site.kind_of(url)}")


def _check_start(site: Site, where: str) -> None:
    start = site.file.start
    named = [
        (f"start.{key}[{n}]", url)
        for key in ("sitemaps", "feeds", "pages")
        for n, url in enumerate(getattr(start, key))
    ]
    for number, listing in enumerate(start.listings):
        key = f"start.listings[{number}].url"
        named.append((key, listing.url))
        if listing.url.count("{page}") > 1 or re.search(r"[{}]", listing.url.replace("{page}", "")):
            raise SiteFileError(f"{where}: {key}: `{{page}}` may occur once, and no other brace")
    for key, url in named:
        if not site.allows(url.replace("{page}", "0")):
            raise SiteFileError(f"{where}: {key}: {url!r} is no http(s) URL on one of the hosts {site.file.hosts}")


def _check_expectations(file: SiteFile, where: str) -> None:
    for kind, expectation in file.expect.items():
        for name in find_unknown_fields(kind, expectation):
            near = get_close_matches(name, expectable_fields(kind), 1, 0.5)
            advice = f"did you mean {near[0]!r}?" if near else f"one of {', '.join(expectable_fields(kind))}"
            raise SiteFileError(f"{where}: expect.{kind}.fill: no {kind} page has a field {name!r}; {advice}")


def find_unknown_fields(kind: str, expectation: Expectation) -> list[str]:
    """The names under ``fill`` that are no field of a page of this kind: no page could ever meet them.

    >>> find_unknown_fields("news", Expectation(fill={"body": 0.9, "bodi": 0.9}))
    ['bodi']
    """
    return [name for name in expectation.fill if name not in expectable_fields(kind)]


def _is_private(file: SiteFile) -> bool:
    """Whether every host is an address named as private, so that nobody's server is asked too often."""
    names = [urlsplit(f"//{host}").hostname for host in file.hosts]
    return all(name == "localhost" or name in file.private_addresses for name in names)


def _check_numbers(file: SiteFile, where: str) -> None:
    rules = file.politeness
    if not _is_private(file):
        if rules.delay_seconds < DELAY_FLOOR_SECONDS:
            raise SiteFileError(
                f"{where}: politeness.delay_seconds: {rules.delay_seconds} is below the floor of "
                f"{DELAY_FLOOR_SECONDS} s; only a site of private addresses may be asked faster"
            )
        if rules.concurrent_requests > 1:
            raise SiteFileError(f"{where}: politeness.concurrent_requests: a public host gets one request at a time")
    if rules.deadline_seconds < rules.timeout_seconds:
        raise SiteFileError(f"{where}: politeness.deadline_seconds: shorter than timeout_seconds")
    if file.budget.decoded_bytes < file.budget.body_bytes:
        raise SiteFileError(f"{where}: budget.decoded_bytes: smaller than body_bytes")
    ages = [rule.younger_than_days for rule in file.recrawl.ages]
    if ages != sorted(set(ages)):
        raise SiteFileError(f"{where}: recrawl.ages: younger_than_days must rise from rule to rule")
