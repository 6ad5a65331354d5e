"""WARC files cut, flipped and glued at random: whole records come out, damage is named, nothing else is raised."""

import gzip
import hashlib
from collections.abc import Callable
from io import BytesIO
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import DamagedRecordError
from crawler.warc.members import Damage, Record, iter_records, parse_record, read_record_at
from crawler.warc.streams import Limits
from tests.crawler.runs import ImportedWarc, page_bytes
from tests.examples import examples

N = 6


def make_warc(*, compressed: bool) -> tuple[bytes, list[int]]:
    warc = ImportedWarc(compressed=compressed)
    for number in range(N):
        warc.add_response(f"https://example.org/{number}", "2024-03-01T10:00:00Z", page_bytes(number))
    return warc.content, [*warc.starts, len(warc.content)]


WHOLE = {compressed: make_warc(compressed=compressed) for compressed in (True, False)}


def read(content: bytes) -> tuple[list[Record], list[Damage]]:
    found = list(iter_records(BytesIO(content)))
    return [f for f in found if isinstance(f, Record)], [f for f in found if isinstance(f, Damage)]


def numbers(records: list[Record]) -> list[int]:
    return [int(record.headers["warc-target-uri"].rsplit("/", 1)[1]) for record in records]


ORIGINALS = {numbers([record])[0]: record for record in read(WHOLE[True][0])[0]}


def all_true(records: list[Record]) -> bool:
    """Whether every record is, byte for byte, one that was written."""
    return all(
        record.block == ORIGINALS[number].block for number, record in zip(numbers(records), records, strict=True)
    )


@pytest.mark.parametrize("compressed", [True, False])
def test_a_whole_file_gives_every_record_where_it_stands(compressed: bool) -> None:
    content, starts = WHOLE[compressed]
    records, damages = read(content)
    assert [(r.offset, r.offset + r.length) for r in records] == list(pairwise(starts))
    assert damages == []
    if compressed:
        assert all(read_record_at(BytesIO(content), r.offset) == r for r in records)


@examples(120)
@given(compressed=st.booleans(), at=st.integers(0, 1 << 20))
def test_a_cut_anywhere_keeps_what_stands_before_it_and_reports_the_tail(compressed: bool, at: int) -> None:
    content, starts = WHOLE[compressed]
    cut = at % len(content)
    records, damages = read(content[:cut])
    assert numbers(records) == [n for n in range(N) if starts[n + 1] <= cut]
    assert all_true(records)
    assert len(damages) == (0 if cut in starts else 1)
    assert all(damage.is_tail for damage in damages)


@examples(200)
@given(compressed=st.booleans(), at=st.integers(0, 1 << 20), flip=st.integers(1, 255))
def test_a_flipped_byte_costs_at_most_its_own_record_and_never_gives_a_false_one(
    compressed: bool,
    at: int,
    flip: int,
) -> None:
    content, starts = WHOLE[compressed]
    place = at % len(content)
    changed = bytearray(content)
    changed[place] ^= flip
    records, damages = read(bytes(changed))
    hit = next(n for n in range(N) if starts[n] <= place < starts[n + 1])
    blocks = {record.block for record in records}
    assert blocks <= {record.block for record in ORIGINALS.values()}
    assert all(ORIGINALS[n].block in blocks for n in range(N) if n != hit)
    assert damages or len(records) == N


@examples(100)
@given(
    parts=st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 3000)), max_size=6),
    junk=st.binary(max_size=60),
    compressed=st.booleans(),
)
def test_any_salad_of_pieces_gives_true_records_or_damage(
    parts: list[tuple[int, int]],
    junk: bytes,
    compressed: bool,
) -> None:
    content, _ = WHOLE[compressed]
    pieces = [content[start % len(content) :][:length] + junk for start, length in parts]
    records, _ = read(b"".join(pieces))
    if compressed:
        assert all_true(records)
    # Without compression nothing stands for a record's own head: pieces may meet there, but never in a digested block.
    proved = {record.block for record in records if "warc-block-digest" in record.headers}
    assert proved <= {record.block for record in ORIGINALS.values()}


@examples(150)
@given(
    content=st.binary(max_size=400),
    start=st.sampled_from([b"", b"WARC/1.0\r\n", b"\x1f\x8b\x08", b"WARC/1.1\r\nContent-Length: "]),
)
def test_bytes_of_any_kind_raise_nothing(content: bytes, start: bytes) -> None:
    list(iter_records(BytesIO(start + content)))
    list(iter_records(BytesIO(gzip.compress(start + content, mtime=0))))


def record_of(headers: bytes, block: bytes, length: int | None = None) -> bytes:
    size = len(block) if length is None else length
    return b"WARC/1.0\r\n" + headers + b"Content-Length: %d\r\n\r\n%s\r\n\r\n" % (size, block)


