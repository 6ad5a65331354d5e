"""What the doctor finds in a real data folder, what it says mends it, and what it leaves alone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.outcomes import Outcome
from contracts.run import Discovery
from contracts.verdict import Decision
from pipeline.alerts.incidents import update_incidents
from pipeline.gate.judgement import append_decision
from pipeline.ground.finding import Finding
from pipeline.health.diagnosis import Diagnosis, examine, send_alerts
from pipeline.health.redesign import compare_structures
from pipeline.history.run_history import read_free_bytes
from tests.costs import costing_at_most
from tests.pipeline.commands import Caller
from tests.pipeline.houses import House, at_day, build_house, copy_house, news_url, project_url
from tests.site.pages import make_project, render_page

SHELL = b"<html><body><div id=app><section><p>Loading</p></section></div><script>start()</script></body></html>"
CONTACT = b"<html><body><div><p>Write to jane.doe@example.org or +231 77 123 4567 please</p></div></body></html>"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> House:
    """One accepted crawl, published."""
    house = build_house(tmp_path_factory.mktemp("published") / "house", projects=6, news=4)
    house.crawl(0)
    house.publish(at_day(0.1))
    return house


@pytest.fixture(scope="module")
def rejected(published: House, tmp_path_factory: pytest.TempPathFactory) -> House:
    """A second crawl in which all project pages were script-only shells."""
    house = copy_house(published, tmp_path_factory.mktemp("rejected") / "house")
    house.pages.update({project_url(number): SHELL for number in range(5)} | {project_url(5): CONTACT})
    house.crawl(1)
    house.publish(at_day(1.1))
    return house


@pytest.fixture
def house(published: House, tmp_path: Path) -> House:
    return copy_house(published, tmp_path / "house")


def look(house: House, day: float = 0.2, *, deep: bool = False) -> Diagnosis:
    return examine(house.folder, house.sites, now=at_day(day), deep=deep)


def find(diagnosis: Diagnosis, key: str) -> Finding:
    (finding,) = [finding for finding in diagnosis.findings if finding.key == key]
    return finding


def problems(diagnosis: Diagnosis) -> list[str]:
    return [finding.key for finding in diagnosis.problems]


def run_folder(house: House) -> Path:
    (folder,) = house.folder.archive.iterdir()
    return folder


def test_a_healthy_folder_has_no_problem(house: House) -> None:
    diagnosis = look(house, deep=True)
    assert problems(diagnosis) == []
    assert {"disk", "archive", "record", "gate", "stale", "published"} <= diagnosis.families


def test_a_folder_that_is_not_there_yet_has_no_problem(tmp_path: Path) -> None:
    house = House(tmp_path / "house")
    assert problems(look(house)) == []
    assert find(look(house), "stale:never-crawled").severity == "notice"
    assert "IOMDB_DATA" in find(look(house), "permission:folder").what


def test_a_rejected_run_is_a_problem_until_a_person_decides(rejected: House, tmp_path: Path) -> None:
    house = copy_house(rejected, tmp_path / "house")
    finding = find(look(house, 1.2), "gate:example.org:project")
    assert "layout: project/1 → 6 of 6 unreadable" in finding.what
    assert finding.remedy.startswith(f"iomdb decide accept {finding.where} --site example.org --kind project --why")
    decision = Decision(at_day(1.2), "reject", "a broken day", "me", run_id=finding.where)
    append_decision(house.folder.decisions, decision)
    assert find(look(house, 1.2), "gate:example.org:project").severity == "notice"
    house.publish(at_day(1.3))
    assert not [finding for finding in look(house, 1.4).findings if finding.family == "gate"]


def test_old_and_new_structure_stand_side_by_side_without_contacts(rejected: House) -> None:
    (change,) = look(rejected, 1.2).structures
    assert change.url == project_url(0)
    assert change.before is not None
    assert any("Projects ID" in line for line in change.before)
    assert list(change.after) == ["div/section/p  Loading"]
    text = look(rejected, 1.2).describe()
    assert "last accepted" in text
    assert "Loading" in text


def test_an_outline_leaves_out_addresses_and_numbers(rejected: House) -> None:
    run_id = find(look(rejected, 1.2), "gate:example.org:project").where
    change = compare_structures(rejected.folder, run_id, project_url(5))
    assert change is not None
    assert list(change.after) == ["body/div/p  Write to … or … please"]


def test_a_site_goes_stale_and_a_failed_crawl_does_not_make_it_fresh(house: House) -> None:
    assert problems(look(house, 1.9)) == []
    house.crawl(2, outcomes=dict.fromkeys(house.pages, Outcome.TIMEOUT), robots=503)
    diagnosis = look(house, 2.1)
    assert "timeout 10" in find(diagnosis, "stale:example.org").what
    assert find(diagnosis, "stale:example.org").remedy == "iomdb crawl --site example.org"
    assert find(diagnosis, "robots:example.org").what.startswith("robots.txt of example.org answered 503")


def test_a_sitemap_that_three_crawls_could_not_read_is_told(house: House) -> None:
    sitemap, feed = "https://example.org/sitemap.xml", "https://example.org/rss.xml"
    for day in (1, 2, 3):
        with house.open_crawl(day) as writer:
            rows = [Discovery("sitemap", sitemap, 0, complete=False), Discovery("feed", feed, 3, complete=day != 2)]
            writer.record_discovery(rows)
            house.seal(writer, day)
        found = [finding for finding in look(house, 3.1).findings if finding.key == "stale:example.org:sources"]
        assert len(found) == (day == 3)
    assert found[0].severity == "notice"
    assert f"by the last 3 crawls: sitemap {sitemap};" in found[0].what


def test_flipped_and_missing_bytes_are_found(house: House) -> None:
    volume = run_folder(house) / "pages-00000.warc.gz"
    content = bytearray(volume.read_bytes())
    content[len(content) // 2] ^= 0xFF
    volume.write_bytes(content)
    assert problems(look(house)) == [], "a flipped byte changes no size: the quick look cannot see it"
    (key,) = problems(look(house, deep=True))
    assert key == f"record:{run_folder(house).name}"
    volume.write_bytes(content[:-10])
    assert f"was sealed with {len(content)}" in find(look(house), f"archive:{run_folder(house).name}").what
    volume.unlink()
    assert "cannot be read" in find(look(house), f"archive:{run_folder(house).name}").what
    (run_folder(house) / "run.json").write_text("{")
    assert "run.json" in find(look(house), f"archive:{run_folder(house).name}").what


def test_a_run_without_its_manifest_and_a_reading_that_is_none_are_found(house: House) -> None:
    (reading,) = house.folder.extracted.glob("*/*.parquet")
    reading.write_bytes(b"PAR1 and no more")
    finding = find(look(house), f"reading:{reading.parent.name}/{reading.stem}")
    assert finding.severity == "problem"
    assert finding.remedy == f"rm {reading} && iomdb extract"
    run = run_folder(house)
    (run / "run.json").unlink()
    assert "run.json is missing" in find(look(house), f"archive:{run.name}").what
    assert find(look(house), f"orphan:extracted-{reading.parent.name}").severity == "problem"


def test_an_open_incident_of_what_this_look_cannot_see_is_shown(house: House) -> None:
    seen_elsewhere = Finding("run:crawl_site:example.org", "problem", "the newest run failed", "run x", "read its log")
    update_incidents([seen_elsewhere], house.folder.incidents, [], at_day(0.2), families={"run"})
    assert problems(look(house)) == [seen_elsewhere.key]
    update_incidents([], house.folder.incidents, [], at_day(0.3), families={"run"})
    assert problems(look(house)) == []


def test_public_sites_without_an_address_of_who_asks_are_a_problem_where_crawls_are_made(house: House) -> None:
    (house.sites / "contact.txt").unlink()
    finding = find(look(house), "stale:no-contact")
    assert finding.severity == "problem"
    assert finding.where == str(house.sites / "contact.txt")
    (house.sites / "contact.txt").write_text("who knows")
    assert "an e-mail address" in find(look(house), "stale:no-contact").what
    (house.sites / "contact.txt").write_text("data@example.org")
    assert problems(look(house)) == []


def test_a_channel_that_cannot_deliver_is_named_by_table_and_key(house: House) -> None:
    (house.folder.root / "alerts.toml").write_text(
        '[[command]]\nname = "mail"\nwords = ["/no/such/program"]\n[[webhook]]\nname = "chat"\nurl_file = "not-there"\n'
    )
    what = find(look(house), "settings:alerts").what
    assert "command mail: words: there is no program /no/such/program" in what
    assert f"webhook chat: url_file: {house.folder.root / 'not-there'} cannot be read" in what
    settings = look(house).settings
    assert settings is not None
    assert [channel.name for channel in settings.channels] == ["mail", "chat"]


def test_a_folder_that_its_owner_made_read_only_is_mended_by_chmod(house: House) -> None:
    house.folder.root.chmod(0o500)
    try:
        for finding in look(house).findings:
            if finding.key == "permission:data":  # root may write all the same
                assert finding.remedy == f"chmod -R u+w {house.folder.root}"
    finally:
        house.folder.root.chmod(0o700)


def test_a_corrupted_published_file_is_a_problem_and_publishing_mends_it(house: House) -> None:
    published = house.folder.published
    published.write_bytes(b"\0" * 4096 + published.read_bytes()[4096:])
    diagnosis = look(house)
    assert find(diagnosis, "published:file").remedy == "iomdb publish"
    assert "gate" not in diagnosis.families, "what cannot be told is not over"
    house.publish(at_day(0.2))
    assert problems(look(house)) == []


def test_a_published_file_that_falls_behind_becomes_a_problem_after_a_day(house: House) -> None:
    house.crawl(1)
    assert find(look(house, 1.2), "published:fresh").severity == "notice"
    assert "published:fresh" in problems(look(house, 2.2))


def test_leftovers_unfinished_runs_and_readings_of_unknown_runs_are_named(house: House) -> None:
    house.open_crawl(0.5, urls=[news_url(0)]).close()
    (house.folder.root / ".building-iomdb.duckdb").touch()
    reading = next((house.folder.extracted / "1").glob("*.parquet"))
    reading.with_name("20200101T000000Z-example.org-00000000.parquet").write_bytes(reading.read_bytes())
    today = look(house, 0.6)
    assert not [finding for finding in today.findings if finding.key.startswith("orphan:2026")], "today's is resumed"
    tomorrow = look(house, 1.2)
    (unfinished,) = [finding for finding in tomorrow.findings if finding.key.startswith("orphan:2026")]
    assert unfinished.remedy == "iomdb crawl --site example.org"
    assert find(tomorrow, "orphan:.building-iomdb.duckdb").remedy.startswith("rm ")
    assert "orphan:extracted-1" in problems(tomorrow)


def test_a_purge_that_was_killed_is_a_problem_with_the_command_that_ends_it(house: House) -> None:
    decision = Decision(at_day(0.1), "purge", "ticket 12", "me", url=news_url(99))
    append_decision(house.folder.decisions, decision)
    (house.folder.root / ".purging").mkdir()
    assert find(look(house), "purge:unfinished").remedy == f"iomdb purge {news_url(99)} --why 'ticket 12'"


def test_an_open_run_that_is_being_written_is_no_leftover(house: House) -> None:
    with closing(house.open_crawl(0.5, urls=[news_url(0)])):
        assert not [finding for finding in look(house, 1.2).findings if finding.key.startswith("orphan:2026")]


def test_private_contacts_that_others_can_reach_are_a_problem(house: House) -> None:
    house.folder.private.chmod(0o755)
    assert find(look(house), "permission:private").remedy == f"chmod 0700 {house.folder.private}"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_files_of_another_owner_are_a_problem(house: House) -> None:
    os.chown(house.folder.extracted, 65534, 65534)
    assert "1 files or folders do not belong to root" in find(look(house), "permission:owner").what


@pytest.fixture
def read_only(house: House) -> Iterator[House]:
    data = str(house.folder.root)
    if (
        os.geteuid() != 0
        or subprocess.run(["mount", "--bind", data, data], check=False, capture_output=True).returncode
    ):
        pytest.skip("mounting needs root")
    subprocess.run(["mount", "-o", "remount,ro,bind", data], check=True)
    yield house
    subprocess.run(["umount", "-l", data], check=True)


def test_a_read_only_folder_is_a_problem_and_looking_changes_nothing(read_only: House) -> None:
    assert "mounted read-only" in find(look(read_only), "permission:data").what


def test_a_clock_that_was_set_back_is_a_problem(house: House) -> None:
    assert "clock:now" in problems(look(house, -3))


def test_a_disk_below_the_threshold_is_a_problem(house: House) -> None:
    (house.folder.root / "alerts.toml").write_text(f"free_bytes = {10**18}")
    assert "are free, fewer than 1000000.0 TB" in find(look(house), "disk:data").what


def test_a_disk_that_hovers_at_the_threshold_neither_opens_nor_ends_an_incident(house: House) -> None:
    settings, free = house.folder.root / "alerts.toml", read_free_bytes(house.folder.root)
    settings.write_text(f"free_bytes = {int(free / 1.05)}")
    hovering = look(house)
    assert "disk" not in hovering.families
    assert "disk:data" not in problems(hovering)
    settings.write_text(f"free_bytes = {int(free / 2)}")
    assert "disk" in look(house).families


def test_while_the_settings_cannot_be_read_nothing_is_taken_as_told(house: House) -> None:
    log, settings = house.root / "log", house.folder.root / "alerts.toml"
    channel = f'[[command]]\nname = "log"\nwords = ["/bin/sh", "-c", "head -1 >> {log}"]\n'
    settings.write_text(channel)
    settings.chmod(0o600)
    house.folder.private.chmod(0o755)
    send_alerts(look(house), house.folder)
    settings.write_text("[[pigeon]]")
    house.folder.private.chmod(0o700)
    assert send_alerts(look(house, 0.3), house.folder).faults == ["alerts.toml cannot be read: nobody was notified"]
    settings.write_text(channel)
    send_alerts(look(house, 0.4), house.folder)
    assert [line.startswith("iomdb: over:") for line in log.read_text().splitlines()] == [False, True]


def test_whoever_asks_for_it_is_told_each_change_of_the_sites_once_in_a_sentence(house: House) -> None:
    log, settings = house.root / "log", house.folder.root / "alerts.toml"
    settings.write_text(
        f'changes = "high"\n[[command]]\nname = "log"\nwords = ["/bin/sh", "-c", "grep -v Incident >> {log}"]\n'
    )
    settings.chmod(0o600)
    send_alerts(look(house), house.folder)
    assert not log.exists()
    page = make_project(1)
    hostile = replace(page, title="Lamps\u202e \x1b[2J<b>")
    fields = tuple((name, label, ("777000.00",) if name == "budget" else said) for name, label, said in page.fields)
    house.pages[project_url(1)] = render_page(replace(hostile, fields=fields))
    house.pages[project_url(2)] = render_page(replace(make_project(2), title="Another title"))
    house.crawl(1)
    house.publish(at_day(1.1))
    for day in (1.2, 1.3):
        send_alerts(look(house, day), house.folder)
    told = log.read_text("utf-8").splitlines()
    assert [line for line in told if "change on the sites" in line] == ["iomdb: 1 change on the sites", told[2]]
    sentences = [line for line in told if line.startswith("2 November 2026: ")]
    assert len(sentences) == 1
    assert re.search(r"The budget of “Lamps \[2J” went from .* to 777,000\.00 USD", sentences[0])
    assert told[-1] == "Next step: iomdb changes --since 2026-11-02"
    assert log.read_text("utf-8").replace("\n", "").isprintable()


def test_settings_that_cannot_be_read_are_problems(house: House) -> None:
    (house.folder.root / "alerts.toml").write_text("[[pigeon]]")
    (house.sites / "broken.toml").write_text("hosts = 3")
    house.folder.decisions.write_text("not a decision\n")
    house.folder.dagster.mkdir()
    (house.folder.dagster / "dagster.yaml").write_text("telemetry: {enabled: true}")
    diagnosis = look(house)
    assert {"settings:alerts", "settings:sites", "decisions:file"} <= set(problems(diagnosis))
    assert find(diagnosis, "settings:dagster").severity == "notice"
    assert not {"stale", "gate"} & diagnosis.families


def test_findings_of_others_are_listed_with_the_rest(house: House) -> None:
    failed = Finding("run:crawl_site:x", "problem", "run 1 failed", "run 1", "iomdb dev")
    diagnosis = examine(house.folder, house.sites, now=at_day(0.2), extra_findings=[failed], extra_families=["run"])
    assert problems(diagnosis) == ["run:crawl_site:x"]
    assert "run" in diagnosis.families


def test_archived_text_cannot_act_on_the_terminal(house: House) -> None:
    hostile = Finding("run:x", "problem", "\x1b[2Jgone\nNext", "a\rb", "c\x07")
    text = examine(house.folder, house.sites, now=at_day(0.2), extra_findings=[hostile]).describe()
    assert "\x1b" not in text
    assert "\x07" not in text


def test_a_year_of_runs_is_looked_through_quickly(house: House) -> None:
    run = run_folder(house)
    text = (run / "run.json").read_text()
    for number in range(3_000):
        run_id = f"2025{1 + number // 800:02}{1 + number // 40 % 20:02}T{number % 24:02}0000Z-example.org-{number:08x}"
        copied = run.with_name(run_id)
        copied.mkdir()
        for path in run.iterdir():
            os.link(path, copied / path.name)
        (copied / "run.json").unlink()
        (copied / "run.json").write_text(text.replace(run.name, run_id))
    with costing_at_most(1.5):
        diagnosis = look(house)
    assert diagnosis.n_runs == 3_001


def test_the_command_is_quick_imports_neither_dagster_nor_scrapy_and_exits_by_what_it_found(house: House) -> None:
    caller = Caller(house.folder.root)
    with costing_at_most(4):  # 1.5 s on a quiet machine
        fine = caller.call("doctor", "--json", IOMDB_SITES=str(house.sites))
    stale = json.loads(fine.out)
    assert fine.code == 1, "by the real clock the house is weeks old or not yet built"
    assert {finding["severity"] for finding in stale["findings"]} == {"problem", "notice"}
    assert caller.call("doctor", "--nonsense").code == 2
    imported = subprocess.run(
        [sys.executable, "-c", "import sys, pipeline.cli.operation, pipeline.health.diagnosis; print(*sys.modules)"],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert not {"dagster", "scrapy", "twisted"} & set(imported)


def test_doctor_tells_the_channels_once(house: House, tmp_path: Path) -> None:
    log = tmp_path / "log"
    (house.folder.root / "alerts.toml").write_text(
        f'[[command]]\nname = "log"\nwords = ["/bin/sh", "-c", "head -1 >> {log}"]\n'
    )
    house.folder.private.chmod(0o755)
    caller = Caller(house.folder.root)
    for _ in range(2):
        assert caller.call("doctor", "--alert", IOMDB_SITES=str(house.sites)).code == 1
    told = log.read_text().splitlines()
    assert len(told) == len(set(told))
    assert "iomdb: personal contacts can be reached by other users: mode 0755, not 0700" in told
    house.folder.private.chmod(0o700)
    caller.call("doctor", "--alert", IOMDB_SITES=str(house.sites))
    assert log.read_text().splitlines()[len(told) :] == [
        "iomdb: over: personal contacts can be reached by other users: mode 0755, not 0700"
    ]


def test_instants_of_the_diagnosis_are_utc_whatever_the_zone(house: House) -> None:
    caller = Caller(house.folder.root)
    answers = [
        json.loads(caller.call("status", "--json", IOMDB_SITES=str(house.sites), TZ=zone).out)
        for zone in ("UTC", "Asia/Kathmandu", "America/St_Johns")
    ]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0]["sites"][0]["last_crawl_at"] == f"{at_day(0):%Y-%m-%dT%H:%M:%SZ}"
    assert timedelta(0) == at_day(0).utcoffset()
