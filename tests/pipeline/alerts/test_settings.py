"""alerts.toml is read strictly: what is wrong is named, and nothing is sent in the clear to another machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.alerts.settings import AlertSettings, AlertSettingsError, read_alert_settings

MAIL = '[[email]]\nname = "m"\nhost = "mail.example.org"\nsender = "a@example.org"\nrecipients = ["b@example.org"]\n'


def read(folder: Path, text: str) -> AlertSettings:
    path = folder / "alerts.toml"
    path.write_text(text)
    return read_alert_settings(path)


def test_no_file_means_no_channels(tmp_path: Path) -> None:
    assert read_alert_settings(tmp_path / "alerts.toml") == AlertSettings()


def test_channels_come_in_order_and_the_threshold_is_read(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        'free_bytes = 5\n[[command]]\nname = "c"\nwords = ["/bin/true"]\n'
        f'[[webhook]]\nname = "w"\nurl = "https://chat.example.org/x"\n{MAIL}',
    )
    assert [channel.name for channel in settings.channels] == ["c", "w", "m"]
    assert settings.free_bytes == 5


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[[comand]]\n", "comand: unknown key"),
        ('[[command]]\nname = "c"\n', r"command\[0\].words: the key is missing"),
        ('[[command]]\nname = "c d"\nwords = ["/x"]', r"command\[0\].name"),
        ('[[command]]\nname = "c"\nwords = ["mail"]', "whole path"),
        ('[[command]]\nname = "c"\nwords = ["/x"]\ntimeout_seconds = 3600', "timeout_seconds"),
        ('[[webhook]]\nname = "w"\n', "url or url_file"),
        ('[[webhook]]\nname = "w"\nurl = "http://chat.example.org/"', "without encryption"),
        ('[[webhook]]\nname = "w"\nurl = "https://user:word@chat.example.org/"', "without a user name"),
        ('[[webhook]]\nname = "w"\nurl = "ftp://chat.example.org/"', "https://host/path"),
        ('[[webhook]]\nname = "w"\nurl = "https://chat.example.org/\\nX: y"', "blank"),
        (MAIL + "starttls = false", "without encryption"),
        (MAIL + 'username = "u"', "go together"),
        (MAIL.replace("b@example.org", "b@example.org\\nBcc: x"), r"recipients\[0\]"),
        (MAIL.replace("mail.example.org", "mail example"), "host"),
        (MAIL + MAIL, "two channels are named 'm'"),
        ("not toml", "cannot be read"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(AlertSettingsError, match=fault) as caught:
        read(tmp_path, text)
    assert "alerts.toml" in str(caught.value)
    assert "user:word" not in str(caught.value)
