"""The work on a data folder that several machines share: what is fetched before it, and sent after it.

Belongs here: the order of fetching and sending, the places in the store. Does not belong here: crawls
(:mod:`pipeline.cluster.crawl`), the work itself.

In the archive's store: ``<run_id>/`` with the files of a sealed run, ``run.json`` put last and only where none is: that
is the seal. In the derived store, beside it: ``extracted/`` and ``private/`` as in a data folder, ``decisions.jsonl``,
``published/<content hash>.duckdb`` with the pointer ``published.json``, ``open/`` with the journals of open runs, and
``leases/``. A machine keeps what it fetched, so that it is fetched once; what it lacks it fetches when it needs it.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch

from crawler.archive.runs import MANIFEST_NAME, iter_run_ids, read_manifest
from crawler.archive.volumes import VOLUME_PATTERN
from crawler.disk import write_durably
from pipeline.cluster import Work
from pipeline.cluster.lease import hold_leases
from pipeline.cluster.machine import Cluster, find_cluster
from pipeline.cluster.mirror import Mirror
from pipeline.cluster.objects import StoredObject, StoreError, TakenError
from pipeline.ground.clock import read_clock
from pipeline.ground.folders import DataFolder
from pipeline.history.published_file import note_file
from warehouse.files import hash_file

POINTER = "published.json"
DERIVED = ("extracted", "private")
_STAGING = ".pulled-"


@contextmanager
def share_work(folder: DataFolder, work: Work) -> Iterator[None]:
    """See :func:`pipeline.cluster.share`. What was made is sent also when the work ended with an error."""
    cluster = find_cluster(folder)
    if work in {"read", "prove"}:
        fetch_published(cluster)
    if work == "read":
        yield
    elif work == "look":
        fetch_runs(cluster, with_volumes=False)
        fetch_derived(cluster)
        yield
    elif work == "prove":
        fetch_all(cluster)
        yield
    elif work == "collect":
        fetch_all(cluster)
        try:
            yield
        finally:
            send_all(cluster)
    else:
        leases = hold_leases(
            cluster.derived,
            ["publisher"],
            holder=cluster.worker,
            task="publishing",
            clock=read_clock,
            locks=cluster.locks,
        )
        with leases:
            fetch_all(cluster)
            try:
                yield
            finally:
                if work == "purge":
                    send_tombstones(cluster)
                send_all(cluster)
                send_published(cluster, keeps_last=work != "purge")


def fetch_all(cluster: Cluster) -> None:
    """Bring everything here that a stage reads; send first what a call that was cut short left unsent."""
    send_runs(cluster)
    fetch_runs(cluster)
    fetch_derived(cluster)


def fetch_derived(cluster: Cluster) -> None:
    """Bring here readings, contacts and decisions of other machines."""
    fetch_decisions(cluster)
    readings, private = cluster.readings, cluster.folder.private
    private.mkdir(mode=0o700, parents=True, exist_ok=True)
    for prefix in DERIVED:
        readings.fetch(readings.choose_missing(cluster.derived.list_objects(prefix)))
    for path in private.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)


def send_all(cluster: Cluster) -> None:
    """Send what this machine made: sealed runs, readings, decisions."""
    send_runs(cluster)
    send_decisions(cluster)
    root = cluster.folder.root
    made = [path for prefix in DERIVED for path in (root / prefix).rglob("*") if path.is_file()]
    # What a killed process left half made begins with a dot; a folder above the data may as well.
    whole = [path for path in made if not any(part.startswith(".") for part in path.relative_to(root).parts)]
    readings = cluster.readings
    readings.send(whole)
    readings.drop_removed()


def fetch_runs(cluster: Cluster, *, with_volumes: bool = True) -> None:
    """Bring sealed runs here, each whole or not at all; ``with_volumes`` false leaves the pages themselves away."""
    mirror, archive = cluster.runs, cluster.folder.archive
    objects = cluster.archive.list_objects()
    sealed = list_sealed(objects)
    missing: dict[str, list[StoredObject]] = {}
    for one in mirror.choose_missing(objects):
        run_id, _, name = one.key.partition("/")
        if run_id in sealed and (with_volumes or not fnmatch(name, VOLUME_PATTERN)):
            missing.setdefault(run_id, []).append(one)
    for run_id, wanted in missing.items():
        if (archive / run_id).exists():
            mirror.fetch(wanted)
            continue
        aside = archive / (_STAGING + run_id)
        mirror.fetch(wanted, lambda key, aside=aside: aside / key.partition("/")[2])  # type: ignore[misc]
        aside.rename(archive / run_id)


def send_runs(cluster: Cluster) -> None:
    """Seal in the store every run that is sealed here and not there. What is sealed there is never replaced.

    Raises:
        StoreError: the store is away, or another machine sealed a run of this name with other content.
    """
    mirror, archive, objects = cluster.runs, cluster.folder.archive, cluster.archive.list_objects()
    there = list_sealed(objects)
    mirror.adopt(one for one in objects if one.key.partition("/")[0] in there)
    for run_id in iter_run_ids(archive):
        if run_id not in there:
            _seal_in_store(cluster, mirror, run_id)


def send_tombstones(cluster: Cluster) -> None:
    """Put what a purge changed in the place of what it was: the one change that a sealed run ever suffers.

    Raises:
        StoreError: the store is away; the next purge, or the same again, sends it.
    """
    archive = cluster.folder.archive
    files = (path for run_id in iter_run_ids(archive) for path in (archive / run_id).iterdir())
    cluster.runs.send(path for path in files if path.is_file())


def _seal_in_store(cluster: Cluster, mirror: Mirror, run_id: str) -> None:
    """Put the run's files, and last of all its manifest: before that the run is not there for anybody."""
    files = [file.name for file in read_manifest(cluster.folder.archive, run_id).files]
    for path in (cluster.folder.archive / run_id / name for name in [*files, MANIFEST_NAME]):
        try:
            mirror.create(path)
        except TakenError as error:
            # This machine was killed in the middle of it; or the run is another machine's.
            key = f"{run_id}/{path.name}"
            found = cluster.archive.find(key)
            if found is None or hashlib.sha256(found[0]).hexdigest() != hash_file(path):
                raise StoreError(
                    f"{cluster.archive.url}/{key} is there with other content, and no run is sealed twice: compare it "
                    f"with {path}, and move one of them away"
                ) from error


