"""An object store of several machines: sealed once, taken over from the dead, one sentence when it is away."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest

pytest.importorskip("obstore", reason="the extra iomdb[cluster] is not installed (make test-all installs it)")

from pipeline.cluster.journal import Journal, find_generations, restore_run
from pipeline.cluster.lease import EXPIRES_AFTER, Lease, hold_leases
from pipeline.cluster.mirror import Mirror
from pipeline.cluster.objects import ObjectStore, TakenError
from pipeline.ground.errors import LockedError
from tests.pipeline.cluster.services import S3, run_s3
from tests.pipeline.commands import Caller

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    with run_s3() as server:
        yield server


@pytest.fixture
def store(s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    return ObjectStore(f"s3://iom/{tmp_path.name}")


def test_an_object_is_created_once_and_swapped_by_who_saw_it_last(store: ObjectStore) -> None:
    tag = store.create("a/run.json", b"one")
    with pytest.raises(TakenError, match=r"a/run\.json was written by another machine"):
        store.create("a/run.json", b"two")
    newer = store.swap("a/run.json", b"two", tag)
    with pytest.raises(TakenError):
        store.swap("a/run.json", b"three", tag)
    assert store.find("a/run.json") == (b"two", newer)
    assert store.find("a/other") is None
    assert [one.key for one in store.list_objects()] == ["a/run.json"]


def test_a_lease_is_held_by_one_until_it_was_silent_for_two_minutes(store: ObjectStore) -> None:
    now = NOW
    held = Lease.take(store, "host-a", holder="one", task="the crawl of a", clock=lambda: now)
    with pytest.raises(LockedError, match="the crawl of a is under way on the worker one, alive 0 seconds ago"):
        Lease.take(store, "host-a", holder="two", task="the crawl of a", clock=lambda: now)
    now = NOW + EXPIRES_AFTER
    taken = Lease.take(store, "host-a", holder="two", task="the crawl of a", clock=lambda: now)
    with pytest.raises(TakenError):
        held.renew()
    held.release()
    taken.renew()
    taken.release()
    assert store.list_objects("leases") == []


def test_two_processes_of_one_machine_do_not_take_a_lease_from_each_other(store: ObjectStore, tmp_path: Path) -> None:
    def hold() -> AbstractContextManager[object]:
        return hold_leases(store, ["host-b"], holder="one", task="a crawl", clock=lambda: NOW, locks=tmp_path)

    with hold(), pytest.raises(LockedError, match="a crawl"), hold():
        pass
    with hold():
        assert [one.key for one in store.list_objects("leases")] == ["leases/host-b.json"]


def test_what_a_work_removed_is_taken_from_the_store_too(store: ObjectStore, tmp_path: Path) -> None:
    folder = tmp_path / ".hidden" / "data"
    (folder / "private").mkdir(parents=True)
    kept, gone = folder / "private" / "kept", folder / "private" / "gone"
    mirror = Mirror(store, folder, folder / "index.json")
    for path in (kept, gone):
        path.write_text("a contact")
    mirror.send([kept, gone])
    gone.unlink()
    mirror.drop_removed()
    assert [one.key for one in store.list_objects("private")] == ["private/kept"]


def test_an_open_run_is_put_together_again_up_to_what_was_sent(store: ObjectStore, tmp_path: Path) -> None:
    run_id = "20261129T120000Z-a-0123abcd"
    folder = tmp_path / "archive" / f"{run_id}.open"
    folder.mkdir(parents=True)
    (folder / "state.json").write_bytes(b"{}")
    (folder / "fetches.jsonl").write_bytes(b"first\n")
    (folder / "pages-00000.warc.gz").write_bytes(b"record one")
    journal = Journal.begin(store, tmp_path / "archive", run_id, "one")
    journal.send()
    for name in ("fetches.jsonl", "pages-00000.warc.gz"):
        with (folder / name).open("ab") as file:
            file.write(b"more\n")
    journal.send()
    other = tmp_path / "other" / f"{run_id}.open"
    (generation,) = find_generations(store, run_id)
    restore_run(store, generation, other)
    names = sorted(path.name for path in folder.iterdir())
    assert sorted(path.name for path in other.iterdir()) == names
    assert all((other / name).read_bytes() == (folder / name).read_bytes() for name in names)
    again = Journal.begin(store, tmp_path / "archive", run_id, "two")
    again.send()
    assert [one.worker for one in find_generations(store, run_id)] == ["one", "two"]


def make_worker(s3: S3, root: Path, prefix: str) -> tuple[Caller, dict[str, str]]:
    return Caller(root), {**s3.environment, "IOMDB_ARCHIVE": f"s3://iom/{prefix}"}


def test_what_one_worker_archives_another_publishes_and_a_third_reads(
    s3: S3, store: ObjectStore, tmp_path: Path
) -> None:
    (first, shared), (second, _), (third, _) = (make_worker(s3, tmp_path / n, "three") for n in ("a", ".b", "c"))
    first.succeed("ingest", "seeds", **shared)
    second.succeed("publish", **shared)
    titles = third.succeed("sql", "SELECT count(*) AS n FROM v1.projects", "--format", "csv", **shared)
    assert titles == "n\n1\n"
    assert "holds" in third.succeed("fsck", **shared)
    third.succeed("verify", "QU8-805", "budget_amount", **shared)
    alone = Caller(tmp_path / "alone")
    shutil.copytree(second.data / "archive", alone.data / "archive")
    readings = ObjectStore("s3://iom/three-derived").list_objects("extracted")
    assert any(one.key.endswith(".parquet") for one in readings)
    assert find_hash(alone.succeed("publish", "--json")) == find_hash(second.succeed("publish", "--json", **shared))


def find_hash(said: str) -> str:
    return str(json.loads(said)["content_sha256"])


def test_a_run_that_is_there_with_other_content_is_not_sealed_a_second_time(
    s3: S3, store: ObjectStore, tmp_path: Path
) -> None:
    worker = Caller(tmp_path / "a")
    worker.succeed("ingest", "seeds")
    (manifest,) = (worker.data / "archive").glob("*/run.json")
    store.create(f"{manifest.parent.name}/fetches.jsonl", b"what another machine has begun\n")
    answer = worker.call("publish", **s3.environment, IOMDB_ARCHIVE=store.url)
    assert answer.code == 1
    assert "fetches.jsonl is there with other content, and no run is sealed twice" in answer.err


def test_a_purge_on_one_worker_takes_the_page_from_the_store(s3: S3, store: ObjectStore, tmp_path: Path) -> None:
    shared = {**s3.environment, "IOMDB_ARCHIVE": store.url}
    first, second = Caller(tmp_path / "a"), Caller(tmp_path / "b")
    first.succeed("ingest", "seeds", **shared)
    first.succeed("publish", **shared)
    url = json.loads(second.succeed("sql", "SELECT url FROM v1.projects", "--format", "json", **shared))[0]["url"]
    second.succeed("purge", url, "--why", "asked for", "--yes", **shared)
    files = [one.key for one in ObjectStore(f"{store.url}-derived").list_objects("published")]
    assert len(files) == 1, "a file that was published before still holds the page"
    assert first.succeed("sql", "SELECT count(*) AS n FROM v1.projects", "--format", "csv", **shared) == "n\n0\n"
    assert "holds" in Caller(tmp_path / "c").succeed("fsck", **shared)
    assert "purged" in first.succeed("sql", "SELECT outcome FROM v1.fetches", "--format", "csv", **shared)


def test_a_store_that_is_away_is_one_sentence_and_nothing_is_lost(s3: S3, tmp_path: Path) -> None:
    worker, shared = make_worker(s3, tmp_path / "a", "away")
    gone = {**shared, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    answer = worker.call("ingest", "seeds", **gone)
    assert answer.code == 1
    assert "cannot be" in answer.err
    assert "call again when the store answers" in answer.err
    assert "Traceback" not in answer.err
    worker.succeed("ingest", "seeds", **shared)
    worker.succeed("publish", **shared)


def test_a_bad_address_is_wrong_use(tmp_path: Path) -> None:
    answer = Caller(tmp_path).call("ingest", "seeds", IOMDB_ARCHIVE="nowhere://x")
    assert answer.code == 2
    assert "is no address of an object store" in answer.err