@pytest.mark.parametrize(
    "digest",
    [
        "sha256:" + hashlib.sha256(b"other").hexdigest(),
        "sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "md5:" + hashlib.md5(b"other").hexdigest(),
        "sha256:nonsense",
        "sha1GJX47FMZEEZJWNG4MSR6MVRMR3B6R3WZ4",
    ],
)
@pytest.mark.parametrize("header", ["WARC-Block-Digest", "WARC-Payload-Digest"])
def test_a_record_whose_digest_does_not_hold_is_damage(header: str, digest: str) -> None:
    bad = record_of(f"{header}: {digest}\r\nContent-Type: text/plain\r\n".encode(), b"words")
    good = record_of(b"", b"words")
    for content in (
        bad + good,
        gzip.compress(bad, mtime=0) + gzip.compress(good, mtime=0),
        gzip.compress(bad + good, mtime=0),
    ):
        records, damages = read(content)
        assert [record.headers for record in records] == [{"content-length": "5"}]
        assert "digest" in damages[0].reason


def test_in_a_doubtful_file_an_uncompressed_record_must_prove_itself() -> None:
    digest = hashlib.sha256(b"words").hexdigest().encode()
    content = record_of(b"WARC-Block-Digest: sha256:" + digest + b"\r\n", b"words") + record_of(b"", b"words")
    found = list(iter_records(BytesIO(content), is_doubtful=True))
    assert [type(one) for one in found] == [Record, Damage]
    assert len(list(iter_records(BytesIO(gzip.compress(record_of(b"", b"words"), mtime=0)), is_doubtful=True))) == 1


def test_a_digest_of_an_unknown_kind_counts_neither_way() -> None:
    records, damages = read(record_of(b"WARC-Block-Digest: xxh3:00\r\n", b"words"))
    assert (len(records), damages) == (1, [])


@pytest.mark.parametrize("length", [b"-1", b"five", b"", b"1e3", b"99999999999999999999", "٣".encode()])
def test_a_content_length_that_is_none_is_damage(length: bytes) -> None:
    records, damages = read(b"WARC/1.0\r\nContent-Length: " + length + b"\r\n\r\nwords\r\n\r\n")
    assert records == []
    assert "Content-Length" in damages[0].reason


@pytest.mark.parametrize("back", [0, 3, 20, 33, 60, 150, 400, 3000])
def test_the_next_record_is_found_wherever_the_search_window_ends(back: int) -> None:
    junk = bytes((1 << 20) - back)
    content, _ = WHOLE[True]
    records, damages = read(junk + content)
    assert numbers(records) == list(range(N))
    assert len(damages) == 1


def test_a_bomb_costs_no_more_than_the_limits() -> None:
    limits = Limits(head=1000, block=1000, member=5_000_000)
    small = gzip.compress(record_of(b"", b"words"), mtime=0)
    bomb = gzip.compress(record_of(b"", bytes(20_000_000)), 1, mtime=0)
    found = list(iter_records(BytesIO(bomb + small), limits))
    assert isinstance(found[0], Damage)
    assert "more than the limit" in found[0].reason
    assert isinstance(found[1], Record)
    large = list(iter_records(BytesIO(gzip.compress(record_of(b"", bytes(100_000)), mtime=0) + small), limits))
    assert [f.block for f in large if isinstance(f, Record)] == [None, b"words"]
    long_head = gzip.compress(b"WARC/1.0\r\n" + b"A: b\r\n" * 1000, mtime=0)
    assert "head is longer" in str(next(iter(iter_records(BytesIO(long_head), limits))))


def test_folded_headers_and_repeated_ones_are_read_as_the_first() -> None:
    (record,), _ = read(record_of(b"A: one\r\n two\r\nB: first\r\nB: second\r\n", b""))
    assert record.headers == {"a": "one two", "b": "first", "content-length": "0"}


def test_one_member_is_parsed_only_when_it_is_exactly_one_record() -> None:
    member = gzip.compress(record_of(b"WARC-Type: resource\r\n", b"words"), mtime=0)
    assert parse_record(member).block == b"words"
    assert parse_record(member).warc_type == "resource"
    for bad in (member[:-1], member + b"x", member + member, gzip.compress(record_of(b"", b"a") * 2, mtime=0), b""):
        with pytest.raises(DamagedRecordError):
            parse_record(bad)


HEADER_BYTES = st.binary(max_size=12) | st.sampled_from(
    [b" x ", b"\tfolded", b"A: b", b"a:c\x1f", b"\x0b:\x0c", b"no colon"]
)


@examples(150)
@given(lines=st.lists(HEADER_BYTES, max_size=4), block=st.binary(max_size=30), cut=st.integers(0, 60))
def test_a_member_taken_at_once_says_what_a_file_read_piece_by_piece_says(
    lines: list[bytes], block: bytes, cut: int
) -> None:
    member = gzip.compress(record_of(b"\r\n".join([*lines, b""]), block), mtime=0)
    member = member[:-cut] if cut < 20 and cut else member

    def attempt(read_one: Callable[[], Record]) -> Record | str:
        try:
            return read_one()
        except DamagedRecordError as error:
            return str(error)

    assert attempt(lambda: parse_record(member)) == attempt(lambda: read_record_at(BytesIO(member), 0))
