"""What repeats on the pages of each run: learnt from the archive, kept beside the run's reading, and chosen for it.

Belongs here: which pages are looked at, the file ``extracted/<release>/<run_id>.frames.json``, and which run's frame a
run is read with. Does not belong here: what makes a text frame, and reading with it (``extractor.layouts.repeated``).

A run has a frame of its own for each site and language of which it has enough pages; without one it takes that of the
run nearest by capture time. So the readings depend on the archive alone: where a run that comes later, or leaves, makes
another one the nearest, the digest that a reading was made with is not the one that is wanted, and it is made again.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from contracts.outcomes import Effect
from contracts.run import PAGE_KINDS, Fetch
from crawler.archive.reader import read_fetched
from crawler.archive.runs import iter_fetches, iter_run_ids
from crawler.disk import write_durably
from crawler.errors import DamagedRecordError, UnreadableFileError
from extractor.layouts.read_page import read_texts
from extractor.layouts.repeated import LEAST_PAGES, Frame, PageTexts, learn_frame
from extractor.values.language import find_in_url

Group = tuple[str, str]
"""A site, and the language that the addresses of its pages name (empty: none)."""

LEAST_SAMPLE, MOST_SAMPLE = 12, 40
"""So many pages of a group are looked at, one in eight between: all tell little more of what stands on a fifth."""

NO_FRAMES = hashlib.sha256().hexdigest()
"""The digest of reading by rules alone."""

IN_PART = "in part"
"""In the place of the digest: a record did not hold, so the run is looked at and read again until all of them do."""

_SUFFIX = ".frames.json"

BY_RULES: Mapping[Group, Frame] = MappingProxyType({})
"""No frames: each page is read as if it were alone."""


class Learnt(msgspec.Struct, frozen=True):
    """What a run's pages of one group tell: ``at`` is the newest capture; no ``keys`` where they are too few."""

    site: str
    lang: str
    at: datetime
    keys: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    sha256: str | None = None


class UsedFrame(msgspec.Struct, frozen=True):
    """The run whose frame a group of another run, or of the same, was read with."""

    site: str
    lang: str
    run_id: str


class KeptFrames(msgspec.Struct, frozen=True):
    """The file beside a reading: what its run tells (None: to be learnt again), and what the reading was made with."""

    learnt: tuple[Learnt, ...] | None
    used: tuple[UsedFrame, ...] = ()
    read_with: str = NO_FRAMES


class _Donor(NamedTuple):
    at: datetime
    run_id: str
    sha256: str


def find_group(fetch: Fetch) -> Group:
    """The group that a page belongs to, by its line of the ledger alone."""
    return fetch.site, find_in_url(fetch.url) or ""


def learn_run(run_folder: Path) -> tuple[Learnt, ...]:
    """What the pages of a run tell of each group in it, in the order of the groups. A damaged record tells nothing.

    Raises:
        DamagedRecordError: its ledger does not hold, or a file of it is not there.
    """
    seen: dict[Group, list[datetime]] = {}
    pages: dict[Group, dict[str, Fetch]] = {}
    for fetch in iter_fetches(run_folder):
        if _is_page(fetch):
            group = find_group(fetch)
            seen.setdefault(group, []).append(fetch.fetched_at)
            sample = pages.setdefault(group, {})
            slug = fetch.page_key.rstrip("/").rpartition("/")[2]
            known = sample.get(slug)
            if known is None or (known.fetched_at, known.url) < (fetch.fetched_at, fetch.url):
                sample[slug] = fetch
            if len(sample) > 4 * MOST_SAMPLE:
                pages[group] = _take_sample(sample, MOST_SAMPLE)
    return tuple(_learn_group(run_folder, group, seen[group], pages[group]) for group in sorted(pages))


def _is_page(fetch: Fetch) -> bool:
    place = fetch.capture
    return (
        place is not None
        and place.warc_type != "revisit"
        and place.reader is not None
        and fetch.kind in PAGE_KINDS
        and fetch.effect is Effect.SEEN
    )


def _take_sample(pages: Mapping[str, Fetch], n_pages: int) -> dict[str, Fetch]:
    """Pages with different slugs, the same ones whatever the order of the ledger."""
    slugs = sorted(pages, key=lambda slug: hashlib.sha256(slug.encode()).digest())
    return {slug: pages[slug] for slug in slugs[:n_pages]}


