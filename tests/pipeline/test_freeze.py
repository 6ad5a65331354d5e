"""A page is frozen where the contributor works, never into the installation that the command comes from."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from pipeline.ground.folders import PROJECT_ROOT

PAGE = (
    "<html lang=fr><body><main><article><h1>Le port ouvre</h1><p>Le port de neuf villages a ouvert ce matin, et "
    "quarante familles sont venues au quai pour voir partir le premier bateau.</p></article></main></body></html>"
)


def freeze(folder: Path) -> subprocess.CompletedProcess[str]:
    page = folder / "page.html"
    page.write_text(PAGE, encoding="utf-8")
    words = ["freeze", str(page), "--url", "https://www.iom.int/fr/news/le-port-ouvre"]
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_page_is_frozen_into_the_checkout_that_one_stands_in(tmp_path: Path) -> None:
    golden = tmp_path / "tests" / "golden" / "pages"
    golden.mkdir(parents=True)
    inside = tmp_path / "docs"
    inside.mkdir()
    assert freeze(inside).returncode == 0
    (draft,) = golden.glob("le-port-ouvre-*.json")
    frozen = json.loads(draft.read_text(encoding="utf-8"))
    assert (frozen["reviewed"], frozen["record"]["lang"], frozen["record"]["title"]) == (None, "fr", "Le port ouvre")
    assert draft.with_suffix(".html").read_text(encoding="utf-8") == PAGE


def test_outside_of_a_checkout_nothing_is_written_and_one_sentence_says_what_to_do(tmp_path: Path) -> None:
    before = sorted((PROJECT_ROOT / "tests" / "golden" / "pages").iterdir())
    refused = freeze(tmp_path)
    assert refused.returncode == 2
    assert "--into FOLDER" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    assert sorted((PROJECT_ROOT / "tests" / "golden" / "pages").iterdir()) == before
