"""Each way to a person, against a receiver that really listens."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from pipeline.alerts.channels import DeliveryError
from pipeline.alerts.incidents import Channel
from pipeline.alerts.message import Message, make_message
from pipeline.alerts.settings import read_alert_settings
from pipeline.ground.finding import Finding
from tests.patience import wait_until
from tests.pipeline.alerts.receivers import MailReceiver, WebReceiver, receive_mail, receive_web

OPENED = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOSTILE = "field lost\r\nBcc: everyone@example.org\r\n\r\n\x1b[2J and `rm -rf /` $(reboot)"
SECRET = "correct-horse-battery"


@pytest.fixture
def web() -> Iterator[WebReceiver]:
    with receive_web() as receiver:
        yield receiver


@pytest.fixture
def mail() -> Iterator[MailReceiver]:
    with receive_mail() as receiver:
        yield receiver


def write_message(what: str = "news of liberia rejected") -> Message:
    finding = Finding("gate:liberia:news", "problem", what, "run 1", "iomdb decide accept 1 --why '…'")
    return make_message(7, finding, "open", opened_at=OPENED, over_at=None)


def channel_of(folder: Path, text: str) -> Channel:
    (folder / "alerts.toml").write_text(text)
    (channel,) = read_alert_settings(folder / "alerts.toml").channels
    return channel


def test_a_command_gets_the_text_on_its_standard_input_and_no_shell_sees_it(tmp_path: Path) -> None:
    script = tmp_path / "page"
    script.write_text(f"#!/bin/sh\ncat > {tmp_path}/got\nprintf '%s|' \"$@\" > {tmp_path}/words\n")
    script.chmod(0o700)
    channel = channel_of(tmp_path, f'[[command]]\nname = "pager"\nwords = ["{script}", "--team", "a b; $(id)"]')
    channel.deliver(write_message(HOSTILE))
    got = (tmp_path / "got").read_text()
    assert got.startswith("iomdb: field lost Bcc: everyone@example.org")
    assert "\x1b" not in got
    assert (tmp_path / "words").read_text() == "--team|a b; $(id)|"


def test_a_command_that_fails_or_is_not_there_is_a_failed_delivery(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="exit code 3"):
        channel_of(tmp_path, '[[command]]\nname = "c"\nwords = ["/bin/sh", "-c", "exit 3"]').deliver(write_message())
    with pytest.raises(DeliveryError, match="did not start"):
        channel_of(tmp_path, '[[command]]\nname = "c"\nwords = ["/nowhere/page"]').deliver(write_message())


def test_a_command_that_hangs_is_killed_with_all_it_started(tmp_path: Path) -> None:
    words = f'["/bin/sh", "-c", "sleep 60 & echo $! > {tmp_path}/pid; wait"]'
    channel = channel_of(tmp_path, f'[[command]]\nname = "c"\nwords = {words}\ntimeout_seconds = 0.5')
    started = time.monotonic()
    with pytest.raises(DeliveryError, match="killed"):
        channel.deliver(write_message())
    assert time.monotonic() - started < 30, "it waited for the command's own end"
    pid = int((tmp_path / "pid").read_text())
    wait_until(lambda: find_state(pid) in {None, "Z"}, "the end of what the command started")


def find_state(pid: int) -> str | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return None


def test_a_webhook_gets_json_with_a_token_out_of_a_file(tmp_path: Path, web: WebReceiver) -> None:
    (tmp_path / "token").write_text(SECRET + "\n")
    channel = channel_of(tmp_path, f'[[webhook]]\nname = "chat"\nurl = "{web.url}"\ntoken_file = "token"')
    channel.deliver(write_message(HOSTILE))
    assert web.paths == ["/hook?room=1"]
    assert web.headers[0]["Authorization"] == f"Bearer {SECRET}"
    assert web.headers[0]["Idempotency-Key"] == web.bodies[0]["incident"]["id"] == "iomdb-20261122T120000Z-7-open"
    assert web.bodies[0]["incident"] == {
        "id": "iomdb-20261122T120000Z-7-open",
        "key": "gate:liberia:news",
        "phase": "open",
        "at": "2026-11-22T12:00:00+00:00",
    }
    assert "iomdb decide accept 1" in web.bodies[0]["text"]


@pytest.mark.parametrize("status", [302, 404, 500])
def test_only_a_2xx_answer_is_a_delivery_and_no_redirect_is_followed(
    tmp_path: Path, web: WebReceiver, status: int
) -> None:
    web.status = status
    channel = channel_of(tmp_path, f'[[webhook]]\nname = "chat"\nurl = "{web.url}"')
    with pytest.raises(DeliveryError, match=f"answered {status}"):
        channel.deliver(write_message())
    assert web.paths == ["/hook?room=1"]


def test_a_server_that_drips_its_answer_is_cut_off(tmp_path: Path, web: WebReceiver) -> None:
    web.drip_seconds = 0.2
    channel = channel_of(tmp_path, f'[[webhook]]\nname = "chat"\nurl = "{web.url}"\ntimeout_seconds = 0.6')
    started = time.monotonic()
    with pytest.raises(DeliveryError, match="no answer in time"):
        channel.deliver(write_message())
    assert time.monotonic() - started < 10, "the whole answer takes more than twelve"


def test_a_webhook_that_is_down_is_named_by_its_name_and_not_by_its_address(tmp_path: Path, web: WebReceiver) -> None:
    (tmp_path / "address").write_text(f"http://127.0.0.1:{free_port()}/{SECRET}")
    channel = channel_of(tmp_path, '[[webhook]]\nname = "chat"\nurl_file = "address"')
    with pytest.raises(DeliveryError) as caught:
        channel.deliver(write_message())
    assert "channel chat: it cannot be reached" in str(caught.value)
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(channel)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


EMAIL = """
[[email]]
name = "ops"
host = "127.0.0.1"
port = {port}
starttls = {starttls}
sender = "iomdb@example.org"
recipients = ["a@example.org", "b@example.org"]
timeout_seconds = {seconds}
{more}
"""


def email_of(
    folder: Path, mail: MailReceiver, *, starttls: bool = False, more: str = "", seconds: float = 5
) -> Channel:
    text = EMAIL.format(port=mail.port, starttls=str(starttls).lower(), more=more, seconds=seconds)
    return channel_of(folder, text)


def test_an_email_arrives_whole_and_no_text_becomes_a_header(tmp_path: Path, mail: MailReceiver) -> None:
    email_of(tmp_path, mail).deliver(write_message(HOSTILE))
    received = message_from_bytes(mail.mails[0], policy=default)
    assert mail.recipients == ["a@example.org", "b@example.org"]
    assert received["Bcc"] is None
    assert received["Subject"].strip().startswith("iomdb: field lost Bcc: everyone@example.org")
    assert received["Message-ID"] == "<iomdb-20261122T120000Z-7-open@example.org>"
    assert received["Date"] == "Sun, 22 Nov 2026 12:00:00 +0000"
    assert received["Auto-Submitted"] == "auto-generated"
    assert "Next step: iomdb decide accept 1 --why '…'" in received.get_content()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "both.pem"
    plain = serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_an_email_goes_encrypted_and_with_the_password_of_a_file(
    tmp_path: Path, mail: MailReceiver, certificate: Path
) -> None:
    mail.certificate, mail.login = certificate, ("iomdb", SECRET)
    (tmp_path / "password").write_text(SECRET)
    more = f'username = "iomdb"\npassword_file = "password"\nca_file = "{certificate}"'
    email_of(tmp_path, mail, starttls=True, more=more).deliver(write_message())
    assert mail.was_encrypted
    assert mail.logins == [("iomdb", SECRET)]
    assert len(mail.mails) == 1


def test_a_certificate_that_nobody_vouches_for_stops_the_mail(
    tmp_path: Path, mail: MailReceiver, certificate: Path
) -> None:
    mail.certificate = certificate
    with pytest.raises(DeliveryError, match="no secure connection"):
        email_of(tmp_path, mail, starttls=True).deliver(write_message())
    assert mail.mails == []


def test_a_server_without_starttls_gets_no_mail_where_it_is_due(tmp_path: Path, mail: MailReceiver) -> None:
    with pytest.raises(DeliveryError, match="a relay on this machine may do without: starttls = false"):
        email_of(tmp_path, mail, starttls=True).deliver(write_message())
    assert mail.mails == []


def test_a_refused_login_is_told_without_the_servers_words(
    tmp_path: Path, mail: MailReceiver, certificate: Path
) -> None:
    mail.certificate, mail.login = certificate, ("iomdb", "another")
    (tmp_path / "password").write_text(SECRET)
    more = f'username = "iomdb"\npassword_file = "password"\nca_file = "{certificate}"'
    with pytest.raises(DeliveryError, match="answered 535") as caught:
        email_of(tmp_path, mail, starttls=True, more=more).deliver(write_message())
    assert SECRET not in str(caught.value)


def test_a_mail_server_that_never_greets_is_cut_off(tmp_path: Path, mail: MailReceiver) -> None:
    mail.is_silent = True
    with pytest.raises(DeliveryError, match="no answer in time"):
        email_of(tmp_path, mail, seconds=0.4).deliver(write_message())


def test_one_recipient_that_is_taken_makes_a_delivery_and_none_does_not(tmp_path: Path, mail: MailReceiver) -> None:
    mail.refused = frozenset({"a@example.org"})
    email_of(tmp_path, mail).deliver(write_message())
    assert mail.recipients == ["b@example.org"]
    mail.refused = frozenset({"a@example.org", "b@example.org"})
    with pytest.raises(DeliveryError, match="broke off"):
        email_of(tmp_path, mail).deliver(write_message())


def test_a_password_file_that_cannot_be_read_is_a_failed_delivery(tmp_path: Path, mail: MailReceiver) -> None:
    more = 'username = "iomdb"\npassword_file = "nowhere"'
    with pytest.raises(DeliveryError, match="No such file"):
        email_of(tmp_path, mail, more=more).deliver(write_message())
    (tmp_path / "nowhere").write_text("two\nlines")
    with pytest.raises(DeliveryError, match="one line"):
        email_of(tmp_path, mail, more=more).deliver(write_message())
    assert mail.mails == []
