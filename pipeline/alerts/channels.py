"""The ways to a person: a command, a webhook, an e-mail. Each delivers a message whole in bounded time or says why not.

Belongs here: delivering. Does not belong here: what is reported and whether it was reported before (``incidents``).
What a fault says never holds an address, a token, a password or a server's own words: it goes to logs.
"""

import contextlib
import http.client
import json
import os
import signal
import smtplib
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from threading import Timer
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from pipeline.alerts.message import Message
from pipeline.ground.errors import PipelineError

LARGEST_ANSWER = 65_536
LARGEST_SECRET = 4_096


class DeliveryError(PipelineError):
    """Raised by a channel that could not deliver; the message is tried again at the next look."""


class Channel(Protocol):
    """A way to a person. ``name`` is unique in the settings and is how incidents remember who was notified."""

    @property
    def name(self) -> str:
        """The channel's name in alerts.toml."""
        ...

    def deliver(self, message: Message) -> None:
        """Deliver one message.

        Raises:
            DeliveryError: it was not delivered.
        """
        ...


@dataclass(frozen=True, slots=True)
class CommandChannel:
    """A program that gets the text on its standard input. No shell; nothing of the text is in its ``words``."""

    name: str
    words: tuple[str, ...]
    timeout_seconds: float

    def deliver(self, message: Message) -> None:
        """Run the program; see :class:`Channel`. It and what it started are killed when the time is up."""
        try:
            child = subprocess.Popen(
                self.words,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={
                    **os.environ,
                    "IOMDB_INCIDENT": message.id,
                    "IOMDB_PHASE": message.phase,
                    "IOMDB_KEY": message.key,
                },
                start_new_session=True,
            )
        except OSError as error:
            raise DeliveryError(f"channel {self.name}: the program did not start: {error.strerror}") from error
        try:
            child.communicate(f"{message.subject}\n\n{message.text}".encode(), timeout=self.timeout_seconds)
        except subprocess.TimeoutExpired as error:
            raise DeliveryError(f"channel {self.name}: no end after {self.timeout_seconds:g} s, killed") from error
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        if child.returncode:
            raise DeliveryError(f"channel {self.name}: the program ended with exit code {child.returncode}")


@dataclass(frozen=True, slots=True)
class WebhookChannel:
    """A JSON POST. ``read_url`` and ``read_token`` give what may be secret, read anew at each delivery."""

    name: str
    read_url: Callable[[], str]
    read_token: Callable[[], str | None]
    timeout_seconds: float

    def deliver(self, message: Message) -> None:
        """Post the message; see :class:`Channel`. Only a 2xx answer is a delivery; redirects are not followed."""
        body = json.dumps(
            {
                "text": f"{message.subject}\n{message.text}",
                "incident": {
                    "id": message.id,
                    "key": message.key,
                    "phase": message.phase,
                    "at": message.at.isoformat(),
                },
            }
        ).encode()
        headers = {"Content-Type": "application/json", "User-Agent": "iomdb", "Idempotency-Key": message.id}
        try:
            url = urlsplit(self.read_url())
            if token := self.read_token():
                headers["Authorization"] = f"Bearer {token}"
            status = self._post(url, body, headers)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise DeliveryError(f"channel {self.name}: {_describe(error)}") from error
        if not 200 <= status < 300:
            raise DeliveryError(f"channel {self.name}: the server answered {status}")

    def _post(self, url: SplitResult, body: bytes, headers: dict[str, str]) -> int:
        host, port, target = url.hostname or "", url.port, (url.path or "/") + (f"?{url.query}" if url.query else "")
        check_encrypted(host, is_encrypted=url.scheme == "https")
        connection = (
            http.client.HTTPSConnection(host, port, timeout=self.timeout_seconds, context=ssl.create_default_context())
            if url.scheme == "https"
            else http.client.HTTPConnection(host, port, timeout=self.timeout_seconds)
        )
        with contextlib.closing(connection), cut_off_after(self.timeout_seconds, lambda: connection.sock):
            connection.request("POST", target, body, headers)
            answer = connection.getresponse()
            answer.read(LARGEST_ANSWER)
            return answer.status


