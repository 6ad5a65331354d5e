"""Content and transfer codings undone: whole, within the limit, or an error that says why."""

import gzip
import zlib

import brotli  # type: ignore[import-untyped]  # it ships no types, and nobody publishes stubs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import PayloadError, PayloadTooLargeError
from crawler.warc.http import decode_body, decode_payload, parse_response_head, split_head, undo_chunks
from tests.crawler.runs import page_bytes

PAGE = page_bytes(1)


def raw_deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush()


CODED = {
    "": PAGE,
    "identity": PAGE,
    "gzip": gzip.compress(PAGE, mtime=0),
    "X-GZip": gzip.compress(PAGE[:9], mtime=0) + gzip.compress(PAGE[9:], mtime=0),
    "deflate": zlib.compress(PAGE),
    "deflate ": raw_deflate(PAGE),
    "br": brotli.compress(PAGE),
    "gzip, br": brotli.compress(gzip.compress(PAGE, mtime=0)),
}


@pytest.mark.parametrize("coding", CODED)
def test_each_coding_is_undone(coding: str) -> None:
    assert decode_payload(CODED[coding], coding, 10_000) == PAGE
    assert decode_payload(CODED[coding], coding, len(PAGE)) == PAGE
    with pytest.raises(PayloadTooLargeError):
        decode_payload(CODED[coding], coding, len(PAGE) - 1)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "deflate ", "br", "gzip, br"])
def test_a_body_cut_anywhere_is_an_error_and_never_a_shorter_page(coding: str) -> None:
    for size in range(len(CODED[coding])):
        with pytest.raises(PayloadError):
            decode_payload(CODED[coding][:size], coding, 10_000)


@given(st.integers(0, 1 << 16), st.integers(1, 255))
def test_a_flipped_byte_of_a_gzip_body_never_gives_another_page(place: int, flip: int) -> None:
    changed = bytearray(CODED["gzip"])
    changed[place % len(changed)] ^= flip
    try:
        assert decode_payload(bytes(changed), "gzip", 10_000) == PAGE
    except PayloadError:
        return


def test_bytes_after_a_whole_gzip_body_have_no_meaning() -> None:
    assert decode_payload(gzip.compress(PAGE, mtime=0) + b"\0\0", "gzip", 10_000) == PAGE


@pytest.mark.parametrize("coding", ["zstd", "compress", "gzip, gzip, gzip, gzip", "g z i p"])
def test_a_coding_that_is_not_known_is_an_error(coding: str) -> None:
    with pytest.raises(PayloadError):
        decode_payload(PAGE, coding, 10_000)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_a_bomb_is_unpacked_no_further_than_the_limit(coding: str) -> None:
    zeros = bytes(30_000_000)
    bomb = {
        "gzip": gzip.compress(zeros, 1, mtime=0),
        "deflate": zlib.compress(zeros, 1),
        "br": brotli.compress(zeros, quality=1),
    }
    with pytest.raises(PayloadTooLargeError):
        decode_payload(bomb[coding], coding, 1000)


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "br", "", "identity, br"]))
def test_any_bytes_are_decoded_or_refused_and_raise_nothing_else(body: bytes, coding: str) -> None:
    try:
        decode_payload(body, coding, 100_000)
    except PayloadError:
        return


@given(st.lists(st.binary(min_size=1, max_size=20), max_size=5), st.integers(0, 200))
def test_chunks_are_undone_whole_or_refused(parts: list[bytes], cut: int) -> None:
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    assert undo_chunks(chunked) == b"".join(parts)
    shorter = chunked[: min(cut, len(chunked) - 5)]
    with pytest.raises(PayloadError):
        undo_chunks(shorter)


@given(st.binary(max_size=200))
def test_any_stored_message_is_taken_apart_or_refused(block: bytes) -> None:
    for message in (
        block,
        b"HTTP/1.1 200 OK\r\n" + block,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + block,
    ):
        head, body = split_head(message)
        assert head + body == message
        try:
            decode_body(parse_response_head(head), body, 100_000)
        except PayloadError:
            continue


def test_heads_of_all_sorts_are_read() -> None:
    head = parse_response_head(
        b"HTTP/2 404\r\nContent-Type: Text/HTML ; charset=x\r\nX: caf\xe9\r\nX: two\r\nno colon\r\n\r\n"
    )
    assert (head.status, head.media_type, head.headers["x"]) == (404, "text/html", "café")
    assert split_head(b"HTTP/1.0 200 OK\nA: b\n\nbody") == (b"HTTP/1.0 200 OK\nA: b\n\n", b"body")
    for bad in (b"", b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 2000 x\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n"):
        with pytest.raises(PayloadError):
            parse_response_head(bad)
