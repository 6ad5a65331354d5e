"""What a reading of a labelled page is worth: titles, days, texts and the figures of many pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.truth.folder import LabelledPage, iter_labelled
from bench.truth.scores import (
    Found,
    Overlap,
    count_kept,
    is_for_machines,
    judge_date,
    judge_title,
    measure_overlap,
    score,
    summarise,
)
from tests.bench.labelled import write_folder

PAGE = LabelledPage(
    id="a",
    group="hill",
    url="https://lamps.example/a",
    is_drupal=False,
    payload=b'<meta itemprop="datePublished" content="2020-05-01">',
    title="Forty lamps",
    date="2020-05-01",
    body="They lit forty lamps at once",
    wanted=("forty lamps", "a bridge"),
    unwanted=("Read also",),
)


@pytest.mark.parametrize(
    ("found", "true", "verdict"),
    [
        ("Forty lamps", "Forty lamps", "exact"),
        ("‘Forty’  lamps …", "'Forty' lamps ...", "exact"),
        ("Forty\u00a0la\u00admps", "Forty lamps", "exact"),
        ("FORTY LAMPS", "Forty lamps", "part"),
        ("Forty lamps | Lamp Post", "Forty lamps", "part"),
        ("lamps", "Forty lamps", "part"),
        ("Lamp Post", "Forty lamps", "wrong"),
        ("  ", "Forty lamps", "none"),
        (None, "Forty lamps", "none"),
    ],
)
def test_a_title_is_the_true_one_shares_words_with_it_or_is_another(found: str | None, true: str, verdict: str) -> None:
    assert judge_title(found, true) == verdict


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        ("2020-05-01", "right"),
        ("2020-05-01T23:59:00Z", "right"),
        ("2020-05", "null"),
        ("2020", "null"),
        (None, "null"),
        ("2020-06", "wrong"),
        ("2020-05-02", "wrong"),
        ("2020-05-0", "null"),
    ],
)
def test_a_date_is_right_to_the_day_and_less_than_a_day_is_no_date(found: str | None, verdict: str) -> None:
    assert judge_date(found, "2020-05-01") == verdict


def test_bodies_overlap_by_runs_of_four_words_each_as_often_as_it_stands() -> None:
    assert measure_overlap("a b c d", "A, b; c – d!") == Overlap(1.0, 1.0, 1.0)
    assert measure_overlap("a b c d a b c d", "a b c d") == Overlap(0.2, 1.0, 0.4 / 1.2)
    assert measure_overlap("a b c e", "a b c d") == measure_overlap(None, "a b c d") == Overlap(0.0, 0.0, 0.0)


def test_a_body_of_less_than_four_words_is_one_run() -> None:
    assert measure_overlap("only lamps", "Only lamps").f1 == 1.0
    assert measure_overlap("only", "Only lamps").f1 == 0.0


def test_texts_are_kept_however_their_blanks_and_quotes_are_written() -> None:
    assert count_kept(["he said “so”", "a  b"], 'Then he\nsaid "so". a c') == (1, 2)


@pytest.mark.parametrize(
    ("markup", "stated"),
    [
        ('<time datetime="2020-05-01T10:00">May</time>', True),
        ('<meta content="2020-05-01" property="article:published_time">', True),
        ('{"datePublished":"2020-05-01T10:00"}', True),
        ('<meta name="DC.date.issued" content="2020-05-01">', True),
        ("<p>datetime of</p><p>2020-05-01</p>", False),
        ('<a href="/2020-05-01/lamps">x</a>', False),
        ('<time datetime="2021-05-01T10:00">May</time>', False),
    ],
)
def test_a_date_is_stated_for_machines_where_its_attribute_or_key_says_so(markup: str, stated: bool) -> None:
    assert is_for_machines(markup.encode(), "2020-05-01") is stated


def test_a_page_is_scored_by_what_its_set_says() -> None:
    found = Found(is_read=True, title="Forty lamps", date="2020-05-01", body="Read also. They lit forty lamps at once")
    one = score(PAGE, found)
    assert (one.title, one.date, one.is_date_for_machines) == ("exact", "right", True)
    assert (one.wanted, one.unwanted) == ((1, 2), (1, 1))
    assert one.body == Overlap(0.6, 1.0, 1.2 / 1.6)
    silent = score(LabelledPage("b", "hill", PAGE.url, False, b""), found)
    assert (silent.title, silent.date, silent.body, silent.wanted) == (None, None, None, (0, 0))


def test_a_refused_page_has_no_title_and_counts_nothing() -> None:
    one = score(PAGE, Found(is_read=False, reason="a list"))
    assert (one.title, one.date, one.body) == ("refused", "null", Overlap(0.0, 0.0, 0.0))
    figures = summarise([one])
    assert (figures["read"], figures["articles refused"], figures["titles refused"]) == (0.0, 1.0, 1.0)


def test_shares_are_of_the_pages_of_which_the_set_says_it() -> None:
    found = Found(is_read=True, title="Forty lamps", date="2020-06", body="They lit forty lamps at once")
    silent = LabelledPage("b", "hill", PAGE.url, False, b"")
    figures = summarise([score(PAGE, found), score(PAGE, Found(is_read=False)), score(silent, found)])
    assert (figures["pages"], figures["titles"], figures["titles exact"], figures["titles refused"]) == (3, 2, 0.5, 0.5)
    assert (figures["dates wrong"], figures["dates null"], figures["body f1"]) == (0.5, 0.5, 0.5)
    assert (figures["wanted kept"], figures["unwanted kept"]) == (0.25, 0.0)
    assert summarise([score(silent, found)])["body f1"] is None


def test_a_folder_is_read_in_its_own_order(tmp_path: Path) -> None:
    pages = list(iter_labelled(write_folder(tmp_path / "labelled")))
    assert [page.id for page in pages] == ["a", "b", "c", "d"]
    assert [page.is_article for page in pages] == [True, True, True, True]
    assert pages[2].address() == "https://www.iom.int/news/c"
    assert pages[0].payload.startswith(b"<!doctype html>")
