"""No personal contact is published in an address either, and secrets and sockets are their owner's alone."""

from __future__ import annotations

import os
import stat
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.defs.instance import open_instance
from pipeline.ground.folders import DataFolder
from pipeline.health.diagnosis import examine
from tests.pipeline.houses import House, at_day, build_house
from tests.warehouse.archives import Archive, news
from warehouse.publish.swap import publish_database

ADDRESSES = ("ann.person@example.org", "bob%40example.org", "Cee.Dee@Example.org")
NUMBERS = (
    "one?tel=+231771234567",
    "two?id=1234567&Phone=077%20123%204567",
    "tel:%2B231-77-123-4568",
    "a/+231771234569",
)
NO_NUMBERS = ("three?page=12345678", "four?q=ships+20260105", "2026+10000000", "five?tel=none")


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    archive = Archive(tmp_path / "data")
    pages = [news(f"https://liberia.iom.int/news/by-{one}", title=f"News {n}") for n, one in enumerate(ADDRESSES)]
    pages.append(news("https://liberia.iom.int/news/@all", title="No address in it"))
    pages += [
        news(f"https://liberia.iom.int/news/{one}", title=f"Page {n}") for n, one in enumerate((*NUMBERS, *NO_NUMBERS))
    ]
    archive.run("2026-01-05", pages)
    archive.extract()
    return publish_database(archive.build(), archive.root / "iomdb.duckdb").path


def test_no_contact_in_an_address_is_published_and_two_pages_stay_two(tables: Path) -> None:
    with closing(duckdb.connect(str(tables), read_only=True)) as connection:
        urls = [url for (url,) in connection.execute("SELECT url FROM v1.news ORDER BY title").fetchall()]
        names = connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
        stored = "".join(
            repr(connection.execute(f'FROM "{schema}"."{table}"').fetchall()).lower() for schema, table in names
        )
    assert len(set(urls)) == 4 + len(NUMBERS) + len(NO_NUMBERS)
    assert all("/news/e-mail-withheld-" in url for url in urls[:3])
    assert urls[3] == "https://liberia.iom.int/news/@all"
    assert all("number-withheld-" in url for url in urls[4 : 4 + len(NUMBERS)]), urls
    assert urls[4 + len(NUMBERS) :] == [f"https://liberia.iom.int/news/{one}" for one in NO_NUMBERS]
    withheld = ("ann.person", "bob%40", "cee.dee", "@example", "1234567&", "771234", "123%20", "123-456")
    assert [part for part in withheld if part in stored] == ["1234567&"], "an id stays"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return build_house(tmp_path / "house", news=1)


def find_permissions(house: House) -> dict[str, str]:
    findings = examine(house.folder, house.sites, now=at_day(0.2)).findings
    return {finding.key: finding.remedy for finding in findings if finding.family == "permission"}


def test_secrets_that_others_can_read_are_told_with_the_command_that_mends_it(house: House) -> None:
    house.crawl(0)
    settings, token = house.folder.root / "alerts.toml", house.folder.root / "token.txt"
    token.write_text("s3cret\n")
    settings.write_text('[[webhook]]\nname = "chat"\nurl = "https://chat.example/x"\ntoken_file = "token.txt"\n')
    for path in (settings, token):
        path.chmod(0o600)
    assert find_permissions(house) == {}
    for path in (settings, token):
        path.chmod(0o644)
    assert find_permissions(house) == {
        "permission:alerts.toml": f"chmod 0600 {settings}",
        "permission:token.txt": f"chmod 0600 {token}",
    }


SECRET = "correct-horse-battery"
SETTINGS = """
[[webhook]]
name = "chat"
url = "https://127.0.0.1:1/{SECRET}"
token_file = "token"
[[email]]
name = "mail"
host = "127.0.0.1"
port = 1
from = "a@example.org"
to = ["b@example.org"]
username = "iomdb"
password_file = "password"
"""


@pytest.mark.parametrize(
    "fault",
    ["", 'password = "{SECRET}"\n', 'url = "{SECRET}"\n', "token = {SECRET}\n", '[[webhook]]\nurl = "{SECRET}"\n'],
)
def test_no_secret_of_an_alarm_is_said_or_kept_whatever_is_wrong_with_it(house: House, fault: str) -> None:
    root = house.folder.root
    root.mkdir(exist_ok=True)
    for name, text in (("alerts.toml", SETTINGS + fault), ("token", SECRET), ("password", SECRET)):
        (root / name).write_text(text.replace("{SECRET}", SECRET))
        (root / name).chmod(0o600)
    before = set(root.rglob("*"))
    for words in (("doctor",), ("doctor", "--json"), ("doctor", "--alert"), ("status",), ("status", "--json")):
        answer = CliRunner().invoke(main, words, env={"IOMDB_DATA": str(root), "IOMDB_SITES": str(house.sites)})
        assert SECRET not in answer.output, words
        assert "Traceback" not in answer.output
    made = [path for path in set(root.rglob("*")) - before if path.is_file()]
    assert [path for path in made if SECRET.encode() in path.read_bytes()] == []


def test_dagsters_sockets_and_state_are_their_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    folder, before, variables = DataFolder(tmp_path / "data"), os.umask(0), dict(os.environ)
    try:
        open_instance(folder, now=at_day(0)).dispose()
    finally:
        os.umask(before)
        os.environ.clear()
        os.environ.update(variables)
    assert stat.S_IMODE(folder.dagster.stat().st_mode) == 0o700
