"""One archive gives one content hash, whatever process derives it: nothing in it has an order by chance."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.outcomes import Outcome
from tests.pipeline.houses import SITE, House, at_day, build_house, news_url, project_url

FRENCH = f"https://{SITE}/fr/news/une-histoire"
ENGLISH = news_url(0)
BODY = (
    "<p>Port Haven - The harbour of nine villages opened on 3 May 2026 after 14 months, with 250 boats, 1,800 nets, "
    "65 masts and 42 lamps. Anna Example, Head of the Harbour, thanked 37 families for their patience.</p>"
)
SURROUNDINGS = [
    {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "CORES": cores}
    for seed, zone, locale, cores in zip(
        ("0", "1", "2", "3", "77", "4242"),
        itertools.cycle(("UTC", "America/St_Johns", "Asia/Kathmandu")),
        itertools.cycle(("C.UTF-8", "C", "POSIX")),
        itertools.cycle(("2", "1")),
        strict=False,
    )
]
PUBLISH = """
import os, sys
os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:int(os.environ["CORES"])]))
from pipeline.cli import main
main([sys.argv[1], "--json"])
"""


def story(title: str, *, lang: str, other: str, body: str = BODY) -> bytes:
    """A news page that names its translation; the translation names it."""
    there = "fr" if lang == "en" else "en"
    return (
        f'<html lang={lang}><head><link rel=alternate hreflang={there} href="{other}"></head>'
        f"<body><main><article><h1>{title}</h1>{body}</article></main></body></html>"
    ).encode()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Projects and news over four crawls: edits, copies, translations, a page that vanishes for good, one for a day."""
    house = build_house(tmp_path_factory.mktemp("one-hash"), projects=8, news=6)
    house.pages[ENGLISH] = story("The harbour opens", lang="en", other=FRENCH)
    french = "<p>Port Haven - Le port de neuf villages a ouvert le 3 mai 2026.</p><p>Les familles sont venues.</p>"
    house.pages[FRENCH] = story("Le port ouvre", lang="fr", other=ENGLISH, body=french)
    house.pages[news_url(20)] = house.pages[news_url(21)] = house.pages[news_url(1)]
    house.crawl(0)
    house.pages[project_url(1)] = house.pages[project_url(1)].replace(b"ompleted", b"ontinued")
    gone = {project_url(2): Outcome.NOT_FOUND, news_url(3): Outcome.NOT_FOUND}
    house.crawl(1, outcomes=gone)
    house.pages[ENGLISH] = house.pages[ENGLISH].replace(b"250 boats", b"260 boats")
    house.crawl(2.5, outcomes={project_url(2): Outcome.NOT_FOUND})
    house.crawl(4, outcomes={project_url(2): Outcome.NOT_FOUND})
    return house


def derive(house: House, copy: Path, surroundings: dict[str, str], command: str, *, shuffle: int) -> str:
    """The content hash of a copy whose runs came in another order, read and published anew by the command."""
    runs = sorted((house.folder.archive).iterdir())
    for run in runs[shuffle % len(runs) :] + runs[: shuffle % len(runs)]:
        shutil.copytree(run, copy / "archive" / run.name, dirs_exist_ok=True)
    environment = os.environ | surroundings | {"IOMDB_DATA": str(copy), "IOMDB_SITES": str(house.sites)}
    answer = subprocess.run(
        [sys.executable, "-c", PUBLISH, command], env=environment, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    return str(json.loads(answer.stdout)["content_sha256"])


@pytest.mark.slow
def test_an_archive_has_one_hash_under_any_seed_zone_locale_number_of_threads_and_order(
    house: House, tmp_path: Path
) -> None:
    hashes = {
        derive(house, tmp_path / str(number), surroundings, "publish", shuffle=number)
        for number, surroundings in enumerate(SURROUNDINGS)
    }
    assert len(hashes) == 1
    again = derive(house, tmp_path / "0", SURROUNDINGS[3], "rebuild", shuffle=0)
    assert {again} == hashes
    assert house.publish(at_day(5)).content_sha256 == again
