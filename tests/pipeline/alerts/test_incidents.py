"""An incident is told once when it opens and once when it is over, whoever looks, however often, whatever fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.alerts.channels import DeliveryError
from pipeline.alerts.incidents import DeliveryReport, update_incidents
from pipeline.alerts.message import Message
from pipeline.ground.finding import Finding
from tests.examples import examples

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FAMILIES = ("gate", "disk", "record")


@dataclass
class Diary:
    """A channel that writes down what it is told, and fails while ``is_down``."""

    name: str = "diary"
    is_down: bool = False
    told: list[tuple[str, str]] = field(default_factory=list)
    attempts: int = 0

    def deliver(self, message: Message) -> None:
        self.attempts += 1
        if self.is_down:
            raise DeliveryError(f"channel {self.name}: down")
        self.told.append((message.key, message.phase))


def problem(key: str, what: str = "something is wrong") -> Finding:
    return Finding(key, "problem", what, "data", "iomdb doctor")


def look(
    path: Path, *keys: str, channels: tuple[Diary, ...], minute: int = 0, families: tuple[str, ...] = FAMILIES
) -> DeliveryReport:
    findings = [problem(key) for key in keys]
    return update_incidents(findings, path, channels, NOON + timedelta(minutes=minute), families=families)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "incidents.json"


def test_an_incident_seen_at_every_look_is_told_once_and_once_when_it_is_over(state: Path) -> None:
    diary = Diary()
    for minute in range(4):
        look(state, "gate:x:news", channels=(diary,), minute=minute)
    for minute in range(4, 7):
        look(state, channels=(diary,), minute=minute)
    assert diary.told == [("gate:x:news", "open"), ("gate:x:news", "over")]
    assert json.loads(state.read_text())["incidents"] == []


def test_trouble_that_comes_back_is_a_new_incident(state: Path) -> None:
    diary = Diary()
    for minute, keys in enumerate([("disk:data",), (), ("disk:data",)]):
        look(state, *keys, channels=(diary,), minute=minute)
    assert diary.told == [("disk:data", "open"), ("disk:data", "over"), ("disk:data", "open")]


def test_a_notice_is_never_told(state: Path) -> None:
    diary = Diary()
    notice = Finding("orphan:x", "notice", "a leftover", "data", "rm x")
    assert update_incidents([notice], state, [diary], NOON, families=["orphan"]).n_open == 0
    assert diary.told == []


def tell(state: Path, diary: Diary, minute: int, *findings: Finding) -> None:
    update_incidents(
        findings, state, [diary], NOON + timedelta(minutes=minute), families=("run", "gate", "stale", "daemon")
    )


def test_what_follows_from_another_problem_rings_no_second_time(state: Path) -> None:
    diary = Diary()
    late = Finding("stale:niger", "problem", "not seen", "niger", "wait", because=("daemon:heartbeat", "disk:"))
    for minute in range(3):
        tell(state, diary, minute, problem("daemon:heartbeat"), late)
    assert diary.told == [("daemon:heartbeat", "open")]
    tell(state, diary, 3, late)
    assert diary.told[1:] == [("daemon:heartbeat", "over")], "the daemon lives again, and has not come to it yet"
    tell(state, diary, 30, late)
    tell(state, diary, 60)
    assert len(diary.told) == 2, "it passed unsaid"


def test_what_outlasts_its_cause_by_hours_is_told(state: Path) -> None:
    diary = Diary()
    late = Finding("stale:niger", "problem", "not seen", "niger", "wait", because=("daemon:",))
    tell(state, diary, 0, problem("daemon:heartbeat"), late)
    tell(state, diary, 1, late)
    tell(state, diary, 60 * 7, late)
    assert diary.told[2:] == [("stale:niger", "open")]


def test_an_incident_stays_open_when_its_cause_is_found_later(state: Path) -> None:
    diary = Diary()
    late = Finding("stale:niger", "problem", "not seen", "niger", "wait", because=("run:crawl_site:niger",))
    tell(state, diary, 0, late)
    tell(state, diary, 1, late, problem("run:crawl_site:niger"))
    tell(state, diary, 2)
    assert diary.told == [
        ("stale:niger", "open"), ("run:crawl_site:niger", "open"), ("stale:niger", "over"),
        ("run:crawl_site:niger", "over"),
    ]  # fmt: skip


def test_a_cause_named_in_full_is_no_beginning_of_another(state: Path) -> None:
    diary = Diary()
    tell(
        state,
        diary,
        0,
        problem("run:crawl_site:niger2"),
        Finding("stale:niger", "problem", "", "", "", ("run:crawl_site:niger",)),
    )
    assert len(diary.told) == 2


def test_a_family_that_was_not_looked_at_is_not_over(state: Path) -> None:
    diary = Diary()
    look(state, "record:run-1", channels=(diary,))
    assert look(state, channels=(diary,), minute=1, families=("gate", "disk")).n_open == 1
    look(state, channels=(diary,), minute=2, families=("record",))
    assert [phase for _, phase in diary.told] == ["open", "over"]


def test_a_failed_delivery_is_tried_again_and_the_other_channel_is_not_told_twice(state: Path) -> None:
    works, fails = Diary("works"), Diary("fails", is_down=True)
    told = look(state, "gate:x:news", "disk:data", channels=(fails, works))
    assert told.faults == ["channel fails: down"]
    assert fails.attempts == 1, "a channel that is down is not asked again in the same look"
    look(state, "gate:x:news", "disk:data", channels=(fails, works), minute=1)
    fails.is_down = False
    look(state, "gate:x:news", "disk:data", channels=(fails, works), minute=2)
    assert works.told == fails.told == [("disk:data", "open"), ("gate:x:news", "open")]


def test_an_incident_that_ended_while_a_channel_was_down_is_still_told_there_in_order(state: Path) -> None:
    fails = Diary("fails", is_down=True)
    look(state, "gate:x:news", channels=(fails,))
    look(state, channels=(fails,), minute=1)
    look(state, "gate:x:news", channels=(fails,), minute=2)
    fails.is_down = False
    look(state, "gate:x:news", channels=(fails,), minute=3)
    assert [phase for _, phase in fails.told] == ["open", "over", "open"]


def test_a_channel_that_is_added_later_hears_of_what_is_open(state: Path) -> None:
    old, new = Diary("old"), Diary("new")
    look(state, "gate:x:news", channels=(old,))
    look(state, "gate:x:news", channels=(old, new), minute=1)
    assert (len(old.told), len(new.told)) == (1, 1)


def test_a_damaged_state_is_put_aside_and_what_is_open_is_told_anew(state: Path) -> None:
    diary = Diary()
    look(state, "gate:x:news", channels=(diary,))
    state.write_bytes(state.read_bytes()[:40])
    told = look(state, "gate:x:news", channels=(diary,), minute=1)
    assert "put aside" in told.faults[0]
    assert state.with_suffix(".damaged").exists()
    assert len(diary.told) == 2


LOOKER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from pipeline.alerts.incidents import update_incidents
from pipeline.alerts.channels import CommandChannel
from pipeline.ground.finding import Finding
finding = Finding("gate:x:news", "problem", "rejected", "x", "iomdb doctor")
words = ["/bin/sh", "-c", f"sleep 0.05; cat >/dev/null; echo told >> {sys.argv[1]}/log"]
channel = CommandChannel(name="log", words=words)
state = Path(sys.argv[1]) / "incidents.json"
update_incidents([finding], state, [channel], datetime(2026, 11, 22, tzinfo=UTC), families=["gate"])
"""


