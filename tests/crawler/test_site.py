"""Site files: strict, complete, and named with file and key where they are wrong."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import SiteFileError
from crawler.site.draft import draft_site
from crawler.site.file import (
    AgeRule,
    Budget,
    Expectation,
    Listing,
    PathRule,
    Politeness,
    Recrawl,
    Removal,
    SiteFile,
    Start,
)
from crawler.site.site import SHIPPED_SITES, load_sites, parse_site
from tests.examples import examples

LEAST = 'name = "Example"\nhosts = ["example.org", "www.example.org"]\n'


def parse(text: str) -> object:
    return parse_site("example.org", LEAST + text, "example.org.toml")


def test_the_sites_that_ship_hold_and_know_the_hosts_that_iom_publishes_on() -> None:
    sites = load_sites(SHIPPED_SITES)
    assert {"iom.int", "developmentfund.iom.int", "liberia.iom.int", "haiti.iom.int", "niger.iom.int"} <= set(
        sites.by_id
    )
    assert len(sites.by_id) >= 15
    assert all(site.file.politeness.delay_seconds >= 1 for site in sites.by_id.values())
    assert all(not site.file.private_addresses for site in sites.by_id.values())


def test_every_draft_holds_and_keeps_the_site_id_of_a_host_without_a_file(tmp_path: Path) -> None:
    before = load_sites(tmp_path).site_id("https://www.chad.iom.int/news/x")
    site_id, text = draft_site("www.Chad.iom.int")
    assert site_id == before == "chad.iom.int"
    (tmp_path / f"{site_id}.toml").write_text(text)
    sites = load_sites(tmp_path)
    assert sites.site_id("https://www.chad.iom.int/news/x") == site_id
    assert sites.kind_of("https://www.chad.iom.int/fr/news/x") == "news"


@pytest.mark.parametrize("host", ["", "a/b", "a b", "https://iom.int", "user@iom.int", "../x", "iom.int?x"])
def test_a_draft_for_what_is_no_host_is_refused(host: str) -> None:
    with pytest.raises(SiteFileError):
        draft_site(host)


BAD = {
    "an unknown key": ("languages = ['en']\n", r"languages: unknown key"),
    "a language that is no tag": ("language = 'English'\n", r"language"),
    "an expected field that no page has": (
        "[expect.project]\nfill = { budget_curency = 0.5 }\n",
        r"expect\.project\.fill: no project page has a field 'budget_curency'; did you mean 'budget_currency'",
    ),
    "an expected field of the other kind": (
        "[expect.news]\nfill = { status = 0.5 }\n",
        r"expect\.news\.fill: no news page has a field 'status'",
    ),
    "an unknown key in a table": ("[politeness]\ndelay = 2\n", r"politeness\.delay: unknown key"),
    "a missing key of a listing": (
        "[[start.listings]]\nurl = 'https://example.org/news'\n",
        r"start\.listings\[0\]\.kind: the key is missing",
    ),
    "a delay below the floor": (
        "[politeness]\ndelay_seconds = 0.5\n",
        r"politeness\.delay_seconds: 0\.5 is below the floor",
    ),
    "a delay below the floor behind a private address": (
        "private_addresses = ['127.0.0.1']\n[politeness]\ndelay_seconds = 0.0\n",
        r"politeness\.delay_seconds",
    ),
    "two requests at once": ("[politeness]\nconcurrent_requests = 2\n", r"politeness\.concurrent_requests"),
    "a deadline before its timeout": ("[politeness]\ndeadline_seconds = 5\n", r"politeness\.deadline_seconds"),
    "a word for a number": ("[budget]\npages = 'many'\n", r"budget\.pages: expected `int`, got `str`"),
    "no pages at all": ("[budget]\npages = 0\n", r"budget\.pages"),
    "a bad pattern": ("[[paths]]\npattern = '['\nkind = 'news'\n", r"paths\[0\]\.pattern: '\[' is no pattern"),
    "an unknown kind": ("[[paths]]\npattern = 'x'\nkind = 'poem'\n", r"paths\[0\]\.kind"),
    "an example of another kind": (
        "[[paths]]\npattern = '^/a'\nkind = 'news'\n[[paths]]\npattern = '^/ab'\nkind = 'project'\nexamples = ['https://example.org/ab']\n",
        r"paths\[1\]\.examples: 'https://example\.org/ab' comes out as news",
    ),
    "an example elsewhere": (
        "[[paths]]\npattern = 'x'\nkind = 'news'\nexamples = ['https://iom.int/x']\n",
        r"paths\[0\]\.examples: .* on none of the hosts",
    ),
    "a start elsewhere": (
        "[start]\nsitemaps = ['https://evil.example/sitemap.xml']\n",
        r"start\.sitemaps\[0\]: .* on one of the hosts",
    ),
    "a start that is no URL": ("[start]\nfeeds = ['file:///etc/passwd']\n", r"start\.feeds\[0\]"),
    "two page marks": (
        "[[start.listings]]\nkind = 'news'\nurl = 'https://example.org/{page}/{page}'\n",
        r"start\.listings\[0\]\.url: `\{page\}` may occur once",
    ),
    "a public address as private": ("private_addresses = ['8.8.8.8']\n", r"private_addresses\[0\]"),
    "a name as private address": ("private_addresses = ['localhost']\n", r"private_addresses\[0\]"),
    "a share over one": ("[expect.news]\nfill = { title = 1.5 }\n", r"expect\.news\.fill|expect.*fill"),
    "a kind that no gate knows": ("[expect.listing]\npages_min = 1\n", r"expect"),
    "ages that fall": (
        "[recrawl]\nages = [{ younger_than_days = 9, every_days = 1 }, { younger_than_days = 2, every_days = 1 }]\n",
        r"recrawl\.ages",
    ),
    "a decoded limit below the other": ("[budget]\ndecoded_bytes = 5\n", r"budget\.decoded_bytes"),
    "a delay that is no number": ("[politeness]\ndelay_seconds = nan\n", r"politeness\.delay_seconds"),
    "a removal that never comes": ("[removal]\nhours_apart = inf\n", r"removal\.hours_apart"),
    "a recrawl that never comes": ("[recrawl]\nolder_every_days = inf\n", r"recrawl\.older_every_days"),
    "no TOML": ("x = \n", r"not TOML"),
}


@pytest.mark.parametrize("fault", BAD)
def test_a_fault_is_refused_with_file_and_key(fault: str) -> None:
    text, message = BAD[fault]
    with pytest.raises(SiteFileError, match=message) as raised:
        parse(text)
    assert str(raised.value).startswith("example.org.toml: ")


@pytest.mark.parametrize(
    "hosts", ["[]", '["A.org"]', '["a.org/x"]', '["a.org", "a.org"]', '["https://a.org"]', '["a b"]']
)
def test_hosts_are_plain_names_met_once(hosts: str) -> None:
    with pytest.raises(SiteFileError, match=r"x\.toml: hosts"):
        parse_site("x", f'name = "X"\nhosts = {hosts}\n', "x.toml")


@pytest.mark.parametrize("site_id", ["", "A", "a b", "../a", "a/b", ".a", "a."])
def test_a_site_id_that_is_none_is_refused(site_id: str) -> None:
    with pytest.raises(SiteFileError, match="named after its site"):
        parse_site(site_id, LEAST, "x.toml")


def test_a_loopback_site_may_be_asked_at_once_and_a_public_one_never() -> None:
    text = "private_addresses = ['127.0.0.1']\n[politeness]\ndelay_seconds = 0.0\nconcurrent_requests = 8\n"
    site = parse_site("test", f'name = "T"\nhosts = ["127.0.0.1:8080", "localhost:8081"]\n{text}', "test.toml")
    assert site.file.politeness.delay_seconds == 0
    assert site.allows("http://127.0.0.1:8080/x")
    assert not site.allows("http://127.0.0.1:8082/x")
    assert not site.allows("not a URL")


SHIPPED = sorted(SHIPPED_SITES.glob("*.toml"))


@examples(150)
@given(
    st.sampled_from(SHIPPED),
    st.integers(0, 1 << 12),
    st.integers(0, 12),
    st.sampled_from(
        ["", "0", "-1", "1e999", "'x'", "[]", "{}", "nan", "2026-01-01", "[", "(", "*", "\\x00", "é", "true"]
    ),
)
def test_a_site_file_changed_anywhere_is_read_or_refused_and_raises_nothing_else(
    path: Path, place: int, length: int, written: str
) -> None:
    text = path.read_text(encoding="utf-8")
    start = place % len(text)
    try:
        site = parse_site(path.stem, text[:start] + written + text[start + length :], path.name)
    except SiteFileError:
        return
    assert site.file.politeness.delay_seconds >= 1
    assert site.kind_of("https://www.iom.int/news/x")


def test_two_files_of_one_host_are_refused(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(LEAST)
    with pytest.raises(SiteFileError, match=r"b\.toml: hosts: example\.org is named by a\.toml too"):
        load_sites(tmp_path)


def test_a_folder_that_is_none_and_a_file_that_is_no_text_are_named(tmp_path: Path) -> None:
    with pytest.raises(SiteFileError, match="IOMDB_SITES"):
        load_sites(tmp_path / "nowhere")
    (tmp_path / "x.toml").write_bytes(b"\xff")
    with pytest.raises(SiteFileError, match=r"x\.toml: not UTF-8"):
        load_sites(tmp_path)


def test_kinds_come_from_paths_whatever_the_language_or_the_case_of_the_host() -> None:
    sites = load_sites(SHIPPED_SITES)
    kinds = {
        "https://www.iom.int/project/a-0": "project",
        "https://iom.int/fr/node/9": "project",
        "HTTPS://WWW.IOM.INT/news/a": "news",
        "https://www.iom.int/statements/a": "news",
        "https://www.iom.int/pt-pt/news/a/b": "news",
        "https://www.iom.int/news?page=3": "listing",
        "https://www.iom.int/about": "other",
        "https://liberia.iom.int/stories/a": "news",
        "https://liberia.iom.int/sitemap.xml": "sitemap",
        "https://nowhere.example/project/a": "project",
        "https://nowhere.example/robots.txt": "robots",
    }
    assert {url: sites.kind_of(url) for url in kinds} == kinds


def test_an_address_promises_the_language_of_its_path_or_of_its_site() -> None:
    sites = load_sites(SHIPPED_SITES)
    assert sites.find_language("https://www.iom.int/fr/node/9") == "fr"
    assert sites.find_language("https://www.iom.int/node/9") == "en"
    assert sites.find_language("https://nowhere.example/node/9") is None


def test_a_site_is_found_by_id_host_or_short_name() -> None:
    sites = load_sites(SHIPPED_SITES)
    assert {site.id if (site := sites.find(name)) else None for name in ("iom.int", "www.iom.int")} == {"iom.int"}
    liberia = sites.find("liberia")
    assert liberia is not None
    assert liberia.id == "liberia.iom.int"
    assert sites.find("atlantis") is None
    assert sites.for_url("https://unknown.example/") is None
    assert sites.site_id("http://www.unknown.example:81/x") == "unknown.example-81"


def test_recrawl_follows_the_age_of_a_page() -> None:
    recrawl = parse_site("example.org", LEAST, "x.toml").file.recrawl
    assert [recrawl.interval_days(age) for age in (0, 13.9, 14, 89, 90, 5000)] == [1, 1, 7, 7, 30, 30]


def test_the_docs_name_every_key_of_a_site_file() -> None:
    page = (Path(__file__).parents[2] / "docs" / "site-files.md").read_text(encoding="utf-8")
    parts = [SiteFile, Start, Listing, PathRule, Politeness, Budget, Expectation, Removal, AgeRule, Recrawl]
    keys = {key for part in parts for key in part.__struct_fields__}
    missing = {key for key in keys if not re.search(rf"[`\[{{ .]{key}\b", page)}
    assert missing == set()
    assert "[expect.project]" in page
    assert f"`answers` {Removal().answers} and `hours_apart` {Removal().hours_apart:g}:" in page
