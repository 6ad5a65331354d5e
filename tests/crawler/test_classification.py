"""Classifying answers without a network: the signs of bad answers, and the good pages that must not show them."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.outcomes import Outcome
from crawler.answers.classification import (
    Received,
    classify_page,
    classify_source,
    find_block_page,
    find_soft_not_found,
)
from tests.costs import costing_at_most
from tests.site.pages import Look, make_news, make_project, render_page
from tests.site.themes import THEMES

HTML = {"content-type": "text/html; charset=utf-8", "content-length": "1"}
LARGEST = 1_000_000


def judged(body: bytes, status: int = 200, **headers: str) -> Outcome:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return classify_page(Received(status, {**HTML, **named}, body), LARGEST).outcome


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("kind", ["project", "news"])
def test_pages_of_every_theme_are_pages(theme: str, kind: str) -> None:
    for seed in range(5):
        content = make_project(seed) if kind == "project" else make_news(seed)
        assert judged(render_page(content, Look(theme=theme, frame=seed))) is Outcome.FETCHED


@pytest.mark.parametrize(
    "title",
    [
        "Just a moment...",
        "Attention Required! | Cloudflare",
        "Access Denied",
        "Access to this page has been denied.",
        "Pardon Our Interruption",
        "Request Rejected",
        "Security Check",
        "DDoS-Guard",
        "Verify you are human",
        "Error 1020",
    ],
)
@pytest.mark.parametrize("status", [200, 403, 503])
def test_titles_that_only_firewalls_write_are_blocks(title: str, status: int) -> None:
    assert judged(f"<html><head><title>\n {title} </title>".encode(), status) is Outcome.BLOCKED


@pytest.mark.parametrize(
    "title",
    [
        "Access denied to asylum seekers, says report | IOM",
        "Blocked at the border: families wait | IOM",
        "Security checks at Roberts airport get faster | IOM",
        "Please wait for the bus: a day at the transit centre",
        "Just a moment of calm: art classes in Agadez",
        "Error 404 and other stories of a help desk that moved",
        "Captcha is no barrier: digital literacy for returnees",
    ],
)
def test_titles_that_only_sound_like_it_are_pages(title: str) -> None:
    body = f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{'Words. ' * 50}</p></body></html>"
    assert judged(body.encode()) is Outcome.FETCHED


@pytest.mark.parametrize(
    "text",
    [
        "Page not found",
        "404 - Not found | IOM",
        "The requested page could not be found.",
        "Page non trouvée | OIM",
        "Página no encontrada | OIM",
        "Seite nicht gefunden",
        "الصفحة غير موجودة",
    ],
)
def test_pages_that_say_they_are_not_there_are_soft_not_found(text: str) -> None:
    in_title = f"<html><head><title>{text}</title></head><body><h1>IOM</h1></body></html>"
    in_heading = f"<html><head><title>IOM</title></head><body><h1 class='t'><span>{text}</span></h1></body></html>"
    assert judged(in_title.encode()) is Outcome.SOFT_NOT_FOUND
    assert judged(in_heading.encode()) is Outcome.SOFT_NOT_FOUND


def test_a_setting_of_a_firewall_on_a_page_is_no_block_and_its_challenge_is() -> None:
    """AWS documents the first for site owners' own pages; the second only its challenge has."""
    page = (
        b"<html><head><title>A road | IOM</title><script>%s</script></head><body><h1>A road</h1><p>Mended.</p></html>"
    )
    assert judged(page % b"window.awsWafCookieDomainList = ['iom.int'];") is Outcome.FETCHED
    assert judged(page % b'window.gokuProps = {"key": "x"};') is Outcome.BLOCKED


def test_a_page_about_missing_pages_is_no_missing_page() -> None:
    assert find_soft_not_found(b"<title>Families found a page not found in any atlas</title><h1>The map</h1>") is None
    assert find_block_page(b"<title>News</title><p>Just a moment... and the access was denied by captcha.</p>") is None


@pytest.mark.parametrize(
    ("payload", "content_type", "outcome"),
    [
        ("naïve".encode(), "text/html; charset=windows-1252", Outcome.FETCHED),
        ("naïve".encode("latin-1"), "text/html; charset=x-unheard-of", Outcome.BAD_CHARSET),
        ("خبر".encode("cp1256"), "text/html; charset=windows-1256", Outcome.FETCHED),
    ],
)
def test_a_page_is_judged_by_the_charset_that_it_is_read_in(
    payload: bytes, content_type: str, outcome: Outcome
) -> None:
    headers = {"content-type": content_type, "content-length": "1"}
    assert classify_page(Received(200, headers, payload), 10_000).outcome is outcome


def test_a_body_whose_end_nothing_declares_must_end_its_markup() -> None:
    closed = {"content-type": "text/html"}
    assert classify_page(Received(200, closed, b"<html><p>whole</p></html>\n"), LARGEST).outcome is Outcome.FETCHED
    assert classify_page(Received(200, closed, b"<html><p>hal"), LARGEST).outcome is Outcome.TRUNCATED


def test_a_gzip_sitemap_is_a_source_and_no_page() -> None:
    packed = gzip.compress(b"<urlset/>", mtime=0)
    received = Received(200, {"content-type": "application/gzip", "content-length": "1"}, packed)
    assert classify_source(received, LARGEST).outcome is Outcome.FETCHED
    assert classify_page(received, LARGEST).outcome is Outcome.BAD_ENCODING


@pytest.mark.parametrize("tag", [b"<title", b"<title>", b"<h1", b"<h1>", b"<meta charset"])
def test_a_page_of_nothing_but_opening_tags_is_judged_at_once(tag: bytes) -> None:
    with costing_at_most(2):
        judged(tag * 50_000)


@given(
    st.binary(max_size=300),
    st.integers(100, 599),
    st.sampled_from(["", "gzip", "br", "deflate", "gzip, gzip", "zstd", "identity"]),
    st.sampled_from(["text/html", "text/html; charset=utf-8", "text/html; charset=\x00", "application/pdf", ""]),
)
def test_any_bytes_end_in_an_outcome(body: bytes, status: int, coding: str, content_type: str) -> None:
    received = Received(status, {"content-encoding": coding, "content-type": content_type}, body)
    for judge in (classify_page, classify_source):
        judgement = judge(received, 1000)
        assert judgement.outcome in Outcome
        assert len(judgement.payload) <= 1000
