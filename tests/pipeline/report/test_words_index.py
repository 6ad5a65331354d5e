"""The search index: what is folded, and that the browser's script folds and divides as the builder does."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from pipeline.report.words_index import N_SHARDS, find_shard, split_terms

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = [
    "Côte d’Ivoire: QU8-805, 1.000,50 USD",
    "Ħal Qormi ŁÓDŹ Straße İstanbul",
    "مشروع إدارة الهجرة في ليبيريا",
    "Проект по управлению границей",
    "移民管理局の新しい窓口",
    "ระบบทะเบียนผู้ย้ายถิ่น",
    "ﬁnance ① ½ x²",
    "हिन्दी में परियोजना",
    "",
]


def read_shards(report: Path) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for number in range(N_SHARDS):
        text = (report / f"search/words-{number}.js").read_text("utf-8")
        match = re.fullmatch(r"iomdb\.words\((\d+),(.*)\);\n", text, re.DOTALL)
        assert match is not None
        shard = json.loads(match[2])
        assert int(match[1]) == number
        assert all(find_shard(term) == number for term in shard)
        found |= shard
    return found


def test_every_word_of_every_title_leads_to_its_document(report: Path) -> None:
    shards = read_shards(report)
    documents = json.loads((report / "search/documents.js").read_text("utf-8").removeprefix("iomdb.documents(")[:-3])
    for number, row in enumerate(documents):
        assert (report / row[0]).is_file()
        for term in split_terms(row[1]):
            steps = shards[term][::2]
            assert number in [sum(steps[: at + 1]) for at in range(len(steps))], (row[1], term)


def test_words_are_folded_alike_whatever_their_case_and_accents() -> None:
    assert split_terms("FRONTIÈRE") == split_terms("frontiere")
    assert split_terms("L’Été") == ["l", "ete"]


@pytest.mark.parametrize("text", TEXTS)
def test_what_begins_alike_is_in_one_file(text: str) -> None:
    for term in split_terms(text):
        assert find_shard(term) == find_shard(term[:2])
