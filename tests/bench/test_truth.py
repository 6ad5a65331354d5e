"""``python -m bench.truth FOLDER``, by process, on pages in our own words."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.bench.labelled import ASIDE, FIRST, write_folder

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow  # the peers are in the environment of the benchmark alone


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bench.truth", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("truth")
    ended = run(str(write_folder(folder / "pages")), "--json", str(folder / "kept.json"), "--wrong")
    assert ended.returncode == 0, ended.stderr
    return ended.stdout, json.loads((folder / "kept.json").read_text())


def test_it_gives_the_figures_of_each_set_and_of_drupal_beside_both_peers(measured: tuple[str, dict[str, Any]]) -> None:
    figures = measured[1]["figures"]
    assert list(figures) == ["all", "dale", "hill", "drupal"]
    assert list(figures["all"]) == ["iomdb", "trafilatura", "BeautifulSoup lxml"]
    ours, soup = figures["all"]["iomdb"], figures["all"]["BeautifulSoup lxml"]
    assert (ours["pages"], ours["read"], ours["articles refused"]) == (4, 0.75, 0.25)
    assert (ours["dates right"], ours["dates wrong"], ours["of these right"]) == (0.5, 0.5, 1.0)
    assert (ours["wanted kept"], ours["unwanted kept"]) == (1.0, 0.0)
    assert (soup["titles exact"], soup["dates null"], soup["unwanted kept"]) == (0.0, 1.0, 1.0)
    assert ours["body recall"] == pytest.approx(2 / 3, abs=0.001)


def test_it_gives_pages_a_second_and_how_many_times_ours_is_quicker(measured: tuple[str, dict[str, Any]]) -> None:
    printed, kept = measured
    assert all(one["pages_a_second"] > 0 and one["slowest_by_median"] >= 1 for one in kept["speed"].values())
    assert len(kept["ratios"]) == 4
    assert "pages/s a core" in printed


def test_it_names_what_is_wrong_when_asked(measured: tuple[str, dict[str, Any]]) -> None:
    wrong = [line for line in measured[0].splitlines() if line.startswith(("refused", "title ", "date "))]
    assert [" ".join(line.split()[:3]) for line in wrong] == [
        "title wrong b",
        "date wrong b",
        "refused d https://lamps.example/news/d:",
    ]


def test_it_keeps_ids_and_numbers_and_no_word_of_a_page(measured: tuple[str, dict[str, Any]]) -> None:
    kept = json.dumps(measured[1])
    assert measured[1]["pages"]["d"] == {"is_read": False, "title": "refused", "date": None, "f1": 0.0}
    assert not any(word in kept for word in (FIRST[:20], ASIDE[:20], "Forty", "lamps.example"))


def test_no_folder_is_wrong_use() -> None:
    assert run("nowhere").returncode == 2
