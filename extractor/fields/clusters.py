"""Which labels of a page are its own project's: teasers of other projects bear the same ones.

Belongs here: a page's labels in clusters, by what stands between them, and the clusters that are one with the title's.
Does not belong here: what a label is (``parts``), and which value belongs to it (``pairs``).

A label that is not the page's own is never a field and never contradicts one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from extractor.fields.grammar import LISTS, find_shapes, reads_like_prose
from extractor.roles.teasers import announces_related

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.blocks.document import Box
    from extractor.fields.parts import Part

MIN_LABELS: Final = 4
"""Fewer different labels without a key are no project page. One as the site prints it has seven or more (IOM-SITES)."""

_APART: Final = frozenset(["article", "aside"])
"""Elements that say of themselves that they are a piece of content of their own."""

_ROWS: Final = frozenset(["tr", "th", "td", "thead", "tbody"])

Kind = Literal["none", "announced", "link", "heading", "words", "prose"]


@dataclass(frozen=True, slots=True)
class _Opener:
    """What stands over a cluster: ``index`` is its block, ``box`` the one that it begins and that holds the labels."""

    kind: Kind
    index: int = -1
    box: Box | None = None
    level: int = 0
    is_below_text: bool = False


@dataclass(slots=True, eq=False)
class _Cluster:
    """Labels that nothing parts. ``is_titled`` says that the page's title stands between them and those before.

    ``is_announced`` says that what the page announces as related has begun.
    """

    opener: _Opener
    is_titled: bool
    is_announced: bool
    heads: list[Part] = field(default_factory=list)

    @property
    def names(self) -> set[object]:
        return {head.label for head in self.heads}

    @property
    def is_direct(self) -> bool:
        """Whether it stands under the page's title."""
        return self.is_titled and self.opener.kind in {"none", "prose"} and len(self.names) >= MIN_LABELS


@dataclass(frozen=True, slots=True)
class Own:
    """The labels of the page's own project, in page order, and the blocks of others' teasers.

    ``n_seen`` counts the different labels wherever they stand but in what the page announces as others'.
    """

    heads: list[Part]
    foreign: set[int]
    n_seen: int = 0


def find_own(parts: Sequence[Part], titles: Sequence[int]) -> Own | str:
    """The labels of the page's own project; or why they cannot be told from those of others.

    ``titles`` are the blocks that show the page's title.
    """
    clusters = _find_clusters(parts, titles)
    told = [one for one in clusters if not one.is_announced]
    seen = {label for one in told for label in one.names}
    main = next((one for one in told if one.is_direct), None)
    if main is None:
        main = max((one for one in told if one.opener.kind != "link"), key=lambda one: len(one.names), default=None)
        if any(one is not main and len(one.names) >= MIN_LABELS and _repeats(one, main) for one in told):
            return "a list of projects: several parts of the page bear the labels of one"
    own = [one for one in told if main is not None and (one is main or _is_own(one, main))]
    heads = [head for one in own for head in one.heads]
    foreign = [one for one in clusters if one not in own]
    return Own(heads, _find_foreign(parts, foreign, {head.block.index for head in heads}), len(seen))


def _repeats(one: _Cluster, main: _Cluster | None) -> bool:
    """Whether two clusters under words of their own state the same fields: no block shown twice has a title."""
    return main is not None and one.opener.kind in {"heading", "link", "words"} and bool(one.names & main.names)


def _find_clusters(parts: Sequence[Part], titles: Sequence[int]) -> list[_Cluster]:
    clusters: list[_Cluster] = []
    between: list[Part] = []
    before: Part | None = None
    for part in parts:
        if part.label is None:
            between.append(part)
            continue
        start = before.block.index if before else -1
        title = max((index for index in titles if start < index < part.block.index), default=-1)
        rest = _skip_values(before, between) if title < 0 else [one for one in between if one.block.index > title]
        opener = _find_opener(rest, part)
        if not clusters or title >= 0 or opener.kind != "none":
            goes_on = bool(clusters) and clusters[-1].is_announced and title < 0
            clusters.append(_Cluster(opener, title >= 0, goes_on or opener.kind == "announced"))
        clusters[-1].heads.append(part)
        before, between = part, []
    return clusters


