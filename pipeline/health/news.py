"""What the sites changed, for whoever wants to be told of it: each change once, in the report's sentences.

Belongs here: which changes are new to somebody. Does not belong here: the sentences (``pipeline.report``), sending.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from contracts.fields import Significance
from pipeline.alerts.incidents import NEWS
from pipeline.ground.finding import Finding
from pipeline.ground.folders import DataFolder
from pipeline.ground.printable import count
from pipeline.report.edition import SIGNIFICANCE, list_events
from pipeline.report.sentences import write_sentence
from pipeline.report.words import write_day
from warehouse.errors import WarehouseError
from warehouse.read.published import open_published

WINDOW = timedelta(days=180)
"""A removal is dated by the first sign of it and confirmed later; what is older than this is told no more."""
MOST_TOLD = 20


def find_news(
    folder: DataFolder, least: Significance, now: datetime, told: Collection[str] | None
) -> tuple[list[str], Finding | None]:
    """The ids of the changes that are known now, and a finding about those of ``least`` significance not yet ``told``.

    At the first look nothing is new. Where there are no tables, all stays as it was.
    """
    since = (now - WINDOW).astimezone(UTC).replace(tzinfo=None)
    try:
        with open_published(folder.published) as connection:
            events = list_events(connection, since)
    except WarehouseError:
        return list(told or ()), None
    wanted = SIGNIFICANCE[: SIGNIFICANCE.index(least) + 1]
    events = [one for one in events if one.weight in wanted and one.first.change != "created"]
    known = [one.anchor for one in events]
    new = [] if told is None else [one for one in events if one.anchor not in told]
    if not new:
        return known, None
    lines = [f"{write_day(one.first.changed_at)}: {write_sentence(one.sentences[0])}" for one in new[:MOST_TOLD]]
    lines += [f"And {count(len(new) - MOST_TOLD, 'more change')}."] if len(new) > MOST_TOLD else []
    first = min(one.first.changed_at for one in new)
    return known, Finding(
        f"{NEWS}:{now:%Y%m%dT%H%M%SZ}", "notice", f"{count(len(new), 'change')} on the sites",
        str(folder.report / "changes" / "index.html"), f"iomdb changes --since {first:%Y-%m-%d}", lines=tuple(lines),
    )  # fmt: skip
