"""Which labels of a page are its own project's: teasers of other projects bear the same ones.

Belongs here: a page's labels in clusters, by what stands between them, and the clusters that are one with the title's.
Does not belong here: what a label is (``parts``), and which value belongs to it (``pairs``).

A label that is not the page's own is never a field and never contradicts one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from extractor.blocks.document import Block, Box
from extractor.codebooks import Label
from extractor.fields.grammar import LISTS, find_shapes, reads_like_prose
from extractor.fields.parts import Part
from extractor.roles.teasers import announces_related

MIN_LABELS: Final = 4
"""Fewer different labels without a key are no project page. One as the site prints it has seven or more (IOM-SITES)."""

_APART: Final = frozenset(["article", "aside"])
"""Elements that say of themselves that they are a piece of content of their own."""

_ROWS: Final = frozenset(["tr", "th", "td", "thead", "tbody"])


class _Opener(NamedTuple):
    """What parts labels from those before. ``block`` is a title over them, None where it is text alone.

    ``box`` is the box that it begins and that holds the labels; ``announces`` says that it names others.
    """

    block: Block | None
    box: Box | None = None
    is_below_text: bool = True
    announces: bool = False


@dataclass(slots=True, eq=False)
class _Cluster:
    """Labels that nothing parts. ``is_titled``: the page's own title stands between them and those before.

    ``is_announced``: it stands below words that announce other projects. ``end``: where text or another cluster begins.
    """

    opener: _Opener | None
    heads: list[Part]
    is_titled: bool
    is_announced: bool
    end: int = 0

    @property
    def names(self) -> set[Label | None]:
        return {head.label for head in self.heads}

    @property
    def title(self) -> Block | None:
        return self.opener.block if self.opener else None


class Own(NamedTuple):
    """The labels of the page's own project, in page order, and the blocks of others' teasers.

    ``n_seen`` counts the different labels wherever they stand but in what the page announces as others'.
    """

    heads: list[Part]
    foreign: set[int]
    n_seen: int


def find_own(parts: Sequence[Part], titles: Sequence[int]) -> Own | str:
    """The labels of the page's own project; or why they cannot be told from those of others.

    ``titles`` are the blocks that show the page's title.
    """
    clusters = _find_clusters(parts, titles)
    told = [one for one in clusters if not one.is_announced]
    direct = [one for one in told if one.is_titled and one.title is None and len(one.names) >= MIN_LABELS]
    free = [one for one in told if one.heads[0].is_marked or len(one.names) > 1]
    free = [one for one in free if one.title is None or one.title.link_share < 0.8]
    main = max(direct[:1] or free, key=lambda one: len(one.names), default=None)
    if main is None:
        return Own([], set(), len({label for one in told for label in one.names}))
    others = [one for one in told if one is not main and one.title is not None and one.names & main.names]
    if not direct and any(len(one.names) >= MIN_LABELS for one in others):
        return "a list of projects: several parts of the page bear the labels of one"
    own = [one for one in told if one is main or _is_own(one, main)]
    heads = [head for one in own for head in one.heads]
    foreign = _find_foreign([one for one in clusters if one not in own], {head.block.index for head in heads})
    return Own(heads, foreign, len({label for one in told for label in one.names}))


def _find_clusters(parts: Sequence[Part], titles: Sequence[int]) -> list[_Cluster]:
    clusters: list[_Cluster] = []
    between: list[Part] = []
    for part in parts:
        if part.label is None:
            between.append(part)
            continue
        _close(clusters, between, part.block.index)
        before = clusters[-1].heads[-1] if clusters else None
        start = before.block.index if before else -1
        title = max((index for index in titles if start < index < part.block.index), default=-1)
        rest = between[_count_values(before, between) :]
        opener = _find_opener([one for one in rest if one.block.index > title], part)
        if not clusters or title >= 0 or opener:
            is_announced = bool(clusters) and clusters[-1].is_announced and title < 0
            clusters.append(_Cluster(opener, [], title >= 0, is_announced or bool(opener and opener.announces)))
        clusters[-1].heads.append(part)
        between = []
    _close(clusters, between, parts[-1].block.index + 1 if parts else 0)
    return clusters


def _close(clusters: Sequence[_Cluster], below: Sequence[Part], stop: int) -> None:
    """Say where the last cluster ends: at the first text below its last label."""
    if clusters:
        clusters[-1].end = next((part.block.index for part in below if reads_like_prose(part.value)), stop)


def _count_values(label: Part | None, between: Sequence[Part]) -> int:
    """How many of the parts between two labels may be the first one's value."""
    size = 0
    for part in between if label is not None and label.label is not None else ():
        is_title = part.block.heading_level > 0 and not (label and label.block.heading_level)
        is_listed = label and label.label and label.label.field in LISTS and find_shapes(part.value) == LISTS
        if is_title or announces_related(part.value) or reads_like_prose(part.value) or not (size == 0 or is_listed):
            break
        size += 1
    return size


