"""Pages that lead to one place all together have not moved there: a front page, a consent wall, a log-in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipeline.shores import WALL, open_shore, redirect_to, wall

pytestmark = pytest.mark.slow

HOME = wall("The house by the river", "Welcome to the house. Its news and its works are behind the doors on the left.")


def test_a_front_page_that_pages_lead_to_is_no_document(tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        left = shore.add_news(8)[:2]
        shore.live(0)
        shore.listed = [shore.url(path) for path in shore.pages if path not in left]
        for day in (1, 2):
            shore.live(day, {"/": HOME, **{path: redirect_to(shore.url("/")) for path in left}})
        assert "/" not in shore.server.paths()
        assert shore.count_states() == {"live": 6, "unknown": 2}
        assert shore.list_changes() == []


@pytest.mark.parametrize("query", ["", "?back={n}"], ids=["one address", "an address for each"])
def test_a_wall_at_an_address_of_its_own_is_no_document_and_rings_until_it_is_gone(query: str, tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        paths = shore.add_news(6)
        shore.live(0)
        led = {path: redirect_to(shore.url(f"/gate{query.format(n=n)}")) for n, path in enumerate(paths)}
        shore.live(1, {"/gate": WALL, **led})
        assert shore.find_rings(1) == ["gate:loop:news"]
        assert shore.count_states() == {"live": 6}
        shore.live(2)
        assert shore.find_rings(2) == []
        assert shore.count_states() == {"live": 6}
        assert shore.list_changes() == []
        assert shore.ask("FROM v1.quarantine") == []