def test_processes_that_look_at_once_tell_once(tmp_path: Path) -> None:
    lookers = [subprocess.Popen([sys.executable, "-c", LOOKER, str(tmp_path)]) for _ in range(4)]
    assert [looker.wait(60) for looker in lookers] == [0] * 4
    assert (tmp_path / "log").read_text() == "told\n"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 512 KB."""
    folder = tmp_path / "small"
    folder.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)], check=False, capture_output=True
        ).returncode
    ):
        pytest.skip("mounting a small file system needs root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> None:
    with (folder / "filler").open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return


def test_a_full_disk_is_told_once_although_the_disk_is_full(small_disk: Path) -> None:
    diary, state = Diary(), small_disk / "incidents.json"
    look(state, channels=(diary,))
    fill(small_disk)
    for minute in range(1, 4):
        look(state, "disk:data", channels=(diary,), minute=minute)
    assert diary.told == [("disk:data", "open")]
    (small_disk / "filler").unlink()
    told = look(state, channels=(diary,), minute=5)
    assert diary.told == [("disk:data", "open"), ("disk:data", "over")]
    assert told.faults == []
    assert state.with_suffix(".ballast").exists(), "there is ballast again for the next time"


def test_a_folder_that_cannot_be_written_is_told_rather_than_kept_silent(small_disk: Path) -> None:
    diary, state = Diary(), small_disk / "incidents.json"
    look(state, "gate:x:news", channels=(diary,))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    told = look(state, "gate:x:news", "disk:data", channels=(diary,), minute=1)
    assert diary.told == [("gate:x:news", "open"), ("disk:data", "open")], "what is remembered is not told twice"
    assert any("reported again" in fault for fault in told.faults)


@examples(40)
@given(
    looks=st.lists(
        st.tuples(st.sets(st.sampled_from(["gate:a", "disk:b", "record:c"])), st.booleans(), st.booleans()), max_size=12
    )
)
def test_over_any_history_each_channel_hears_a_whole_and_ordered_story(
    tmp_path_factory: pytest.TempPathFactory, looks: list[tuple[set[str], bool, bool]]
) -> None:
    state = tmp_path_factory.mktemp("looks") / "incidents.json"
    first, second = Diary("first"), Diary("second")
    for minute, (keys, first_down, second_down) in enumerate(looks):
        first.is_down, second.is_down = first_down, second_down
        look(state, *sorted(keys), channels=(first, second), minute=minute)
    first.is_down = second.is_down = False
    look(state, channels=(first, second), minute=100)
    expected = expect_story([keys for keys, _, _ in looks])
    for diary in (first, second):
        for key, phases in expected.items():
            assert [phase for told, phase in diary.told if told == key] == phases
    assert json.loads(state.read_text())["incidents"] == []


def expect_story(looks: list[set[str]]) -> dict[str, list[str]]:
    """What is told of each key: open and over by turns, however the deliveries went."""
    return {
        key: ["open", "over"]
        * sum(key in now and key not in before for before, now in zip([set(), *looks], looks, strict=False))
        for key in ("gate:a", "disk:b", "record:c")
    }


@dataclass
class Flaky:
    """A channel that fails at its first attempt, and writes down the ids it is handed."""

    name: str = "flaky"
    ids: list[str] = field(default_factory=list)

    def deliver(self, message: Message) -> None:
        self.ids.append(message.id)
        if len(self.ids) == 1:
            raise DeliveryError("channel flaky: down")


def test_a_message_keeps_its_id_over_attempts(state: Path) -> None:
    flaky = Flaky()
    for minute in range(3):
        now = NOON + timedelta(minutes=minute)
        update_incidents([problem("gate:x")], state, [flaky], now, families=["gate"])
    assert flaky.ids == ["iomdb-20261122T120000Z-1-open"] * 2
