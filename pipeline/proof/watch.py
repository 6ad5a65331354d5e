"""What became of the citations in a text: each is found by its capture, and compared with what is published now.

Belongs here: finding citations in pasted text of any form, and the verdict on each. Does not belong here: making
citations (:mod:`pipeline.proof.cite`), proving them by the archive (:mod:`pipeline.proof.verify`).
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from pipeline.ground.folders import DataFolder
from pipeline.ground.printable import escape
from pipeline.proof.verify import as_text
from warehouse.errors import NotFoundError, QueryError
from warehouse.read.captures import find_mementos
from warehouse.read.claims import Claim, find_claim, read_said, read_unread
from warehouse.read.documents import read_versions
from warehouse.read.published import Tables, open_published

Fate = Literal["still so", "changed", "gone", "not found"]

_DASH = r"[-\u2010\u2011\u2013]\s?"
_MARK = re.compile(
    rf"iomdb\s+verify\s+([0-9a-f]{{8}}(?:{_DASH}[0-9a-f]{{4}}){{3}}{_DASH}[0-9a-f]{{12}})(?:\s+([a-z][a-z0-9_]*))?",
    re.IGNORECASE,
)
_QUOTED = r"\s*=\s*(?:“|\"|„|«|``)\s?(.*?)\s?(?:”|\"|»|'')(?=[\s;,.(\]}}|]|$)"
_TEX = {"\\textbackslash{}": "\\", "\\textasciitilde{}": "~", "\\textasciicircum{}": "^"}


@dataclass(frozen=True, slots=True)
class CitedValue:
    """A citation as a text has it: on which line, of which capture and field; the value that it quotes, or None."""

    line: int
    capture_id: str
    field: str
    quoted: str | None


@dataclass(frozen=True, slots=True)
class Watched:
    """A citation and what became of it.

    ``cited`` is what its capture says, ``now`` what the record says now, both as text, None for NULL. ``since`` is when
    it changed or was gone, in site time. ``note`` says more, where there is more to say.
    """

    line: int
    capture_id: str
    document_id: str | None
    field: str
    cited: str | None
    fate: Fate
    since: datetime | None = None
    now: str | None = None
    note: str | None = None


def watch_citations(folder: DataFolder, published: Path, text: str) -> list[Watched]:
    """What became of each citation in a text, in its order, by the tables of ``published``; empty where it has none.

    Raises:
        PublishedFileError: there are no tables.
    """
    with open_published(published) as connection:
        return [_watch(connection, folder.extracted, one) for one in iter_citations(text)]


def iter_citations(text: str) -> Iterator[CitedValue]:
    """The citations in a text, whatever form they have: as they were printed, in BibTeX, JSON or a wiki's template.

    Line breaks, hyphens and quotes as word processors make them do not matter.
    """
    plain = _undo_forms(text)
    start = 0
    for mark in _MARK.finditer(plain):
        capture_id = re.sub(_DASH, "-", mark[1]).lower()
        field = (mark[2] or "title").lower()
        quotes = re.findall(re.escape(field) + _QUOTED, plain[start : mark.start()], re.DOTALL)
        yield CitedValue(plain.count("\n", 0, mark.start()) + 1, capture_id, field, quotes[-1] if quotes else None)
        start = mark.end()


def _undo_forms(text: str) -> str:
    r"""The text without what TeX, JSON and wikis add to it.

    >>> _undo_forms(r"budget\_amount = \u201c50 \%\u201d {{!}} a&#91;b&#93;")
    'budget_amount = “50 %” | a[b]'
    """
    for written, meant in (*_TEX.items(), ("{{!}}", "|")):
        text = text.replace(written, meant)
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    text = re.sub(r"\\([{}$&#_%\"])", r"\1", text)
    return html.unescape(text).replace("\xad", "")


def _watch(connection: Tables, extracted: Path, one: CitedValue) -> Watched:
    try:
        claim = find_claim(connection, extracted, one.capture_id)
    except (NotFoundError, QueryError) as error:
        return Watched(one.line, one.capture_id, None, one.field, one.quoted, "not found", note=str(error))
    field = one.field if one.field in claim.values else "title"
    cited = as_text(claim.values[field])
    found = Watched(one.line, one.capture_id, claim.named.document_id, field, cited, "still so")
    if one.quoted is not None and not _is_quote_of(one.quoted, cited):
        note = f"the citation says “{one.quoted}”, its capture does not"
        return replace(found, fate="not found", note=note)
    if claim.gone_from is not None:
        return replace(found, fate="gone", since=claim.gone_from)
    if claim.version is None:
        return _compare_page(connection, extracted, claim, found)
    return _compare(connection, claim, found)


def _compare(connection: Tables, claim: Claim, found: Watched) -> Watched:
    """By the versions of the record: what it says now, and since when no longer what is cited."""
    assert claim.version is not None
    versions = [(row["valid_from"], as_text(row[found.field])) for row in read_versions(connection, claim.named)]
    now = versions[-1][1]
    if now == found.cited:
        unread = found.field in read_unread(connection, claim.named)
        return replace(found, now=now, note="as last read: the page states it otherwise now" if unread else None)
    same = [place for place, (_, value) in enumerate(versions) if value == found.cited]
    after = [begins for begins, _ in versions[max(same) + 1 :]] if same else []
    return replace(found, fate="changed", since=after[0] if after else versions[-1][0], now=now)


def _compare_page(connection: Tables, extracted: Path, claim: Claim, found: Watched) -> Watched:
    """Of a page that no version is read from (a mirror, a translation): by its own newest capture."""
    newest = find_mementos(connection, extracted, claim.capture.page_key, None)[0].capture
    said = read_said(connection, extracted, newest)
    now = as_text((said.values or {}).get(found.field))
    if now == found.cited:
        return replace(found, now=now)
    return replace(found, fate="changed", since=newest.captured_at, now=now, note="by the newest capture of its page")


def _is_quote_of(quoted: str, value: str | None) -> bool:
    """Whether a citation quotes the value: whole, or cut with …; blanks and quotes of whatever kind do not matter."""
    if value is None:
        return False
    given, meant = (re.sub(r"[\s“”\"„«»]+", "", text) for text in (quoted, escape(value)))
    return meant.startswith(given.rstrip("…")) if given.endswith("…") else given == meant
