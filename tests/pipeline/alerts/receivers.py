"""Receivers on loopback that a channel is tested against: a web server and a mail server, both really listening.

Belongs here: what a receiver takes, keeps and answers. Does not belong here: any assertion.
"""

from __future__ import annotations

import base64
import json
import socketserver
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any


@dataclass
class WebReceiver:
    """Answers every POST with ``status``; ``drip_seconds`` makes it send its answer a byte at a time."""

    port: int = 0
    status: int = 200
    drip_seconds: float = 0.0
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?room=1"


@contextmanager
def receive_web() -> Iterator[WebReceiver]:
    receiver = WebReceiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.bodies.append(json.loads(content))
            receiver.headers.append(dict(self.headers.items()))
            receiver.paths.append(self.path)
            answer = f"HTTP/1.1 {receiver.status} X\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n".encode()
            if receiver.drip_seconds:
                try:
                    for byte in answer:
                        self.wfile.write(bytes([byte]))
                        time.sleep(receiver.drip_seconds)
                except OSError:
                    return
            else:
                self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        receiver.port = server.server_address[1]
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield receiver
        server.shutdown()


@dataclass
class MailReceiver:
    """An SMTP server (RFC 5321) with STARTTLS and AUTH, as much of it as a sender needs.

    ``certificate`` is a file with a key and a certificate for STARTTLS, or None. ``login`` is the (user, password) it
    takes, or None for anyone. ``refused`` are recipients it does not take. ``is_silent``: it never greets.
    """

    port: int = 0
    certificate: Path | None = None
    login: tuple[str, str] | None = None
    refused: frozenset[str] = frozenset()
    is_silent: bool = False
    mails: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    was_encrypted: bool = False


@contextmanager
def receive_mail() -> Iterator[MailReceiver]:
    receiver = MailReceiver()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            conversation = _Conversation(self, receiver)
            try:
                conversation.hold()
            except OSError:
                return
            finally:
                conversation.connection.close()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        receiver.port = server.server_address[1]
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield receiver
        server.shutdown()


class _Conversation:
    def __init__(self, handler: socketserver.StreamRequestHandler, receiver: MailReceiver) -> None:
        self.receiver = receiver
        self.connection = handler.connection
        self.rfile, self.wfile = handler.rfile, handler.wfile
        self.encrypted = False

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")
        self.wfile.flush()

    def hold(self) -> None:
        if self.receiver.is_silent:
            self.rfile.readline()
            return
        self.say("220 test ready")
        while line := self.rfile.readline():
            verb, _, rest = line.decode().strip().partition(" ")
            if verb.upper() == "QUIT":
                self.say("221 bye")
                return
            getattr(self, f"take_{verb.lower()}", self.take_unknown)(rest)

    def take_unknown(self, _rest: str) -> None:
        self.say("502 not known")

    def take_ehlo(self, _rest: str) -> None:
        self.say("250-test")
        if self.receiver.certificate and not self.encrypted:
            self.say("250-STARTTLS")
        if self.receiver.login:
            self.say("250-AUTH PLAIN")
        self.say("250 SIZE 100000")

    def take_starttls(self, _rest: str) -> None:
        self.say("220 go on")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        assert self.receiver.certificate is not None
        context.load_cert_chain(self.receiver.certificate)
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
        self.encrypted = True
        self.receiver.was_encrypted = True

    def take_auth(self, rest: str) -> None:
        _, user, password = base64.b64decode(rest.split()[1]).decode().split("\0")
        self.receiver.logins.append((user, password))
        self.say("235 welcome" if (user, password) == self.receiver.login else f"535 wrong password {password}")

    def take_mail(self, _rest: str) -> None:
        self.say("250 fine")

    def take_rcpt(self, rest: str) -> None:
        recipient = rest.partition("<")[2].partition(">")[0]
        if recipient in self.receiver.refused:
            self.say("550 nobody here")
            return
        self.receiver.recipients.append(recipient)
        self.say("250 fine")

    def take_rset(self, _rest: str) -> None:
        self.say("250 fine")

    def take_data(self, _rest: str) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        self.receiver.mails.append(b"".join(lines))
        self.say("250 kept")
