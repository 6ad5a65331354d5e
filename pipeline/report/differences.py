"""What differs between two texts: sentence by sentence for a terminal, word by word for a page.

Belongs here: finding it, at a cost that no length of text can raise. Does not belong here: colours, tables, pages.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from pipeline.ground.printable import escape

LONG_TEXT = 60
"""Values up to here are shown whole; of longer ones what differs."""

MOST_WORDS = 1_500
"""Of two texts with more words between their first and last difference, all of that is shown as rewritten."""
SHOWN_CHARACTERS = 3_000
"""Of what was rewritten so much is shown; the tables have the rest."""
CONTEXT_WORDS = 8

_WORD = re.compile(r"\s+|\w+(?:[.,:-]\w+)*|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some words of a text, and whether the other text lacks them."""

    text: str
    differs: bool


def iter_text_differences(old: str, new: str) -> Iterator[str]:
    """The sentences that differ, ``- `` before what went and ``+ `` before what came; equal ones are left out.

    >>> list(iter_text_differences("One. Two. Three.", "One. Four. Three."))
    ['- Two.', '+ Four.']
    """
    before, after = _split_sentences(old), _split_sentences(new)
    for tag, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            yield from (f"- {escape(line)}" for line in before[start:end])
            yield from (f"+ {escape(line)}" for line in after[new_start:new_end])


def narrow_difference(old: object, new: object, *, longest: int = LONG_TEXT) -> tuple[object, object]:
    """Of two long texts the sentences that differ, with … for what is equal; other values as they are.

    >>> narrow_difference("It began. It cost 5.", "It began. It cost 6.", longest=10)
    ('… It cost 5.', '… It cost 6.')
    """
    if not (isinstance(old, str) and isinstance(new, str)) or max(len(old), len(new)) <= longest or old == new:
        return old, new
    before, after = _split_sentences(old), _split_sentences(new)
    gone: list[str] = []
    came: list[str] = []
    for tag, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone += before[start:end] if tag != "equal" else ["…"]
        came += after[new_start:new_end] if tag != "equal" else ["…"]
    return " ".join(gone), " ".join(came)


def mark_differences(old: str, new: str) -> tuple[list[Stretch], list[Stretch]]:
    """Both texts as stretches, those that differ marked word by word; long equal stretches are cut to their ends.

    >>> [[(one.text, one.differs) for one in side] for side in mark_differences("It cost 5 USD", "It cost 6 USD")]
    [[('It cost ', False), ('5', True), (' USD', False)], [('It cost ', False), ('6', True), (' USD', False)]]
    """
    before, after = _WORD.findall(old), _WORD.findall(new)
    head = _count_equal(before, after)
    tail = _count_equal(before[head:][::-1], after[head:][::-1])
    inner = before[head : len(before) - tail], after[head : len(after) - tail]
    if max(map(len, inner)) > MOST_WORDS:
        ranges = [(True, (0, len(inner[0])), (0, len(inner[1])))]
    else:
        opcodes = SequenceMatcher(None, *inner, autojunk=False).get_opcodes()
        ranges = [(tag != "equal", (a, b), (c, d)) for tag, a, b, c, d in opcodes]
    sides: tuple[list[Stretch], list[Stretch]] = ([], [])
    for side, words in enumerate((before, after)):
        _add(sides[side], words[:head], differs=False)
        for differs, *places in ranges:
            first, last = places[side]
            _add(sides[side], inner[side][first:last], differs=differs)
        _add(sides[side], words[len(words) - tail :], differs=False)
    return _shorten(sides[0]), _shorten(sides[1])


def _count_equal(one: list[str], other: list[str]) -> int:
    n = 0
    for word, beside in zip(one, other, strict=False):
        if word != beside:
            break
        n += 1
    return n


def _add(side: list[Stretch], words: list[str], *, differs: bool) -> None:
    if not words:
        return
    text = "".join(words)
    # A blank between two words that differ belongs to them: else each word is a mark of its own.
    if side and side[-1].differs == differs:
        side[-1] = Stretch(side[-1].text + text, differs)
    elif not differs and text.isspace() and side:
        side[-1] = Stretch(side[-1].text + text, side[-1].differs)
    else:
        side.append(Stretch(text, differs))


def _shorten(side: list[Stretch]) -> list[Stretch]:
    shown = []
    for number, stretch in enumerate(side):
        if stretch.differs:
            text = stretch.text
            cut = text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]} … "
            shown.append(Stretch(escape(cut, keep_lines=True), differs=True))
            continue
        words = stretch.text.split(" ")
        if len(words) > 2 * CONTEXT_WORDS + 4:
            start = "" if number == 0 else " ".join(words[:CONTEXT_WORDS]) + " "
            end = "" if number == len(side) - 1 else " " + " ".join(words[-CONTEXT_WORDS:])
            shown.append(Stretch(escape(f"{start}…{end}", keep_lines=True), differs=False))
        else:
            shown.append(Stretch(escape(stretch.text, keep_lines=True), differs=False))
    return shown


def _split_sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?…])\s+|\n+", text) if part]
