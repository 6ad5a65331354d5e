"""Publishing: checked, durable, swapped by one rename, and harmless to readers and to crashes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.archives import Archive, project
from tests.warehouse.reading import ask_values
from warehouse.connection import SCHEMA_VERSION
from warehouse.errors import PublishedFileError, PublishError, QueryError, SchemaVersionError
from warehouse.publish.swap import publish_database
from warehouse.read.published import open_published, read_everything, run_query

PAGE = "https://www.iom.int/project/a-border"
BUDGET = "SELECT budget_amount::VARCHAR FROM v1.projects"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = Archive(tmp_path)
    archive.run("2026-01-05", [project(PAGE, projects_id="TC.0001", budget_amount="100.00")])
    archive.extract()
    return archive


def publish(archive: Archive) -> Path:
    return publish_database(archive.build(), archive.root / "iomdb.duckdb").path


def publish_next(archive: Archive) -> Path:
    archive.run("2026-01-12", [project(PAGE, projects_id="TC.0001", budget_amount="200.00")])
    archive.extract()
    return publish(archive)


def test_the_published_file_has_the_storage_version_that_old_readers_open(archive: Archive) -> None:
    published = publish(archive)
    with closing(duckdb.connect(str(published), read_only=True)) as connection:
        tags = connection.execute("SELECT tags FROM duckdb_databases() WHERE NOT internal").fetchall()
        extensions = connection.execute("SELECT count(*) FROM duckdb_extensions() WHERE loaded AND NOT installed")
        assert extensions.fetchone() == (0,)
    # DuckDB writes "v1.2.0+" for a file made for 1.2; byte 12 of the header is the storage format itself.
    assert str(tags[0][0]["storage_version"]).startswith("v1.2.0")
    assert published.read_bytes()[8:12] == b"DUCK"


def test_publishing_leaves_nothing_but_the_file(archive: Archive) -> None:
    publish(archive)
    assert sorted(path.name for path in archive.root.iterdir()) == ["archive", "extracted", "iomdb.duckdb"]


def test_a_reader_that_never_closes_neither_blocks_a_publish_nor_loses_its_snapshot(archive: Archive) -> None:
    published = publish(archive)
    script = (
        "import sys, duckdb\n"
        "connection = duckdb.connect(sys.argv[1], read_only=True)\n"
        f"ask = lambda: print(connection.execute({BUDGET!r}).fetchone()[0], flush=True)\n"
        "ask()\n"
        "sys.stdin.readline()\n"
        "ask()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(published)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdin is not None
        assert reader.stdout.readline() == "100.00\n"
        publish_next(archive)
        assert run_query(published, BUDGET).rows == [("200.00",)]
        reader.stdin.write("\n")
        reader.stdin.flush()
        assert reader.stdout.readline() == "100.00\n"


def test_a_reader_in_the_same_process_does_not_block_a_publish(archive: Archive) -> None:
    published = publish(archive)
    with open_published(published) as connection:
        publish_next(archive)
        assert connection.execute(BUDGET).fetchall() == [("100.00",)]
    assert run_query(published, BUDGET).rows == [("200.00",)]


def test_readers_get_an_answer_at_every_moment_of_repeated_publishing(archive: Archive) -> None:
    published = publish(archive)
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from warehouse.read.published import run_query\n"
        f"while True: print(run_query(Path(sys.argv[1]), {BUDGET!r}).rows[0][0], flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(published)], stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        reader.stdout.readline()
        for _ in range(3):
            publish(archive)
        assert reader.poll() is None, "the reader met a moment without an answer"
        reader.kill()
        answers = reader.stdout.read().splitlines()
    assert len(answers) > 3
    assert set(answers[:-1]) == {"100.00"}


@pytest.mark.slow
def test_sigkill_at_any_moment_leaves_the_last_good_file_and_the_next_publish_clean(archive: Archive) -> None:
    published = publish(archive)
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from datetime import date\n"
        "import json\n"
        "from warehouse.build.database import build_database\n"
        "from warehouse.publish.swap import publish_database\n"
        "import msgspec\n"
        "from contracts.extraction import ExtractorRelease\n"
        "from contracts.verdict import Verdict\n"
        "from warehouse.build.sources import Sources\n"
        "root = Path(sys.argv[1])\n"
        "sources = Sources(root / 'archive', root / 'extracted', [ExtractorRelease(1, date(2026, 1, 1))])\n"
        "print('ready', flush=True)\n"
        "built = build_database(sources, json.loads(sys.argv[2]), root / 'iomdb.duckdb').path\n"
        "print('built', flush=True)\n"
        "publish_database(built, root / 'iomdb.duckdb')\n"
    )
    archive.run("2026-01-12", [project(PAGE, projects_id="TC.0001", budget_amount="200.00")])
    archive.extract()
    command = [sys.executable, "-c", script, str(archive.root), json.dumps(archive.verdicts)]
    for delay in (0.0, 0.1, 0.25, 0.4, 0.6, 0.9):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as publisher:
            assert publisher.stdout is not None
            publisher.stdout.readline()
            time.sleep(delay)
            os.kill(publisher.pid, signal.SIGKILL)
        assert run_query(published, BUDGET).rows in ([("100.00",)], [("200.00",)])
    publish(archive)
    assert run_query(published, BUDGET).rows == [("200.00",)]
    assert sorted(path.name for path in archive.root.iterdir()) == ["archive", "extracted", "iomdb.duckdb"]


def test_a_full_disk_is_told_and_the_published_file_stays(archive: Archive) -> None:
    published = publish(archive)
    before = published.read_bytes()
    script = (
        "import json, resource, signal, sys\n"
        "from datetime import date\n"
        "from pathlib import Path\n"
        "from warehouse.build.database import build_database\n"
        "from warehouse.errors import BuildError\n"
        "import msgspec\n"
        "from contracts.extraction import ExtractorRelease\n"
        "from contracts.verdict import Verdict\n"
        "from warehouse.build.sources import Sources\n"
        "root = Path(sys.argv[1])\n"
        "sources = Sources(root / 'archive', root / 'extracted', [ExtractorRelease(1, date(2026, 1, 1))])\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))\n"
        "try:\n"
        "    verdicts = msgspec.convert(json.loads(sys.argv[2]), list[Verdict])\n"
        "    build_database(sources, verdicts, root / 'iomdb.duckdb')\n"
        "except BuildError as error:\n"
        "    print('told:', error)\n"
    )
    command = [sys.executable, "-c", script, str(archive.root), json.dumps(archive.verdicts)]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    assert said.startswith("told: ")
    assert published.read_bytes() == before
    publish(archive)
    assert sorted(path.name for path in archive.root.iterdir()) == ["archive", "extracted", "iomdb.duckdb"]


@pytest.mark.parametrize(
    ("damage", "law"),
    [
        ("UPDATE internal.project_version SET content_sha256 = NULL", "lacks its key, its hash or its capture"),
        ("UPDATE internal.project_version SET valid_to = valid_from", "ends before it begins"),
        (
            "UPDATE internal.project_version SET change_kind = 'edited', changed_fields = []",
            "an edit names no changed field",
        ),
        ("DELETE FROM internal.project_version", "not exactly one current version"),
        ("INSERT INTO internal.project_version SELECT * FROM internal.project_version", "projects has a key twice"),
        ("DELETE FROM internal.release", "project_versions.extractor names none of releases"),
        ("DELETE FROM internal.capture", "names a capture that no ledger knows"),
        ("UPDATE internal.project_version SET page_key = 'elsewhere'", "seen on another page"),
        ("UPDATE internal.capture SET captured_at = '2099-01-01'", "after its beginning"),
        ("UPDATE internal.country_money SET share_amount = 1", "do not add up to the budget"),
    ],
)
def test_a_built_file_that_breaks_a_law_is_not_published(archive: Archive, damage: str, law: str) -> None:
    published = publish(archive)
    before = published.read_bytes()
    built = archive.build()
    with closing(duckdb.connect(str(built))) as connection:
        connection.execute(damage)
    with pytest.raises(PublishError, match=law):
        publish_database(built, published)
    assert published.read_bytes() == before


def test_a_built_file_that_cannot_be_read_is_not_published(archive: Archive) -> None:
    published = publish(archive)
    built = archive.build()
    built.write_bytes(b"not a database" * 1000)
    with pytest.raises(PublishError, match="cannot be read back"):
        publish_database(built, published)
    assert run_query(published, BUDGET).rows == [("100.00",)]


def test_the_content_hash_stands_in_the_file(archive: Archive) -> None:
    published = publish_database(archive.build(), archive.root / "iomdb.duckdb")
    assert ask_values(published.path, "SELECT content_sha256 FROM internal.build") == [published.content_sha256]


def test_a_file_of_a_newer_program_is_neither_read_nor_replaced(archive: Archive) -> None:
    published = publish(archive)
    with closing(duckdb.connect(str(published))) as connection:
        connection.execute("UPDATE internal.build SET schema_version = 999")
    with pytest.raises(SchemaVersionError, match=f"internal schema 999, this program knows {SCHEMA_VERSION}"):
        run_query(published, BUDGET)
    with pytest.raises(SchemaVersionError, match=f"internal schema 999, this program knows {SCHEMA_VERSION}"):
        archive.build()


def test_a_file_of_an_older_program_is_refused_by_readers_and_rebuilt(archive: Archive) -> None:
    published = publish(archive)
    with closing(duckdb.connect(str(published))) as connection:
        connection.execute("UPDATE internal.build SET schema_version = 0")
    says = f"internal schema 0, this program writes {SCHEMA_VERSION}: run `iomdb rebuild`"
    with pytest.raises(SchemaVersionError, match=says):
        run_query(published, BUDGET)
    assert run_query(publish(archive), BUDGET).rows == [("100.00",)]


def test_a_missing_or_foreign_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match=r"there is no published file .*iomdb\.duckdb"):
        run_query(tmp_path / "iomdb.duckdb", "SELECT 1")
    (tmp_path / "iomdb.duckdb").write_bytes(b"text" * 4096)
    with pytest.raises(QueryError, match="cannot be opened"):
        run_query(tmp_path / "iomdb.duckdb", "SELECT 1")


def test_a_damaged_part_of_the_file_is_named_with_what_mends_it(archive: Archive) -> None:
    published = publish(archive)
    content = bytearray(published.read_bytes())
    for place in range(3 * 4096 + 100, len(content), 4096):  # every block but the head, wherever tables lie
        content[place] ^= 0xFF
    published.write_bytes(content)
    with pytest.raises(PublishedFileError, match="iomdb publish") as caught:
        read_everything(published)
    assert str(published) in str(caught.value)


def test_a_sound_file_is_read_to_its_end_and_a_missing_one_is_named_by_its_whole_path(archive: Archive) -> None:
    read_everything(publish(archive))
    missing = archive.root / "elsewhere" / "iomdb.duckdb"
    with pytest.raises(PublishedFileError, match="IOMDB_DATA") as caught:
        run_query(missing, "SELECT 1")
    assert str(missing) in str(caught.value)
