"""Searching: words in any language, phrases, fields; an index that is there, or is made, and never of another file."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.costs import measure_cost
from tests.warehouse.archives import Archive, build, news
from warehouse.errors import QueryError
from warehouse.publish.swap import publish_database
from warehouse.read.published import as_objects
from warehouse.read.search import MAX_TERMS, build_index, drop_index, find_index, make_excerpt, parse_terms, search

TEXTS = {
    "fr": ("Libéria", "Les réfugiés sont rentrés à Conakry, en Guinée."),
    "ar": ("العَوْدَة", "عادت أُسَر إلى مديـــنة عدن."),
    "zh": ("移民", "国际移民组织在利比里亚工作。"),
    "th": ("ชายแดน", "ผู้ย้ายถิ่นข้ามชายแดน"),
    "en": ("Returns", "The families came home to Conakry."),
}


def publish_texts(root: Path, texts: dict[str, tuple[str, str]]) -> Path:
    """One news page a language, published."""
    archive = Archive(root)
    pages = [
        news(f"https://www.iom.int/news/{lang}", title=title, body=body, lang=lang)
        for lang, (title, body) in texts.items()
    ]
    archive.run("2026-01-05", pages)
    return publish_database(build(archive), root / "iomdb.duckdb").path


@pytest.fixture(scope="module")
def folded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Texts that are folded in different ways; read it only."""
    return publish_texts(tmp_path_factory.mktemp("folded"), TEXTS)


@pytest.fixture
def kept(folded: Path, tmp_path: Path) -> Path:
    """A copy of it, to change."""
    return Path(shutil.copy2(folded, tmp_path / "iomdb.duckdb"))


def find_languages(published: Path, words: str, **how: Any) -> set[str]:
    return {row["lang"] for row in as_objects(search(published, words, **how))}


@pytest.mark.parametrize(
    ("words", "languages"),
    [
        ("liberia", {"fr"}),
        ("REFUGIES guinee", {"fr"}),
        ("conakry", {"fr", "en"}),
        ("العودة", {"ar"}),
        ("مدينة", {"ar"}),
        ("اسر", {"ar"}),
        ("移民", {"zh"}),
        ("利比里亚", {"zh"}),
        ("亚里", set()),
        ("ชายแดน", {"th"}),
        ("title:conakry", set()),
        ("text:conakry", {"fr", "en"}),
        ("title:returns conakry", {"en"}),
        ('text:"came home"', {"en"}),
        ('title:"came home"', set()),
    ],
)
def test_words_are_folded_alike_in_texts_and_in_questions(folded: Path, words: str, languages: set[str]) -> None:
    assert find_languages(folded, words) == languages


def test_a_missing_index_is_made_and_kept(kept: Path) -> None:
    assert find_languages(kept, "conakry", lang="en") == {"en"}
    made = find_index(kept).stat().st_mtime_ns
    assert find_languages(kept, "conakry") == {"fr", "en"}
    assert find_index(kept).stat().st_mtime_ns == made


def test_the_index_of_another_file_answers_nothing(kept: Path, tmp_path: Path) -> None:
    build_index(kept)
    newer = publish_texts(tmp_path / "newer", {"en": ("Boats", "They left by sea.")})
    os.replace(newer, kept)  # noqa: PTH105 - as publishing does
    assert find_languages(kept, "conakry") == set()
    assert find_languages(kept, "boats") == {"en"}


@pytest.mark.parametrize("damage", [b"", b"no index", None])
def test_a_damaged_index_is_made_anew(kept: Path, damage: bytes | None) -> None:
    path = build_index(kept)
    path.write_bytes(path.read_bytes()[:5000] if damage is None else damage)
    assert find_languages(kept, "boats", any_word=True) == set()
    assert find_languages(kept, "conakry") == {"fr", "en"}


def test_nothing_of_a_removed_document_stays_in_the_index(kept: Path) -> None:
    build_index(kept)
    drop_index(kept)
    assert not find_index(kept).exists()


def test_a_folder_that_cannot_be_written_is_searched_all_the_same(kept: Path) -> None:
    find_index(kept).mkdir()
    assert find_languages(kept, "conakry") == {"fr", "en"}


def test_a_search_costs_milliseconds_where_the_index_is_kept(published: Path) -> None:
    search(published, "the")
    assert min(measure_cost(lambda: search(published, "the border", any_word=True)) for _ in range(10)) < 0.05


def _search(published: Path, words: str, **how: Any) -> list[str]:
    return [row["id"] for row in as_objects(search(published, words, **how))]


def test_search_finds_words_whatever_the_case_and_accents_in_any_language(published: Path) -> None:
    assert _search(published, "éTÉ OUVERT") == ["iom.int/fr/news/un-poste-ouvre"]
    assert _search(published, "ete ouvert") == ["iom.int/fr/news/un-poste-ouvre"]
    assert _search(published, "guards", lang="fr") == []


def test_search_takes_whole_words_and_phrases(published: Path) -> None:
    assert _search(published, "stor") == []
    assert _search(published, '"new border post"', kind="news")
    assert _search(published, '"post border new"') == []
    assert _search(published, "storm nowhere") == []
    assert _search(published, "storm nowhere", any_word=True) == ["haiti.iom.int/news/storm"]


def test_a_word_in_the_title_ranks_higher_and_projects_are_found_too(published: Path) -> None:
    assert _search(published, "storm")[0] == "haiti.iom.int/news/storm"
    assert _search(published, "guards")[:2] == ["PR.0157", "QU8-805"]
    assert len(_search(published, "the", limit=2)) == 2


@pytest.mark.parametrize("words", ["", "  ", "--", '""', "!?"])
def test_a_search_without_a_word_is_refused(published: Path, words: str) -> None:
    with pytest.raises(QueryError, match="no word"):
        search(published, words)
    with pytest.raises(QueryError, match="more than"):
        search(published, "word " * (MAX_TERMS + 1))


@pytest.mark.parametrize("words", ["a.*b", "\\", "(", "[", "$1", "'; DROP TABLE x", "%", "\x00x"])
def test_signs_in_search_words_mean_nothing(published: Path, words: str) -> None:
    if any(sign.isalnum() for sign in words):
        assert search(published, words).columns[0] == "score"
    else:
        with pytest.raises(QueryError, match="no word"):
            search(published, words)


def test_terms_and_excerpts() -> None:
    assert parse_terms('one "two  three" four-five') == [("", "one"), ("", "two three"), ("", "four five")]
    body = "word " * 60 + "the Évaluation went on. " + "word " * 60
    excerpt = make_excerpt(body, ["evaluation"])
    assert "Évaluation" in excerpt
    assert excerpt.startswith("…")
    assert excerpt.endswith("…")
    assert len(excerpt) <= 170
    assert make_excerpt("short text", ["absent"]) == "short text"
