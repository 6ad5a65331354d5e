"""Where two texts become one work and news a project's: each number that decides it, below, at and above its value."""

from __future__ import annotations

from hashlib import sha256
from itertools import count, islice
from typing import Any

import pytest

from pipeline.relations.documents import RelatedDocument
from pipeline.relations.links import find_links
from pipeline.relations.similar import NOTHING_KEPT, find_similar
from tests.pipeline.relations.documents import cluster, make_news, make_project


def draw_words(name: str, length: int) -> list[str]:
    """Words that stand nowhere else: every run of three of them is a run of its own. No digit, no name of a number."""
    digests = (sha256(f"{name} {number}".encode()).hexdigest() for number in count())
    letters = str.maketrans("0123456789", "ghijklmnop")
    return [f"q{digest[:9].translate(letters)}" for digest in islice(digests, length)]


def change_words(words: list[str], name: str, n_changed: int) -> list[str]:
    """The words with so many replaced, so far apart that each takes three runs of three with it."""
    changed = list(words)
    for number, word in enumerate(draw_words(name, n_changed)):
        changed[3 + 4 * number] = word
    return changed


def pair_of(n_words: int, n_changed: int, name: str = "a") -> tuple[RelatedDocument, RelatedDocument]:
    """Two news pages of one title and so many words in all, so many of them changed."""
    title, *words = draw_words(name, n_words)
    return (
        make_news(f"{name}1", f"iom.int/news/{name}1", title=title, body=" ".join(words)),
        make_news(
            f"{name}2",
            f"niger.iom.int/news/{name}2",
            title=title,
            body=" ".join(change_words(words, f"{name} other", n_changed)),
        ),
    )


@pytest.mark.parametrize(("n_words", "is_copy"), [(171, False), (172, True), (173, True)])
def test_texts_that_share_seven_tenths_of_their_runs_are_copies(n_words: int, is_copy: bool) -> None:
    """Ten words changed are thirty runs: 139 of 199 in both, 140 of 200, 141 of 201."""
    members = cluster(*pair_of(n_words, 10))
    assert bool(members) is is_copy
    assert {member.role for member in members.values()} == ({"original", "near_copy"} if is_copy else set())


def test_hardly_any_pair_at_the_bound_is_missed() -> None:
    """Candidates come from sketches: one pair in five thousand may be lost by these, and none of this thousand."""
    letters = str.maketrans("0123456789", "abcdefghij")
    pairs = [pair_of(36, 2, f"{number:04}".translate(letters)) for number in range(1000)]
    members = cluster(*(document for pair in pairs for document in pair))
    assert members.keys() == {document.document_id for pair in pairs for document in pair}


@pytest.mark.parametrize(("n_words", "is_copy"), [(19, False), (20, True), (21, True)])
def test_a_text_of_fewer_than_twenty_words_is_no_copy(n_words: int, is_copy: bool) -> None:
    assert bool(cluster(*pair_of(n_words, 0))) is is_copy


def mirrors(n_own: int, titles: tuple[str, str], ends: tuple[str, str] = ("", "")) -> list[RelatedDocument]:
    """One slug on two sites: sixty runs in both texts (with the title, where it is one), and so many words of each."""
    is_one_title = titles[0] == titles[1]
    shared = " ".join(draw_words("shared", 61 if is_one_title else 62))
    return [
        make_news(host, f"{host}/news/a-slug", title=title, body=" ".join([shared, *draw_words(host, n_own), end]))
        for host, title, end in zip(("iom.int", "niger.iom.int"), titles, ends, strict=True)
    ]


@pytest.mark.parametrize(("n_own", "is_mirror"), [(68, True), (69, True), (70, False)])
def test_one_slug_under_two_titles_is_one_page_where_three_tenths_of_the_runs_are_shared(
    n_own: int, is_mirror: bool
) -> None:
    """60 of 198 runs in both, 60 of 200, 60 of 202."""
    assert bool(cluster(*mirrors(n_own, ("Harbour", "Ferry")))) is is_mirror


@pytest.mark.parametrize(("n_own", "is_one_page"), [(68, True), (69, True), (70, False)])
def test_a_number_may_differ_on_two_sites_where_three_tenths_of_the_runs_are_shared(
    n_own: int, is_one_page: bool
) -> None:
    """With the number itself as one more word of each."""
    assert bool(cluster(*mirrors(n_own, ("Harbour", "Harbour"), ("1240", "1420")))) is is_one_page


@pytest.mark.parametrize(
    ("numbers", "is_translation"),
    [
        ("32 33 34 35", False),
        ("32 33 34 1 2", True),
        ("32 33 34 35 36 37", True),
        ("32 33 1 2 3", False),
        ("31 33 34 1 2", False),
    ],
    ids=["four", "five", "six", "two large ones", "31 may be a day"],
)
def test_five_numbers_of_which_three_are_no_days_make_a_translation(numbers: str, is_translation: bool) -> None:
    english, french = (
        make_news(
            lang,
            f"iom.int/{lang}/news/{lang}",
            title="Harbour",
            lang=lang,
            dateline_country="NE",
            body=" ".join([*draw_words(lang, 30), numbers]),
        )
        for lang in ("en", "fr")
    )
    assert bool(cluster(english, french)) is is_translation


def test_up_to_256_alike_texts_are_compared_each_with_each() -> None:
    """Texts that differ in punctuation only; of more, each is compared with the next and with the first."""
    words = " ".join(draw_words("alike", 20))
    texts = [f"{words}{'.' * number}" for number in range(257)]
    digests = {sha256(text.encode()).digest(): text for text in texts}
    fewer = dict(list(digests.items())[1:])
    pairs, kept = find_similar(fewer, NOTHING_KEPT)
    assert len(pairs) == 256 * 255 // 2
    for before in (NOTHING_KEPT, kept):
        pairs, crowded = find_similar(digests, before)
        assert len(pairs) == 256 + 255
        assert crowded.pairs is None, "such a result is never built upon"


def is_linked(body: str, title: str, **fields: Any) -> bool:
    project = make_project("PR.0157", title=title, countries=["LR"], funders=["IDF"])
    news = make_news("n", "iom.int/news/n", **{"body": body, "countries": ["LR"], "funders": ["IDF"]} | fields)
    return bool(find_links([project, news]))


@pytest.mark.parametrize(
    ("title", "linked"),
    [
        ("Harbour Guards", False),
        ("Training Harbour Guards", True),
        ("Training New Harbour Guards", True),
        ("To a b c", True),
        ("To a bc", False),
        (f"Train Harbour {'s' * 286}", True),
        (f"Train Harbour {'s' * 287}", False),
    ],
    ids=["two words", "three", "four", "eight characters", "seven", "300", "301"],
)
def test_a_quoted_title_has_three_words_and_8_to_300_characters(title: str, linked: bool) -> None:
    assert is_linked(f"The project “{title}” has begun.", title) is linked


@pytest.mark.parametrize(
    ("title", "linked"),
    [
        ("Training of New Harbour Guards", False),
        ("Training of the New Harbour Guards", True),
        ("Training of all the New Harbour Guards", True),
    ],
    ids=["five words", "six", "seven"],
)
def test_a_title_without_marks_has_six_words(title: str, linked: bool) -> None:
    assert is_linked(f"Under {title.lower()} much was done.", title) is linked


@pytest.mark.parametrize(("acronym", "linked"), [("HG", False), ("HGS", True), ("HGST", True)])
def test_an_acronym_has_three_letters(acronym: str, linked: bool) -> None:
    assert is_linked("It begins.", f"Harbour Guards ({acronym})", acronyms=[acronym]) is linked
