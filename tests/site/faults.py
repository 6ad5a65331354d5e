"""The ways in which a web server misbehaves, each as an answer or a script for :class:`tests.site.server.WebServer`.

Belongs here: faults of HTTP, its codings and its timing. Does not belong here: what pages say.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import ipaddress
import socket
import ssl
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.site.server import Answer, Asked, Script


def redirect(location: str, status: int = 301) -> Answer:
    """A redirect to ``location``."""
    return Answer(status=status, headers=(("Location", location),))


def zipped(body: bytes, *headers: tuple[str, str]) -> Answer:
    """``body`` as honest servers send it, with Content-Encoding gzip."""
    return Answer(gzip.compress(body, 6, mtime=0), headers=(("Content-Encoding", "gzip"), *headers))


def zipped_twice(body: bytes) -> Answer:
    """gzip within gzip, declared once: a proxy and a server that both compress."""
    return Answer(gzip.compress(gzip.compress(body, mtime=0), mtime=0), headers=(("Content-Encoding", "gzip"),))


def zipped_cut_short(body: bytes) -> Answer:
    """A gzip stream that ends early, with a Content-Length that is right for what was sent."""
    whole = gzip.compress(body, mtime=0)
    return Answer(whole[: len(whole) // 2], headers=(("Content-Encoding", "gzip"),))


def bomb(unpacked: int) -> Answer:
    """``unpacked`` bytes of blanks, about a thousandth of that on the wire."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = b" " * (1 << 20)
    packed = b"".join(packer.compress(block) for _ in range(unpacked >> 20)) + packer.flush()
    return Answer(packed, headers=(("Content-Encoding", "gzip"),))


def endless(chunk: bytes = b"x" * 65536, pause: float = 0.0) -> Script:
    """A body without an end; with a pause between chunks it is a slow drip."""

    async def send(asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            await writer.drain()
            await asyncio.sleep(pause)

    return send


def silence() -> Script:
    """Takes the request and never says a word."""

    async def send(asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(3600)

    return send


def reset(after: bytes = b"") -> Script:
    """Sends ``after`` and then a TCP reset instead of an orderly end."""

    async def send(asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(after)
        await writer.drain()
        await asyncio.sleep(0.05)
        bare = writer.get_extra_info("socket")
        bare.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return send


def hang_up(after: bytes = b"") -> Script:
    """Sends ``after`` and closes: with a longer Content-Length in it, a body cut short."""

    async def send(asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(after)
        await writer.drain()

    return send


def many_headers(number: int, body: bytes) -> Answer:
    """An answer with ``number`` headers of its own."""
    return Answer(body, headers=tuple((f"X-Noise-{n}", "x" * 20) for n in range(number)))


def in_turn(*answers: Answer) -> Callable[[Asked], Answer]:
    """Each call the next of ``answers``, the last for ever."""
    left = list(answers)

    def choose(asked: Asked) -> Answer:
        return left.pop(0) if len(left) > 1 else left[0]

    return choose


def own_certificate(folder: Path) -> ssl.SSLContext:
    """A server's TLS context whose certificate nobody has signed; its files are left in ``folder``."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(made)
        .not_valid_after(made + dt.timedelta(days=36500))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "loopback.pem"
    pem.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
