"""The ways to a person: a command, a webhook, an e-mail. Each delivers a message whole in bounded time or says why not.

Belongs here: what its table in alerts.toml may say, delivering. Does not belong here: reading the file (``settings``),
what is reported (``incidents``). What a fault says, and logs get, is never an address, a secret or a server's words.
"""

import contextlib
import http.client
import json
import os
import re
import signal
import smtplib
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from threading import Timer
from typing import Annotated, ClassVar
from urllib.parse import SplitResult, urlsplit

from msgspec import Meta, Struct

from pipeline.alerts.message import Message
from pipeline.ground.errors import PipelineError

LARGEST_ANSWER = 65_536
LARGEST_SECRET = 4_096
Address = Annotated[str, Meta(pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+$", max_length=254)]


class DeliveryError(PipelineError):
    """Raised by a channel that could not deliver; the message is tried again at the next look."""


class _Table(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    kind: ClassVar[str]
    name: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,40}$")]
    timeout_seconds: Annotated[float, Meta(gt=0, le=60)] = 10.0

    def iter_faults(self) -> Iterator[str]:
        """Programs and files that it needs and that are not there, or not as they must be, by table and key."""
        for key in ("url_file", "token_file", "password_file", "ca_file"):
            path = getattr(self, key, None)
            if path is None:
                continue
            where = f"{self.kind} {self.name}: {key}: {path}"
            try:
                if key == "ca_file":
                    path.read_bytes()
                elif (secret := read_secret(path)) and key == "url_file":
                    check_url(secret)
            except OSError as error:
                yield f"{where} cannot be read: {error.strerror}"
            except ValueError as error:
                yield f"{where}: {error}"


class CommandChannel(_Table, frozen=True):
    """A program that gets the text on its standard input. No shell; nothing of the text is in its ``words``."""

    kind = "command"
    words: Annotated[list[Annotated[str, Meta(pattern=r"^[^\0]*$")]], Meta(min_length=1)]

    def __post_init__(self) -> None:
        if not Path(self.words[0]).is_absolute():
            raise ValueError("words[0] must be the program's whole path; no shell looks for it")

    def iter_faults(self) -> Iterator[str]:
        """The program, where it is not there."""
        if not os.access(self.words[0], os.X_OK):
            yield f"{self.kind} {self.name}: words: there is no program {self.words[0]}"

    def deliver(self, message: Message) -> None:
        """Run the program. It and what it started are killed when the time is up.

        Raises:
            DeliveryError: it did not start, did not end in time, or failed.
        """
        stated = {"IOMDB_INCIDENT": message.id, "IOMDB_PHASE": message.phase, "IOMDB_KEY": message.key}
        try:
            child = subprocess.Popen(
                self.words,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=os.environ | stated,
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


class WebhookChannel(_Table, frozen=True):
    """A JSON POST. What may be secret, for many services the address too, is in files, read anew at each delivery."""

    kind = "webhook"
    url: str | None = None
    url_file: Path | None = None
    token_file: Path | None = None

    def __post_init__(self) -> None:
        if (self.url is None) == (self.url_file is None):
            raise ValueError("give url or url_file, and not both")
        if self.url is not None:
            check_url(self.url)

    def deliver(self, message: Message) -> None:
        """Post the message. Only a 2xx answer is a delivery; redirects are not followed.

        Raises:
            DeliveryError: there was no such answer in time.
        """
        incident = {"id": message.id, "key": message.key, "phase": message.phase, "at": message.at.isoformat()}
        body = json.dumps({"text": f"{message.subject}\n{message.text}", "incident": incident}).encode()
        headers = {"Content-Type": "application/json", "User-Agent": "iomdb", "Idempotency-Key": message.id}
        try:
            url = check_url(read_secret(self.url_file) if self.url_file else self.url or "")
            if self.token_file is not None:
                headers["Authorization"] = f"Bearer {read_secret(self.token_file)}"
            status = self._post(url, body, headers)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise DeliveryError(f"channel {self.name}: {_describe(error)}") from error
        if not 200 <= status < 300:
            raise DeliveryError(f"channel {self.name}: the server answered {status}")

    def _post(self, url: SplitResult, body: bytes, headers: dict[str, str]) -> int:
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        # That of HTTPS checks the certificate, by default.
        connect = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        connection = connect(url.hostname or "", url.port, timeout=self.timeout_seconds)
        with contextlib.closing(connection), cut_off_after(self.timeout_seconds, lambda: connection.sock):
            connection.request("POST", target, body, headers)
            answer = connection.getresponse()
            answer.read(LARGEST_ANSWER)
            return answer.status


class EmailChannel(_Table, frozen=True):
    """A plain mail. The password is read anew at each delivery; without a user name there is no login."""

    kind = "email"
    host: Annotated[str, Meta(pattern=r"^[A-Za-z0-9.:-]+$")]
    sender: Address
    recipients: Annotated[list[Address], Meta(min_length=1, max_length=20)]
    port: Annotated[int, Meta(ge=1, le=65535)] = 587
    starttls: bool = True
    username: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None

    def __post_init__(self) -> None:
        if (self.username is None) != (self.password_file is None):
            raise ValueError("username and password_file go together")
        check_encrypted(self.host, is_encrypted=self.starttls)

    def deliver(self, message: Message) -> None:
        """Send the mail. One recipient that the server takes makes it delivered.

        Raises:
            DeliveryError: the server took none in time.
        """
        try:
            password = read_secret(self.password_file) if self.password_file else None
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


def check_url(url: str) -> SplitResult:
    """The parts of a webhook's address.

    Raises:
        ValueError: it is none that may be used. Said without the address: it may be the secret.
    """
    if re.search(r"[^\x21-\x7e]", url):
        raise ValueError("a webhook's address holds a blank or a character outside ASCII")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ValueError("a webhook's address is https://host/path, without a user name")
    check_encrypted(parts.hostname, is_encrypted=parts.scheme == "https")
    return parts


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
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "the server offers no STARTTLS, or no login; a relay on this machine may do without: starttls = false"
    if isinstance(error, ssl.SSLError):
        return f"no secure connection: {error.reason or 'certificate not accepted'}"
    if isinstance(error, OSError) and error.strerror:
        return f"it cannot be reached: {error.strerror}"
    if isinstance(error, ValueError) and error.args and "\n" not in str(error) and type(error) is ValueError:
        return str(error)
    return f"it broke off ({type(error).__name__})"