def list_sealed(objects: list[StoredObject]) -> set[str]:
    """The runs of a listing whose manifest is there."""
    return {one.key.partition("/")[0] for one in objects if one.key.endswith(f"/{MANIFEST_NAME}")}


def fetch_decisions(cluster: Cluster) -> None:
    """Bring here what people decided on other machines."""
    found = cluster.derived.find(cluster.folder.decisions.name)
    if found is not None:
        own = cluster.folder.decisions.read_bytes() if cluster.folder.decisions.exists() else b""
        write_durably(cluster.folder.decisions, _join_lines(found[0], own))


def send_decisions(cluster: Cluster) -> None:
    """Send what was decided here, behind what others decided meanwhile.

    Raises:
        StoreError: the store is away, or others are quicker each time.
    """
    path = cluster.folder.decisions
    if path.exists():
        found = cluster.derived.find(path.name)
        joined = _join_lines(found[0] if found else b"", path.read_bytes())
        if found is None or joined != found[0]:
            cluster.derived.swap(path.name, joined, found[1] if found else None)


def _join_lines(first: bytes, second: bytes) -> bytes:
    return b"".join(dict.fromkeys([*first.splitlines(keepends=True), *second.splitlines(keepends=True)]))


def send_published(cluster: Cluster, *, keeps_last: bool = True) -> None:
    """Send the published file under its content's hash, then turn the pointer to it.

    The file before stays, for those who are fetching it; the one before that goes. After a purge both go.

    Raises:
        StoreError: the store is away, or another machine published although this one held the lease.
    """
    published = cluster.folder.published
    if not published.exists():
        return
    sha256 = hash_file(published)
    found = cluster.derived.find(POINTER)
    last = json.loads(found[0]) if found else {}
    if last.get("sha256") == sha256:
        return
    kept = last.get("file") if keeps_last else None
    pointer = {"file": f"published/{sha256}.duckdb", "sha256": sha256, "before": kept}
    cluster.derived.replace(str(pointer["file"]), published)
    cluster.derived.swap(POINTER, json.dumps(pointer).encode(), found[1] if found else None)
    gone = {last.get("before"), last.get("file")} - {kept, pointer["file"]}
    cluster.derived.delete(sorted(filter(None, gone)))


def fetch_published(cluster: Cluster) -> None:
    """Bring the published file here where the pointer names another one than this machine has."""
    found = cluster.derived.find(POINTER)
    published = cluster.folder.published
    if found is None:
        return
    pointer = json.loads(found[0])
    if not published.exists() or hash_file(published) != pointer["sha256"]:
        cluster.folder.root.mkdir(parents=True, exist_ok=True)
        cluster.derived.download(pointer["file"], published)
        note_file(cluster.folder)
