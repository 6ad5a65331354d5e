"""The published file in the oldest DuckDB that must open it and in the newest; and the tables built with the newest.

Both stand in folders of their own in the environment (Makefile), for one process can load only one of them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

OLDEST, NEWEST = "1.2", "2.0"

READ = """
import json, sys
import duckdb

with duckdb.connect(sys.argv[1], read_only=True) as tables:
    def ask(sql):
        return sorted(repr(row) for row in tables.execute(sql).fetchall())
    views = tables.execute("SELECT view_name FROM duckdb_views() WHERE schema_name = 'v1' ORDER BY 1").fetchall()
    found = {name: ask(f"FROM v1.{name}") for (name,) in views}
    someone, address = tables.execute("SELECT project_id, url FROM v1.projects ORDER BY project_id LIMIT 1").fetchone()
    found["history"] = ask(f"FROM v1.history('{someone}')")
    found["timemap"] = ask(f"FROM v1.timemap('{address}')")
    for kind in ("projects", "news"):
        found[f"{kind}_asof"] = ask(f"FROM v1.{kind}_asof(TIMESTAMP '2026-02-01', TIMESTAMP '2099-01-01')")
        found[f"{kind}_asof, now"] = ask(f"FROM v1.{kind}_asof(TIMESTAMP '2026-02-01')")
    tables.execute("SET TimeZone = 'Asia/Tokyo'")
    for instant in ("TIMESTAMPTZ '2026-02-01 00:00:00+00'", "'2026-02-01T05:00:00+05:00'"):
        assert ask(f"FROM v1.projects_asof({instant})") == found["projects_asof, now"], instant
    assert ask(f"FROM v1.history('{someone.lower()}')") == found["history"]
    assert ask(f"FROM v1.timemap('{address}/')") == found["timemap"]
print(json.dumps({"version": duckdb.__version__, "found": found}))
"""


def with_duckdb(version: str, *words: str) -> subprocess.CompletedProcess[str]:
    """A Python process that loads this DuckDB."""
    place = Path(sys.prefix) / f"duckdb-{version}"
    if version == OLDEST and sys.version_info >= (3, 14):
        pytest.skip(f"there is no wheel of DuckDB {version} for this Python")
    assert (place / "duckdb").is_dir(), "make .venv/ready-dev installs it"
    environment = os.environ | {"PYTHONPATH": str(place)}
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False, env=environment)


def read_with(version: str | None, published: Path) -> dict[str, Any]:
    words = ("-c", READ, str(published))
    ended = (
        subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
        if version is None
        else with_duckdb(version, *words)
    )
    assert ended.returncode == 0, ended.stderr
    answer: dict[str, Any] = json.loads(ended.stdout)
    assert version is None or answer["version"].startswith(version + ".")
    found: dict[str, Any] = answer["found"]
    return found


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_every_view_and_macro_says_the_same_in_another_duckdb(published: Path, version: str) -> None:
    ours, theirs = read_with(None, published), read_with(version, published)
    assert len(ours) > 25
    assert sum(len(rows) for rows in ours.values()) > 200
    assert theirs == ours


@pytest.mark.slow
def test_the_newest_duckdb_builds_the_same_tables() -> None:
    """The whole of the eight weeks, their publication and their release, with the newest instead of the locked one."""
    folder = Path(__file__).parent.parent
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    ended = with_duckdb(
        NEWEST,
        *words,
        *(str(folder / f"test_{name}.py") for name in ("eight_weeks", "publish", "data_release", "query")),
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert " passed" in ended.stdout