def _learn_group(run_folder: Path, group: Group, seen: Sequence[datetime], pages: Mapping[str, Fetch]) -> Learnt:
    at = max(seen)
    if len(pages) < LEAST_PAGES:
        return Learnt(*group, at)
    n_pages = min(max(LEAST_SAMPLE, len(seen) // 8), MOST_SAMPLE)
    texts = [found for fetch in _take_sample(pages, n_pages).values() if (found := _list_texts(run_folder, fetch))]
    frame = learn_frame(texts)
    keys, over = sorted(frame.keys), sorted(frame.over)
    digest = hashlib.sha256(" ".join([*keys, "over", *over]).encode()).hexdigest()
    return Learnt(*group, at, tuple(keys), tuple(over), digest)


def _list_texts(run_folder: Path, fetch: Fetch) -> PageTexts | None:
    assert fetch.capture is not None, "see _is_page"
    assert fetch.capture.reader is not None, "see _is_page"
    try:
        capture = read_fetched(run_folder, fetch)
    except UnreadableFileError:
        raise
    except DamagedRecordError:
        return None
    return read_texts(capture.payload, reader=fetch.capture.reader, url=fetch.url, declared_charset=capture.charset)


class Frames:
    """The frames of all runs of an archive, kept in a folder of readings: which one each run is to be read with."""

    def __init__(self, place: Path, kept: Mapping[str, KeptFrames]) -> None:
        self._place = place
        self._marks = {
            run_id: [Learnt(one.site, one.lang, one.at, sha256=one.sha256) for one in frames.learnt or ()]
            for run_id, frames in kept.items()
        }
        self._read_with = {run_id: frames.read_with for run_id, frames in kept.items()}
        self._donors: dict[Group, list[_Donor]] = {}
        for run_id, learnt in self._marks.items():
            for one in learnt:
                if one.sha256 is not None:
                    self._donors.setdefault((one.site, one.lang), []).append(_Donor(one.at, run_id, one.sha256))
        for donors in self._donors.values():
            donors.sort()

    @classmethod
    def learn(cls, archive: Path, place: Path, anew: Collection[str] = ()) -> "Frames":
        """Those of every sealed run, kept in ``place``; learnt where they are not kept yet, or are wanted ``anew``.

        A run whose ledger is damaged tells nothing, until it is whole again.
        """
        place.mkdir(parents=True, exist_ok=True)
        kept: dict[str, KeptFrames] = {}
        for run_id in iter_run_ids(archive):
            frames = _read(place, run_id)
            if frames.learnt is None or frames.read_with == IN_PART or run_id in anew:
                try:
                    frames = msgspec.structs.replace(frames, learnt=learn_run(archive / run_id))
                except DamagedRecordError:
                    continue
                _write(place, run_id, frames)
            kept[run_id] = msgspec.structs.replace(
                frames, learnt=tuple(msgspec.structs.replace(one, keys=(), over=()) for one in frames.learnt or ())
            )
        return cls(place, kept)

    def choose(self, run_id: str) -> dict[Group, Frame]:
        """The frames to read the run with; none for a group of which no run tells anything."""
        return {group: _load(self._place, donor.run_id, group) for group, donor in self._find_donors(run_id).items()}

    def list_stale(self) -> list[str]:
        """The runs whose reading in the folder was made with other frames than are wanted now, in order."""
        return [
            run_id
            for run_id in sorted(self._marks)
            if (self._place / f"{run_id}.parquet").exists() and self._read_with[run_id] != self._digest(run_id)
        ]

    def note_reading(self, run_id: str, *, is_whole: bool = True) -> None:
        """Write down what the reading of the run, which is in its place, was made with; whether all records held."""
        if run_id not in self._marks:
            return
        used = tuple(UsedFrame(*group, donor.run_id) for group, donor in self._find_donors(run_id).items())
        kept = _read(self._place, run_id)
        noted = msgspec.structs.replace(kept, used=used, read_with=self._digest(run_id) if is_whole else IN_PART)
        if noted != kept:
            _write(self._place, run_id, noted)

    def _digest(self, run_id: str) -> str:
        lines = [f"{site} {lang} {one.sha256}\n" for (site, lang), one in self._find_donors(run_id).items()]
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def _find_donors(self, run_id: str) -> dict[Group, _Donor]:
        """For each group of the run, in order, the run whose frame it takes: itself, or the nearest by capture time."""
        found: dict[Group, _Donor] = {}
        for one in self._marks.get(run_id, ()):
            group = one.site, one.lang
            if one.sha256 is not None:
                found[group] = _Donor(one.at, run_id, one.sha256)
            elif donors := self._donors.get(group):
                place = bisect_left(donors, (one.at,))
                near = donors[max(0, place - 1) : place + 1]
                found[group] = min((abs(donor.at - one.at), donor) for donor in near)[1]
        return found


def find_used(place: Path, run_id: str) -> dict[Group, Frame]:
    """The frames with which the reading of a run in a folder was made."""
    return {(one.site, one.lang): _load(place, one.run_id, (one.site, one.lang)) for one in _read(place, run_id).used}


def forget_frames(extracted: Path, run_ids: Iterable[str]) -> None:
    """What was learnt of these runs, by any release, is learnt again before anything is read with it."""
    for run_id in run_ids:
        for path in extracted.glob(f"*/{run_id}{_SUFFIX}"):
            _write(path.parent, run_id, msgspec.structs.replace(_read(path.parent, run_id), learnt=None))


def find_frames_file(place: Path, run_id: str) -> Path:
    """Where the frames of a run are kept, beside its reading."""
    return place / f"{run_id}{_SUFFIX}"


def _load(place: Path, run_id: str, group: Group) -> Frame:
    learnt = _read(place, run_id).learnt or ()
    return next(
        (Frame(frozenset(one.keys), frozenset(one.over)) for one in learnt if (one.site, one.lang) == group),
        Frame(frozenset()),
    )


def _read(place: Path, run_id: str) -> KeptFrames:
    """What is kept of a run; nothing learnt where there is no file, or none that can be read."""
    try:
        return msgspec.json.decode(find_frames_file(place, run_id).read_bytes(), type=KeptFrames)
    except (FileNotFoundError, msgspec.DecodeError):
        return KeptFrames(None)


def _write(place: Path, run_id: str, frames: KeptFrames) -> None:
    write_durably(find_frames_file(place, run_id), msgspec.json.encode(frames))
