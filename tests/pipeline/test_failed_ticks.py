"""A schedule that fails in a real daemon: somebody is told, once, and told once more when it works again."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.pipeline.daemons import Copy, copy_code
from tests.site.routes import site_file

SCHEDULE = "tick:crawl_due_sites"


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """A copy of the code whose requests bear no key, two sites that are due, and one channel that writes ``told``."""
    (tmp_path / "sites").mkdir()
    for name, port in (("alpha", 9), ("beta", 10)):
        (tmp_path / "sites" / f"{name}.toml").write_text(site_file(f"127.0.0.1:{port}"))
    (tmp_path / "data").mkdir()
    words = ["/bin/sh", "-c", f'echo "$IOMDB_PHASE $IOMDB_KEY" >> {tmp_path / "told"}']
    (tmp_path / "data" / "alerts.toml").write_text(f'[[command]]\nname = "log"\nwords = {json.dumps(words)}\n')
    copy = copy_code(tmp_path, tmp_path / "sites")
    automation = copy.code / "pipeline" / "defs" / "automation.py"
    text, n_requests = re.subn(r'RunRequest\(f"[^"]+", ', "RunRequest(", automation.read_text(encoding="utf-8"))
    assert n_requests == 1
    automation.write_text(text, encoding="utf-8")
    return copy


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_schedule_that_fails_is_told_by_the_daemon_and_by_the_doctor_until_it_works_again(copy: Copy) -> None:
    def read_told() -> Counter[str]:
        told = copy.data.parent / "told"
        return Counter(told.read_text().splitlines() if told.exists() else ())

    with copy.run_daemon():
        copy.wait_until(lambda: f"open {SCHEDULE}" in read_told(), 240, "the failed tick is told")
        findings = {finding["key"]: finding for finding in json.loads(copy.call("doctor", "--json").stdout)["findings"]}
        assert findings[SCHEDULE]["severity"] == "problem"
        assert "must specify a run_key" in findings[SCHEDULE]["what"]
        for path in copy.sites.iterdir():
            path.unlink()
        copy.wait_until(lambda: f"over {SCHEDULE}" in read_told(), 240, "the next tick, with nothing due, works")
    assert SCHEDULE not in copy.call("doctor", "--json").stdout
    assert set(read_told().values()) == {1}, "each is told once"
