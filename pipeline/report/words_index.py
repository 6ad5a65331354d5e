"""The search index: words to documents, in script files that a browser loads when it needs them, from any place.

Belongs here: words, their folding, the files. Does not belong here: ranking and showing, which ``script.js`` does; it
folds and divides what is typed exactly as this module does (the suite compares both).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pipeline.ground.printable import escape
from pipeline.report.words import name_country

if TYPE_CHECKING:
    from pipeline.report.edition import DocumentEntry, Edition

N_SHARDS = 64
TITLE_WEIGHT, MOST_WEIGHT = 3, 60
LONGEST_TERM = 40
EXCERPT = 140
_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]+")
"""Thai, Lao, Chinese and Japanese have no blanks: there each character, and each with its next, is a term."""


def split_terms(text: str) -> list[str]:
    """The terms of a text in order: lower case, without accents.

    >>> split_terms("Côte d’Ivoire: QU8-805"), split_terms("移民局 A")
    (['cote', 'd', 'ivoire', 'qu8', '805'], ['移', '民', '局', '移民', '民局', 'a'])
    """
    folded = unicodedata.normalize("NFKD", text.lower())
    bare = "".join([c for c in folded if unicodedata.category(c)[0] != "M"]) if not folded.isascii() else folded
    terms: list[str] = []
    for word in _WORD.findall(bare):
        if not word.isascii() and _UNSPACED.search(word):
            for run in re.findall(rf"{_UNSPACED.pattern}|[^\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]+", word):
                if _UNSPACED.match(run):
                    terms += [*run, *(run[at : at + 2] for at in range(len(run) - 1))]
                else:
                    terms.append(run[:LONGEST_TERM])
        else:
            terms.append(word[:LONGEST_TERM])
    return terms


def find_shard(term: str) -> int:
    """The file that a term is in, by its first two characters: what begins alike is found together.

    >>> find_shard("border") == find_shard("bo"), 0 <= find_shard("移民") < N_SHARDS
    (True, True)
    """
    return (ord(term[0]) * 31 + (ord(term[1]) if len(term) > 1 else 0)) % N_SHARDS


def make_index(edition: Edition) -> Iterator[tuple[str, bytes]]:
    """The files of the index: the documents, in the order they were first seen, and the words in shards."""
    entries = list(edition.entries.values())
    postings: dict[str, list[int]] = {}
    lengths: list[int] = []
    for number, entry in enumerate(entries):
        counts: dict[str, int] = {}
        for text, weight in _list_texts(entry):
            for term in split_terms(text):
                counts[term] = counts.get(term, 0) + weight
        lengths.append(sum(counts.values()))
        for term, n in counts.items():
            postings.setdefault(term, []).extend((number, min(n, MOST_WEIGHT)))
    rows = [_describe(entry, length) for entry, length in zip(entries, lengths, strict=True)]
    yield "search/documents.js", _call("documents", _dump(rows))
    shards: list[dict[str, list[int]]] = [{} for _ in range(N_SHARDS)]
    for term in sorted(postings):
        shards[find_shard(term)][term] = _delta(postings[term])
    for number, shard in enumerate(shards):
        yield f"search/words-{number}.js", _call("words", f"{number},{_dump(shard)}")


def _list_texts(entry: DocumentEntry) -> Iterable[tuple[str, int]]:
    row = entry.row
    yield row["title"] or "", TITLE_WEIGHT
    if entry.kind == "project":
        yield " ".join(filter(None, (row["projects_id"], row["prima_id"], row["type_name"]))), TITLE_WEIGHT
        yield " ".join(name_country(code) for code in row["countries"] or ()), 1
        yield row["description"] or "", 1
    else:
        yield row["body"] or "", 1


def _describe(entry: DocumentEntry, length: int) -> list[object]:
    row = entry.row
    text = " ".join((row["description" if entry.kind == "project" else "body"] or "").split())
    excerpt = text if len(text) <= EXCERPT else text[:EXCERPT].rpartition(" ")[0] + "…"
    if entry.kind == "project":
        year, countries = row["start_year"] or row["funding_year"], row["countries"] or []
    else:
        stated = (row["published_date"] or "")[:4]
        year, countries = int(stated) if stated.isdecimal() else None, [row["dateline_country"]]
    return [
        entry.href, entry.title, entry.kind, row["lang"] or "", year or 0, row["state"],
        [code for code in countries if code], length, escape(excerpt), row["site"],
    ]  # fmt: skip


def _delta(pairs: list[int]) -> list[int]:
    """Document numbers as steps from the one before, which are shorter."""
    steps: list[int] = []
    last = 0
    for at in range(0, len(pairs), 2):
        steps += (pairs[at] - last, pairs[at + 1])
        last = pairs[at]
    return steps


def _dump(value: object) -> str:
    # Of what JSON allows, a script file read as anything else could end at "</script"; ours never are, but cost is nil.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")


def _call(name: str, arguments: str) -> bytes:
    return f"iomdb.{name}({arguments});\n".encode("utf-8", "replace")
