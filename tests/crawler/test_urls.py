"""URLs as names of pages: what never distinguishes pages goes, what may distinguish them stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import UrlError
from crawler.site.urls import (
    find_language,
    host_of,
    join_url,
    normal_url,
    page_key,
    path_of,
    without_language,
)

SAME_PAGE = [
    "https://www.iom.int/project/technical-support-improve-border-management-controls-liberia-0",
    "http://iom.int/project/technical-support-improve-border-management-controls-liberia-0/",
    "HTTPS://WWW.IOM.INT:443/project/technical-support-improve-border-management-controls-liberia-0?page=3#top",
    "https://iom.int./project/./x/../technical-support-improve-border-management-controls-liberia%2D0",
]


def test_the_addresses_of_one_page_have_one_key() -> None:
    assert {page_key(url) for url in SAME_PAGE} == {
        "iom.int/project/technical-support-improve-border-management-controls-liberia-0"
    }


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("https://iom.int/project/x", "https://iom.int/project/x-0"),
        ("https://iom.int/news/x", "https://iom.int/fr/news/x"),
        ("https://iom.int/news/x", "https://iom.int/news/X"),
        ("https://iom.int/news/a/b", "https://iom.int/news/a%2Fb"),
        ("https://iom.int/news//x", "https://iom.int/news/x"),
        ("https://iom.int/x", "https://liberia.iom.int/x"),
        ("http://127.0.0.1:8000/x", "http://127.0.0.1:8001/x"),
    ],
)
def test_what_may_be_two_pages_keeps_two_keys(left: str, right: str) -> None:
    assert page_key(left) != page_key(right)


def test_query_parameters_that_tell_pages_apart_are_kept_in_order_of_their_names() -> None:
    assert page_key("https://a.int/v?b=2&a=1&c=3", {"a", "b"}) == "a.int/v?a=1&b=2"
    assert page_key("https://a.int/v?id=", {"id"}) == "a.int/v?id="


@pytest.mark.parametrize(
    "url",
    [
        "",
        "iom.int/news",
        "/news/x",
        "ftp://iom.int/x",
        "mailto:a@iom.int",
        "javascript:alert(1)",
        "https://",
        "https:///x",
        "http://iom.int:0/",
        "http://iom.int:99999/",
        "http://[::1/",
        "http://a b/",
        "https://iom.int/" + "x" * 5000,
    ],
)
def test_what_is_no_page_address_is_refused(url: str) -> None:
    for function in (page_key, normal_url, host_of):
        with pytest.raises(UrlError):
            function(url)


def test_hosts_in_other_scripts_and_addresses_are_written_one_way() -> None:
    assert host_of("https://Bücher.example/") == "xn--bcher-kva.example"
    assert host_of("http://[::1]:8080/") == "[::1]:8080"
    assert host_of("https://user:secret@iom.int/") == "iom.int"
    assert normal_url("https://user:secret@iom.int/x") == "https://iom.int/x"


# https://url.spec.whatwg.org, "basic URL parser" and "host parser"
AS_BROWSERS = [
    (r"https:\\www.iom.int\news\a", "https://www.iom.int/news/a"),
    (r"https:/\www.iom.int\news/..\a", "https://www.iom.int/a"),
    (r"https://www.iom.int\@evil.example/a", "https://www.iom.int/@evil.example/a"),
    (r"https://www.iom.int/a?x=1#\b", "https://www.iom.int/a?x=1"),
    ("\x01 https://www.iom.int/a\x1f", "https://www.iom.int/a"),
    ("https://www.iom.int/new\ns/\ta", "https://www.iom.int/news/a"),
    ("https://faß.example/a", "https://xn--fa-hia.example/a"),
    ("https://βόλος.example/", "https://xn--nxasmm1c.example/"),
    ("https://☃.example/", "https://xn--n3h.example/"),
    ("https://ＷＷＷ.ＩＯＭ.int/a", "https://www.iom.int/a"),
    ("https://www。iom。int/a", "https://www.iom.int/a"),
    ("https://www.i\u00adom.int/a", "https://www.iom.int/a"),
    ("https://www%2Eiom.int/a", "https://www.iom.int/a"),
    ("https://127.1/a", "https://127.0.0.1/a"),
    ("https://0x7f.0.0.01/a", "https://127.0.0.1/a"),
    ("https://2130706433/a", "https://127.0.0.1/a"),
    ("https://１２７.0.0.1/a", "https://127.0.0.1/a"),
    ("https://[0:0:0:0:0:0:0:1]/a", "https://[::1]/a"),
]


@pytest.mark.parametrize(("written", "asked"), AS_BROWSERS)
def test_an_address_is_asked_where_a_browser_would_ask(written: str, asked: str) -> None:
    assert normal_url(written) == asked
    assert join_url("https://liberia.iom.int/news/x", written) == asked


@pytest.mark.parametrize(
    "url",
    [
        "https://www.iom.int%2Fx/a",
        "https://www.iom.int%00/a",
        "https://www.iom.int|/a",
        "https://256.1.1.1/a",
        "https://1.2.3.4.5/a",
        "https://[::1%25eth0]/a",
        "https://a\u200db.example/",
        "https://%FF.example/",
    ],
)
def test_a_host_that_a_browser_refuses_is_refused(url: str) -> None:
    with pytest.raises(UrlError):
        normal_url(url)


def test_languages_are_read_from_the_path() -> None:
    assert find_language("https://www.iom.int/pt-pt/news/x") == "pt-pt"
    assert find_language("https://www.iom.int/news/fr") is None
    assert without_language("https://www.iom.int/fr") == "https://www.iom.int/"
    assert path_of("https://iom.int/ar/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1") == "/ar/أخبار"


def test_links_as_met_on_pages_are_made_whole() -> None:
    base = "https://www.iom.int/news/x"
    assert join_url(base, " ../project/y#z ") == "https://www.iom.int/project/y"
    assert join_url(base, "//liberia.iom.int/a b") == "https://liberia.iom.int/a%20b"
    assert join_url(base, r"..\project\y?z=1") == "https://www.iom.int/project/y?z=1"
    assert join_url(base, r"\\liberia.iom.int\a") == "https://liberia.iom.int/a"
    assert join_url(base, "?page=2") == "https://www.iom.int/news/x?page=2"
    for bad in ("mailto:x@iom.int", "javascript:void(0)", "http://[", "tel:+41"):
        with pytest.raises(UrlError):
            join_url(base, bad)


@given(st.text(max_size=60))
def test_any_text_gives_a_normal_url_that_stays_as_it_is_or_is_refused(text: str) -> None:
    for candidate in (text, f"https://iom.int/{text}", f"https://{text}/news"):
        try:
            normal = normal_url(candidate)
        except UrlError:
            continue
        assert normal_url(normal) == normal
        assert page_key(normal) == page_key(candidate)
        assert normal.isascii()
        assert normal.isprintable()
        assert " " not in normal


URLISH = st.from_regex(r"https?://[a-zA-Z0-9.-]{1,12}(:[0-9]{1,5})?(/[a-zA-Z0-9_.~%-]{0,6}){0,4}", fullmatch=True)


@given(URLISH)
def test_the_short_way_for_plain_urls_gives_what_the_long_way_gives(url: str) -> None:
    # A fragment is never part of the answer, and takes the long way.
    for function in (host_of, normal_url, page_key, path_of, find_language):
        try:
            expected = function(url + "#x")
        except UrlError:
            with pytest.raises(UrlError):
                function(url)
        else:
            assert function(url) == expected, function
