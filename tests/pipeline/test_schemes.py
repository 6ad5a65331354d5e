"""A site that leads from http to https, or back: one document a page, whichever of the two a source names.

Belongs here: crawls by a process of its own, whose list of authorities knows this server. Does not belong here:
redirects within one scheme (gate/test_pages_not_rows.py).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pipeline.shores import Shore, find_day
from tests.site.routes import sitemap, xml
from tests.site.schemes import CERTIFICATE, Scheme, TwoSchemes, open_both_schemes
from tests.site.server import Answer

pytestmark = pytest.mark.slow


def live(shore: Shore, both: TwoSchemes, day: int, *, listed: Scheme, led_to: Scheme) -> None:
    """A day on which the sitemap names addresses of one scheme, and the site answers at one."""
    both.settle(led_to).routes = {
        "/robots.txt": Answer(b"", status=404),
        "/sitemap.xml": xml(sitemap([f"{listed}://{both.port.host}{path}" for path in shore.pages])),
        **shore.pages,
    }
    shore.folder.root.mkdir(exist_ok=True)
    shore.write_site_file()
    words = ["--site", "loop", "--sites", str(shore.root / "sites"), "--now", find_day(day).isoformat()]
    command = [sys.executable, "-m", "crawler", *words, "--archive", str(shore.folder.archive)]
    trusting = {**os.environ, "SSL_CERT_FILE": str(shore.root / CERTIFICATE)}
    subprocess.run(command, env=trusting, check=True, stdout=subprocess.DEVNULL)
    published = shore.publish(day)
    assert all(verdict.is_accepted for verdict in published.verdicts), published.describe()
    assert shore.find_gate(day) == []


@pytest.mark.parametrize(
    "days",
    [
        pytest.param([("http", "https")] * 3, id="http in the sitemap of an https site"),
        pytest.param([("https", "http")] * 3, id="https in the sitemap of an http site"),
        pytest.param([("http", "http"), ("http", "https"), ("https", "https")], id="a site that takes up https"),
        pytest.param([("https", "https"), ("https", "http"), ("http", "http")], id="a site that drops https"),
    ],
)
def test_a_change_of_scheme_is_no_edit_no_second_document_and_no_evidence_against_a_site(
    days: list[tuple[Scheme, Scheme]], tmp_path: Path
) -> None:
    with open_both_schemes(tmp_path) as both:
        shore = Shore(tmp_path, both.port)
        shore.add_news(8)
        shore.add_projects(4)
        for day, (listed, led_to) in enumerate(days):
            live(shore, both, day, listed=listed, led_to=led_to)
            assert shore.count_states() == {"live": 12}
            assert shore.list_changes() == []
        seen = shore.ask("SELECT DISTINCT split_part(url, ':', 1) FROM v1.fetches WHERE outcome = 'fetched'")
        assert {scheme for (scheme,) in seen} == {led_to for _, led_to in days}, "the pages were read over this scheme"
