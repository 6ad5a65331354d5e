"""What differs between two texts, word by word, at a bounded cost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.differences import mark_differences
from tests.costs import costing_at_most
from tests.examples import examples

words = st.lists(st.sampled_from(["a", "bb", "5.50", "–", "x,", "\n\n", "é"]), max_size=12).map(" ".join)


@given(words, words)
@examples(150)
def test_what_does_not_differ_is_the_same_on_both_sides(old: str, new: str) -> None:
    before, after = mark_differences(old, new)
    assert "".join(one.text for one in before) == old
    assert "".join(one.text for one in after) == new
    same = ["".join(one.text for one in side if not one.differs).split() for side in (before, after)]
    assert same[0] == same[1] or any(one.differs for one in (*before, *after))
    assert (old == new) == (not any(one.differs for one in (*before, *after)))


def test_an_amount_is_one_word() -> None:
    before, after = mark_differences("120000.00", "115000.50")
    assert [(one.text, one.differs) for one in before] == [("120000.00", True)]
    assert [(one.text, one.differs) for one in after] == [("115000.50", True)]


def test_long_texts_are_narrowed_to_what_differs() -> None:
    text = " ".join(f"word{n}" for n in range(5000))
    before, after = mark_differences(text, text.replace("word2500 ", "other "))
    assert len("".join(one.text for one in before)) < 300
    assert [one.text for one in after if one.differs] == ["other"]


@pytest.mark.slow
def test_ten_megabytes_that_differ_everywhere_take_seconds_at_most() -> None:
    old, new = "a b " * 2_500_000, "c d " * 2_500_000
    with costing_at_most(30):
        before, after = mark_differences(old, new)
    assert len("".join(one.text for one in (*before, *after))) < 10_000
