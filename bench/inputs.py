"""What a fetch ledger would say of a page of the benchmarks.

Belongs here: that one statement. Does not belong here: pages, reading them.
"""

from __future__ import annotations

from datetime import UTC, datetime

from contracts.extraction import PageInput


def state_input(url: str) -> PageInput:
    """A page that was captured once, at an hour that means nothing.

    >>> state_input("https://www.iom.int/news/lamps").page_key
    'www.iom.int/news/lamps'
    """
    return PageInput(
        capture_id=url,
        run_id="bench",
        site="example.org",
        url=url,
        page_key=url.partition("://")[2],
        observed_at=datetime(2026, 11, 22, tzinfo=UTC),
        time_basis="captured",
        release=1,
    )