def _find_opener(rest: Sequence[Part], label: Part) -> _Opener | None:
    """What of the parts before a label parts it from those before."""
    for part, below in pairwise([*rest, label]):
        if announces_related(part.value) and not (_is_like(part, label) and below.block.link_share < 0.8):
            return _Opener(part.block, announces=True)
    prose = max((at for at, part in enumerate(rest) if reads_like_prose(part.value)), default=-1)
    tail = [part for part in rest[prose + 1 :] if any(map(str.isalpha, part.value))]
    for part in tail:
        box = next((box for box in part.block.box.iter_up() if box.last > label.block.index), part.block.box)
        is_link = part.block.link_share >= 0.8
        is_boxed = box.first == part.block.index and box.parent is not None and (is_link or box.tag not in _ROWS)
        if is_boxed or part.block.heading_level:
            return _Opener(part.block, box if is_boxed else None, prose >= 0)
    if prose < 0:
        return None
    is_line = label.block.box.parent is None
    return _Opener(tail[0].block if tail and (is_line or len(tail) == 1) else None)


def _is_like(part: Part, label: Part) -> bool:
    """Whether a part stands in a box like that of a label, and may be one itself: "Related project"."""
    a, b = part.block.box, label.block.box
    return a.parent is not None and (a.tag, a.depth) == (b.tag, b.depth) and not part.block.heading_level


def _is_own(one: _Cluster, main: _Cluster) -> bool:
    """Whether a cluster states the same project as the main one.

    It does below no title of its own, or below one like the main one's ("When", "What"); not in a piece of content of
    its own, below text and a title, or below a link.
    """
    first, over = one.heads[0].block, one.opener
    apart = next((box for box in first.box.iter_up() if box.tag in _APART), None)
    if apart is not None and not apart.first <= main.heads[0].block.index < apart.last:
        return False
    if over is None or over.block is None:
        return over is None or len(one.names) > 1 or one.heads[0].is_marked
    if over.block.link_share >= 0.8 or one.names & main.names:
        return False
    if over.box is not None and over.block.heading_level:
        like, title = main.opener and main.opener.box, main.title
        is_alike = like and title and (like.tag, title.heading_level) == (over.box.tag, over.block.heading_level)
        return bool(is_alike) and len(main.names) > 1
    return not over.is_below_text and (over.block.heading_level > 0 or len(one.names) > 1)


def _find_foreign(clusters: Sequence[_Cluster], own: set[int]) -> set[int]:
    """The blocks of clusters of others: the whole of their boxes, else from their titles to the text below them."""
    found: set[int] = set()
    for one in clusters:
        first = one.heads[0].block
        start = one.title.index if one.title else first.index
        box = (one.opener and one.opener.box) or next((box for box in first.box.iter_up() if box.tag in _APART), None)
        if box is not None and not any(box.first <= index < box.last for index in own):
            found.update(range(box.first, box.last))
        found.update(index for index in range(start, one.end) if index not in own)
    return found
