"""What a text counts up in one sentence: "1) …; 2) …; 3) …".

Belongs here: enumerations inside running text. Does not belong here: lists of the markup, which are paragraphs of
their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor.prose.prose import Prose
from extractor.prose.rule import Hit, Rule
from extractor.unicode import clean_line

_MARK = re.compile(r"(?:(?<=[\s:;,(])|^)\(?(?P<mark>\d{1,2}|[a-h]|i{1,3}|iv|v)\)\s+(?=\S)")
_ORDERS = tuple([str(number) for number in range(1, 21)]), tuple("abcdefgh"), ("i", "ii", "iii", "iv", "v")
_ENDING = re.compile(r"[\s;,.:]*(?:;? (?:and|et|y))?[\s;,.:]*$")


def _find_items(prose: Prose) -> Iterator[Hit]:
    text = prose.text
    marks = list(_MARK.finditer(text)) if any(first in text for first in ("1) ", "a) ", "i) ")) else []
    for order in _ORDERS:
        runs: list[list[re.Match[str]]] = []
        for mark in marks:
            if mark["mark"] == order[0]:
                runs.append([mark])
            elif (
                runs
                and len(runs[-1]) < len(order)
                and mark["mark"] == order[len(runs[-1])]
                and "\n" not in text[runs[-1][0].end() : mark.start()]
            ):
                runs[-1].append(mark)
        for run in runs:
            if len(run) >= 2:
                yield from _read_run(prose, run)
                return


def _read_run(prose: Prose, run: list[re.Match[str]]) -> Iterator[Hit]:
    ends = [mark.start() for mark in run[1:]] + [prose.find_sentence(run[-1].end())[1]]
    for number, (mark, end) in enumerate(zip(run, ends, strict=True), start=1):
        words = _ENDING.sub("", prose.text[mark.end() : end])
        if words:
            yield Hit(clean_line(words), str(number), mark.start(), mark.end() + len(words))


RULES = (
    Rule(
        id="activity.enumerated",
        kind="activity",
        certainty="stated",
        find=_find_items,
        example="It will assist by: 1) building a quay; 2) training pilots; and 3) lighting the harbour. It ends in "
        "May.",
        finds=(("building a quay", "1"), ("training pilots", "2"), ("lighting the harbour", "3")),
        counter_example="The harbour (see 1) and the quay (5 m) are open 3) days.",
    ),
)
