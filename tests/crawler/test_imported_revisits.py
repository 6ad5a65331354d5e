"""Revisits of imported WARCs: believed as far as their original can be proved, in whatever order records stand."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from base64 import b32encode
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.outcomes import Effect, Outcome
from contracts.run import Fetch
from tests.crawler.crawling import MORNING, crawl, rows, site_of
from tests.crawler.runs import ImportedWarc, page_bytes
from tests.crawler.test_imported_warc import DAY, URL, take, take_file
from tests.site.routes import html_page, page, site_file
from tests.site.server import WebServer

LATER, LAST = "2024-04-01T10:00:00Z", "2024-05-01T10:00:00Z"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
OF_NOTHING = "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"


def sha1(content: bytes) -> str:
    return f"sha1:{b32encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()}"


def add_304(warc: ImportedWarc, date: str, url: str = URL, **named: str) -> None:
    headers = {"WARC-Profile": NOT_MODIFIED, **{name.replace("_", "-"): value for name, value in named.items()}}
    warc.add_response(url, date, b"", status="304 Not Modified", record_type="revisit", warc_headers=headers)


def outcomes(fetches: Sequence[Fetch]) -> list[Outcome]:
    return [fetch.outcome for fetch in sorted(fetches, key=lambda fetch: fetch.fetched_at)]


def test_a_304_with_the_digest_of_nothing_is_of_its_page_and_not_gone_like_an_empty_404(tmp_path: Path) -> None:
    warc = ImportedWarc()
    warc.add_response(URL, DAY, page_bytes(1))
    warc.add_response(
        f"{URL}-lost", LATER, b"", status="404 Not Found", warc_headers={"WARC-Payload-Digest": OF_NOTHING}
    )
    add_304(warc, LAST, WARC_Payload_Digest=OF_NOTHING)
    _, fetches, _ = take(warc, tmp_path)
    assert outcomes(fetches) == [Outcome.FETCHED, Outcome.NOT_FOUND, Outcome.UNCHANGED]
    assert [fetch.effect for fetch in fetches if fetch.url == URL] == [Effect.SEEN, Effect.SEEN]


@pytest.mark.parametrize("declared", [sha1(page_bytes(2)), sha1(b"unknown")], ids=["another's", "nobody's"])
@pytest.mark.parametrize("first_run", [False, True], ids=["one file", "the archive"])
def test_an_original_whose_payload_is_not_the_one_declared_is_none(
    tmp_path: Path, declared: str, first_run: bool
) -> None:
    warc = ImportedWarc()
    warc.add_response(URL, DAY, page_bytes(1))
    if first_run:
        take(warc, tmp_path)
        warc = ImportedWarc()
    named = {"WARC-Refers-To-Target-URI": URL, "WARC-Refers-To-Date": DAY, "WARC-Payload-Digest": declared}
    warc.add_response(URL, LATER, b"", record_type="revisit", warc_headers=named)
    warc.add_response(
        URL, LAST, b"", record_type="revisit", warc_headers={**named, "WARC-Payload-Digest": sha1(page_bytes(1))}
    )
    _, fetches, _ = take(warc, tmp_path, "second.warc.gz")
    assert outcomes(fetches)[-2:] == [Outcome.UNRESOLVED_REVISIT, Outcome.IDENTICAL]


def test_the_digest_alone_names_an_original_at_another_address_but_not_for_a_304(tmp_path: Path) -> None:
    warc = ImportedWarc()
    warc.add_response(URL, DAY, page_bytes(1))
    digest = sha1(page_bytes(1))
    warc.add_response(f"{URL}-b", LATER, b"", record_type="revisit", warc_headers={"WARC-Payload-Digest": digest})
    add_304(warc, LAST, f"{URL}-b", WARC_Payload_Digest=digest)
    _, fetches, _ = take(warc, tmp_path)
    assert outcomes(fetches) == [Outcome.FETCHED, Outcome.IDENTICAL, Outcome.UNCHANGED]


def test_a_revisit_that_stands_before_its_original_finds_it(tmp_path: Path) -> None:
    warc = ImportedWarc()
    named = {"WARC-Refers-To-Target-URI": URL, "WARC-Refers-To-Date": DAY}
    warc.add_response(URL, LATER, b"", record_type="revisit", warc_headers=named)
    warc.add_response(URL, DAY, page_bytes(1))
    _, fetches, _ = take(warc, tmp_path)
    assert outcomes(fetches) == [Outcome.FETCHED, Outcome.IDENTICAL]


def test_a_revisit_names_by_its_record_id_an_original_that_was_ingested_before(tmp_path: Path) -> None:
    earlier, later = ImportedWarc(), ImportedWarc()
    record_id = earlier.add_response(URL, DAY, page_bytes(1))
    take(earlier, tmp_path)
    later.add_response(URL, LATER, b"", record_type="revisit", warc_headers={"WARC-Refers-To": record_id})
    _, (fetch,), _ = take(later, tmp_path, "later.warc.gz")
    assert fetch.outcome is Outcome.IDENTICAL


def test_a_304_is_never_recorded_against_a_body_that_another_page_had(tmp_path: Path) -> None:
    """An imported revisit says that the page had, under an ETag, a content which only another site's capture holds."""
    body = html_page("A pump", "It works.")
    with WebServer({"/news/a": page(body)}) as server:
        url = f"{server.root}/news/a"
        often = "[recrawl]\nages = []\nolder_every_days = 0\n"
        site = site_of(site_file(server.host, often, start=f'[start]\npages = ["{url}"]\n'))
        crawl(site, tmp_path / "archive")
        changed = html_page("A pump", "It broke.")
        etag = f'"{hashlib.sha256(changed).hexdigest()[:16]}"'
        warc = ImportedWarc()
        warc.add_response("https://elsewhere.example/a", "2026-11-22T08:00:00Z", changed)
        named = {
            "WARC-Refers-To-Target-URI": "https://elsewhere.example/a",
            "WARC-Refers-To-Date": "2026-11-22T08:00:00Z",
        }
        headers = [("Content-Type", "text/html"), ("ETag", etag)]
        warc.add_response(url, "2026-11-22T09:00:00Z", b"", record_type="revisit", headers=headers, warc_headers=named)
        assert take(warc, tmp_path)[1][1].outcome is Outcome.IDENTICAL
        server.routes["/news/a"] = page(changed)
        row = rows(tmp_path / "archive", crawl(site, tmp_path / "archive", MORNING + timedelta(days=1)))[url]
    assert row.outcome is Outcome.FETCHED
    assert row.capture is not None
    assert row.capture.payload_sha256 == hashlib.sha256(changed).hexdigest()


@pytest.mark.skipif(shutil.which("wget") is None, reason="needs wget, whose own files are taken in")
def test_what_wget_did_not_fetch_twice_is_known_by_what_it_fetched_before(tmp_path: Path) -> None:
    with WebServer({"/news/a": page(html_page("A pump", "It works."))}) as server:
        url = f"{server.root}/news/a"
        call = ["wget", "-q", "--warc-cdx", "--delete-after", url]
        subprocess.run([*call, "--warc-file", "first"], cwd=tmp_path, check=True)
        subprocess.run([*call, "--warc-file", "second", "--warc-dedup", "first.cdx"], cwd=tmp_path, check=True)
    assert outcomes(take_file(tmp_path / "first.warc.gz", tmp_path)[1]) == [Outcome.FETCHED]
    done, fetches, _ = take_file(tmp_path / "second.warc.gz", tmp_path)
    assert outcomes(fetches) == [Outcome.IDENTICAL], done.notes
