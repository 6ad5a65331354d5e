"""Near-duplicate texts: recall, precision, and a cache that never changes the result."""

from __future__ import annotations

import random
from hashlib import sha256
from typing import TYPE_CHECKING

from pipeline.relations import similar
from pipeline.relations.similar import NOTHING_KEPT, Kept, find_similar, make_sketches, read_kept, write_kept
from tests.pipeline.relations.documents import make_body, replace_words

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def _digest(text: str) -> bytes:
    return sha256(text.encode()).digest()


def _make_texts(first: int, count: int) -> dict[bytes, str]:
    """Texts of which every third is followed by a copy with two words changed."""
    texts = []
    for number in range(first, first + count):
        texts.append(make_body(number))
        if number % 3 == 0:
            texts.append(replace_words(texts[-1], number, 2))
    return {_digest(text): text for text in texts}


def test_every_injected_pair_is_found_and_no_other() -> None:
    texts = _make_texts(0, 300)
    pairs, _ = find_similar(texts, NOTHING_KEPT)
    expected = set()
    for number in range(0, 300, 3):
        body = make_body(number)
        expected.add(tuple(sorted((_digest(body), _digest(replace_words(body, number, 2))))))
    assert set(pairs) == expected


def test_kept_sketches_give_the_same_pairs_as_starting_anew() -> None:
    old, new = _make_texts(0, 60), _make_texts(60, 30)
    copies = [replace_words(text, 5, 1) for text in list(old.values())[:9]]
    new |= {_digest(copy): copy for copy in copies}
    _, kept = find_similar(old, NOTHING_KEPT)
    removed = dict(list(old.items())[5:])
    anew, _ = find_similar(removed | new, NOTHING_KEPT)
    continued, _ = find_similar(removed | new, kept)
    assert continued == anew
    assert len(anew) > 20


def test_only_new_texts_are_sketched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = _make_texts(0, 30), _make_texts(100, 3)
    _, kept = find_similar(old, NOTHING_KEPT)
    sketched: list[int] = []

    def record(texts: dict[bytes, str]) -> dict[bytes, bytes]:
        sketched.append(len(texts))
        return make_sketches(texts)

    monkeypatch.setattr(similar, "make_sketches", record)
    find_similar(old | new, kept)
    assert sketched == [len(new)]


def test_a_template_filled_many_times_is_split_by_its_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar, "MAX_BUCKET", 8)
    template = make_body(1, 200)
    texts = [f"{template} Report {number} of 2024." for number in range(30)]
    copy = replace_words(template, 3, 1) + " Report 7 of 2024."
    pairs, kept = find_similar({_digest(text): text for text in [*texts, copy]}, NOTHING_KEPT)
    assert set(pairs) == {tuple(sorted((_digest(texts[7]), _digest(copy))))}
    assert kept.pairs is None, "what depends on the crowd is not built upon"


def test_one_template_without_any_number_is_compared_in_linear_time() -> None:
    template = make_body(1, 200)
    places = ["".join(chr(97 + int(digit)) for digit in str(number)) for number in range(1000)]
    texts = {_digest(text): text for text in (f"{template} It happened in {place}." for place in places)}
    pairs, _ = find_similar(texts, NOTHING_KEPT)
    assert {digest for pair in pairs for digest in pair} == set(texts), "every one is found"
    assert len(pairs) < 20 * len(texts), "and not each beside each other one"


def test_what_is_kept_comes_back_from_disk(tmp_path: Path) -> None:
    _, kept = find_similar(_make_texts(0, 20), NOTHING_KEPT)
    path = tmp_path / "new" / "sketches"
    write_kept(path, kept)
    assert read_kept(path) == kept
    write_kept(path, Kept(kept.sketches, None))
    assert read_kept(path) == Kept(kept.sketches, None)


def test_a_damaged_or_missing_file_of_sketches_counts_as_absent(tmp_path: Path) -> None:
    path = tmp_path / "sketches"
    assert read_kept(path) == NOTHING_KEPT
    _, kept = find_similar(_make_texts(0, 20), NOTHING_KEPT)
    write_kept(path, kept)
    content = bytearray(path.read_bytes())
    draw = random.Random(1)
    for damage in range(20):
        broken = bytearray(content)
        if damage % 2:
            broken[draw.randrange(len(broken))] ^= 0x40
        else:
            del broken[draw.randrange(len(broken)) :]
        path.write_bytes(broken)
        assert read_kept(path) == NOTHING_KEPT
