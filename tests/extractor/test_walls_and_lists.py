"""Answers that are no page, and articles that are no list: the tables of what was met, each in several frames."""

from __future__ import annotations

import pytest

from tests.extractor.cases.tables import read_table
from tests.extractor.readings import NEWS_URL, read_html, read_text

SENTENCE = "The harbour master counted the boats at dawn and wrote their names into the new ledger number {}."
MENU = '<nav><ul><li><a href="/a">Home</a></li><li><a href="/b">What we do</a></li></ul></nav>'
FRAMES = {
    "bare": "<html><head><title>{0}</title></head><body><h1>{0}</h1><p>{1}</p></body></html>",
    "in the site's frame": f"<html><head><title>{{0}} | IOM</title></head><body><header>{MENU}</header>"
    "<main><h1>{0}</h1>"
    "<div class='content'><p>{1}</p></div></main><footer><p>All rights reserved.</p></footer></body></html>",
    "without a heading": "<html><head><title>{0}</title></head><body><div><b>{0}</b><br>{1}</div></body></html>",
    "in boxes": "<html><body><div class=box><div class=head><h2>{0}</h2></div><div class=text>{1}</div></div></body>",
}
WALLS = [(row["title_or_case"], row["text_or_numbers"], row["right"]) for row in read_table("block_pages")
         if row["right"] in {"refused", "read"}]  # fmt: skip


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize(("title", "text", "right"), WALLS)
def test_a_wall_is_refused_in_any_frame_and_a_short_article_is_read(
    title: str, text: str, right: str, frame: str
) -> None:
    reading = read_html(FRAMES[frame].format(title, text), NEWS_URL)
    assert reading.status == ("quarantined" if right == "refused" else "read"), reading.title


@pytest.mark.parametrize(("title", "text", "right"), WALLS)
def test_a_wall_is_refused_as_text_too(title: str, text: str, right: str) -> None:
    assert read_text(f"{title}\n{text}", NEWS_URL).status == ("quarantined" if right == "refused" else "read")


def test_an_article_about_walls_is_read() -> None:
    text = "".join(
        f"<p>{sentence}</p>"
        for sentence in (
            "The ministry's site was under maintenance for two days while clerks moved the ledgers to a new server.",
            "Travellers who could not log in were asked to write to the counter, where their password was set anew.",
            "By Friday the database was back, and the queue at the port office had gone.",
            "The harbour master thanked the clerks, who had written four hundred names by hand and by lamplight.",
            "Their ledgers will be kept in the old customs house, where families may look at them on Mondays.",
            "A second server was ordered in May and is to be carried over the hills before the rains begin.",
        )
    )
    page = f"<html><body><main><h1>Site under maintenance: the port copes</h1>{text}</main></body></html>"
    assert read_html(page, NEWS_URL).status == "read"


LISTS = read_table("article_or_list")


@pytest.mark.parametrize("row", LISTS, ids=[" ".join(list(row.values())[:3]) for row in LISTS])
@pytest.mark.parametrize("links", ["list", "cards", "paragraphs"])
def test_links_behind_a_text_make_no_list_of_an_article(row: dict[str, str], links: str) -> None:
    titles = [
        f"The story of the {number} lamps that were carried over the hills" for number in range(int(row["links"]))
    ]
    shape = {
        "list": "<li><a href='/{0}'>{1}</a></li>",
        "cards": "<div class=c><a href='/{0}'>{1}</a></div>",
        "paragraphs": "<p><a href='/{0}'>{1}</a></p>",
    }[links]
    if "each with one line" in row["place"]:
        shape += "<p>A line on the lamps that were carried over.</p>"
    entries = "".join(shape.format(number, title) for number, title in enumerate(titles))
    entries = f"<ul>{entries}</ul>" if links == "list" else entries
    heading = "" if row["heading_over_links"] == "(none)" else f"<h2>{row['heading_over_links']}</h2>"
    text = "".join(f"<p>{SENTENCE.format(number)}</p>" for number in range(int(row["paragraphs"])))
    page = (
        f"<html><body><main><article><h1>Lamps for clerks</h1>{text}{heading}{entries}</article></main></body></html>"
    )
    reading = read_html(page, NEWS_URL)
    if row["right"].startswith("refused"):
        assert reading.status == "quarantined"
        return
    assert reading.news is not None, reading.reason
    body = [paragraph.value for paragraph in reading.news.paragraphs]
    assert body == [SENTENCE.format(number) for number in range(int(row["paragraphs"]))]