def _skip_values(label: Part | None, between: Sequence[Part]) -> Sequence[Part]:
    """What stands between two labels without what may be the first one's value."""
    if label is None or label.label is None:
        return between
    at = 0
    while at < len(between) and (at == 0 or (label.label.field in LISTS and find_shapes(between[at].value) == LISTS)):
        block = between[at].block
        if announces_related(between[at].value) or (block.heading_level and not label.block.heading_level):
            break
        at += 1
    return between[at:] if at == 0 or not reads_like_prose(between[0].value) else between


def _find_opener(rest: Sequence[Part], label: Part) -> _Opener:
    """What of the parts before a label stands over it and those after it."""
    for part in rest:
        if announces_related(part.value):
            return _Opener("announced", part.block.index)
    prose = max((at for at, part in enumerate(rest) if reads_like_prose(part.value)), default=-1)
    tail = [part for part in rest[prose + 1 :] if any(map(str.isalpha, part.value))]
    for part in tail:
        box = _find_headed_box(part, label)
        level = part.block.heading_level
        is_link = part.block.link_share >= 0.8
        if (box is not None and (is_link or box.tag not in _ROWS)) or level:
            kind: Kind = "link" if is_link else "heading" if level else "words"
            return _Opener(kind, part.block.index, box, level, is_below_text=prose >= 0)
    if prose < 0:
        return _Opener("none")
    is_line = label.block.box.parent is None
    if tail and (is_line or len(tail) == 1):
        return _Opener("words", tail[0].block.index, is_below_text=True)
    return _Opener("prose", rest[prose].block.index)


def _find_headed_box(part: Part, label: Part) -> Box | None:
    """The box that a part begins and that holds a label after it."""
    for box in part.block.box.iter_up():
        if box.first != part.block.index or box.parent is None:
            return None
        if box.last > label.block.index:
            return box
    return None


def _is_own(one: _Cluster, main: _Cluster) -> bool:
    """Whether a cluster states the same project as the main one."""
    first = one.heads[0].block
    apart = next((box for box in first.box.iter_up() if box.tag in _APART), None)
    if apart is not None and not apart.first <= main.heads[0].block.index < apart.last:
        return False
    opener = one.opener
    if opener.kind in {"none", "prose"}:
        return opener.kind == "none" or len(one.names) > 1 or one.heads[0].is_marked
    if opener.kind == "link" or one.names & main.names:
        return False
    if opener.kind == "heading" and opener.box is not None:
        over = main.opener
        is_alike = over.box is not None and (over.level, over.box.tag) == (opener.level, opener.box.tag)
        return is_alike and len(main.names) > 1
    return not opener.is_below_text and (opener.kind == "heading" or len(one.names) > 1)


def _find_foreign(parts: Sequence[Part], clusters: Sequence[_Cluster], own: set[int]) -> set[int]:
    """The blocks of clusters of others: the whole of their boxes, else from their openers to their last values."""
    found: set[int] = set()
    for one in clusters:
        first, last = one.heads[0].block, one.heads[-1].block.index
        start = first.index if one.opener.kind in {"none", "prose"} else one.opener.index
        box = one.opener.box or next((around for around in first.box.iter_up() if around.tag in _APART), None)
        if box is not None and not any(box.first <= index < box.last for index in own):
            found.update(range(box.first, box.last))
        end = next((p.block.index for p in parts if p.block.index > last and not _is_value(p)), last + 2)
        found.update(index for index in range(start, end) if index not in own)
    return found


def _is_value(part: Part) -> bool:
    return part.label is None and not reads_like_prose(part.value)
