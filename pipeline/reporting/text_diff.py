"""What differs between two texts, sentence by sentence.

Belongs here: finding it. Does not belong here: colours, tables, pages.
"""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from pipeline.ground.printable import escape

LONG_TEXT = 60
"""Values up to here are shown whole; of longer ones what differs."""


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


def _split_sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?…])\s+|\n+", text) if part]
