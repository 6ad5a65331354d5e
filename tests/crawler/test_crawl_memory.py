"""A hostile site costs no more memory than an honest one: measured on the process that crawls it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from crawler.archive.runs import iter_run_ids, read_manifest
from crawler.outcomes import Outcome
from tests.site import faults
from tests.site.routes import html_page, site_file
from tests.site.server import WebServer


def test_bombs_endless_bodies_and_5000_headers_stay_under_600_megabytes(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    bomb = faults.bomb(100 << 20)
    with WebServer() as server:
        for n in range(6):
            server.routes[f"/news/bomb-{n}"] = bomb
            server.routes[f"/news/endless-{n}"] = faults.endless()
            server.routes[f"/news/headers-{n}"] = faults.many_headers(5000, html_page("A", "b"))
        pages = ", ".join(f'"{server.root}{path}"' for path in server.routes)
        text = site_file(server.host, "attempts = 1\nbreaker_failures = 99\n", start=f"[start]\npages = [{pages}]\n")
        (tmp_path / "sites" / "loop.toml").write_text(text)
        words = ["--site", "loop", "--sites", str(tmp_path / "sites"), "--archive", str(tmp_path / "archive")]
        child = subprocess.Popen([sys.executable, "-m", "crawler", *words], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    (run_id,) = iter_run_ids(tmp_path / "archive")
    counts = read_manifest(tmp_path / "archive", run_id).counts
    assert counts == {Outcome.TOO_LARGE: 12, Outcome.PROTOCOL_ERROR: 6, Outcome.NOT_FOUND: 1}
    assert usage.ru_maxrss * 1024 < 600e6, f"{usage.ru_maxrss} KiB"
    print(f"peak {usage.ru_maxrss // 1024} MiB")