@dataclass(frozen=True, slots=True)
class EmailChannel:
    """A plain mail. ``read_password`` gives the password, read anew at each delivery; None sends without a login."""

    name: str
    host: str
    port: int
    sender: str
    recipients: tuple[str, ...]
    username: str | None
    read_password: Callable[[], str | None]
    starttls: bool
    ca_file: Path | None
    timeout_seconds: float

    def deliver(self, message: Message) -> None:
        """Send the mail; see :class:`Channel`. One recipient that the server takes makes it delivered."""
        try:
            password = self.read_password()
            check_encrypted(self.host, is_encrypted=self.starttls)
            self._send(self._write_mail(message), password)
        except smtplib.SMTPResponseException as error:
            raise DeliveryError(f"channel {self.name}: the server answered {error.smtp_code}") from error
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise DeliveryError(f"channel {self.name}: {_describe(error)}") from error

    def _write_mail(self, message: Message) -> EmailMessage:
        mail = EmailMessage(policy=SMTP)
        mail["From"] = self.sender
        mail["To"] = ", ".join(self.recipients)
        mail["Subject"] = message.subject
        mail["Date"] = format_datetime(message.at)
        mail["Message-ID"] = f"<{message.id}@{self.sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        return mail

    def _send(self, mail: EmailMessage, password: str | None) -> None:
        made: list[smtplib.SMTP] = []
        with cut_off_after(self.timeout_seconds, lambda: made[0].sock if made else None):
            server = _WatchedSmtp(made, self.host, self.port, self.timeout_seconds)
            with contextlib.closing(server):
                if self.starttls:
                    server.starttls(context=ssl.create_default_context(cafile=self.ca_file))
                if self.username is not None and password is not None:
                    server.login(self.username, password)
                server.send_message(mail)
                with contextlib.suppress(smtplib.SMTPException):
                    server.quit()


class _WatchedSmtp(smtplib.SMTP):
    """A connection that is known before its constructor, which waits for the server's greeting, has returned."""

    def __init__(self, made: list[smtplib.SMTP], host: str, port: int, timeout: float) -> None:
        made.append(self)
        super().__init__(host, port, local_hostname=socket.gethostname(), timeout=timeout)


@contextmanager
def cut_off_after(seconds: float, find_socket: Callable[[], socket.socket | None]) -> Iterator[None]:
    """Shut the socket when the block takes longer: a server that sends a byte a second never meets a socket's time-out.

    Raises:
        TimeoutError: the time was up before the block was done.
    """
    is_late = False

    def shut() -> None:
        nonlocal is_late
        is_late = True
        if (open_socket := find_socket()) is not None:
            with contextlib.suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds, shut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException, smtplib.SMTPException) as error:
        # The socket's own time-out may come first; smtplib wraps it in an error of its own.
        if is_late or isinstance(error.__context__, TimeoutError):
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()


def check_encrypted(host: str, *, is_encrypted: bool) -> None:
    """Refuse to send to another machine in the clear.

    Raises:
        ValueError: the host is not this machine and the way to it is not encrypted.
    """
    if not is_encrypted and host not in {"127.0.0.1", "::1", "localhost"}:
        raise ValueError("only this machine may be notified without encryption")


def read_secret(path: Path) -> str:
    """What a file of one secret holds, without white space at its ends.

    Raises:
        ValueError: it is empty, too long, or more than one line.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        secret = file.read(LARGEST_SECRET + 1).decode("utf-8").strip()
    if not secret or len(secret) > LARGEST_SECRET or not secret.isprintable():
        raise ValueError("its secret file does not hold one line of text")
    return secret


def _describe(error: Exception) -> str:
    """Why it failed, in words of ours or the system's: never the server's, never an address."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLError):
        return f"no secure connection: {error.reason or 'certificate not accepted'}"
    if isinstance(error, OSError) and error.strerror:
        return f"it cannot be reached: {error.strerror}"
    if isinstance(error, ValueError) and error.args and "\n" not in str(error) and type(error) is ValueError:
        return str(error)
    return f"it broke off ({type(error).__name__})"
