"""``alerts.toml``: who is notified, and how. Read strictly: an unknown or missing key is an error that names it.

Belongs here: the form of the file (docs/operating.md shows one). Does not belong here: delivering.
"""

import os
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from crawler.strict import find_toml_fault
from pipeline.alerts.channels import Channel, CommandChannel, EmailChannel, WebhookChannel, check_encrypted, read_secret
from pipeline.ground.errors import WrongUseError

DEFAULT_FREE_BYTES = 2_000_000_000
"""Below this much free disk a person is notified, unless the file says otherwise."""

_ADDRESS = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+$"
_NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,40}$"

Name = Annotated[str, Meta(pattern=_NAME)]
Address = Annotated[str, Meta(pattern=_ADDRESS, max_length=254)]
Seconds = Annotated[float, Meta(gt=0, le=60)]
Port = Annotated[int, Meta(ge=1, le=65535)]


class AlertSettingsError(WrongUseError):
    """Raised when alerts.toml is not as it must be: nobody could be notified of anything."""


class _Table(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    name: Name
    timeout_seconds: Seconds = 10.0


class _Command(_Table, frozen=True):
    words: Annotated[list[Annotated[str, Meta(pattern=r"^[^\0]*$")]], Meta(min_length=1)]


class _Webhook(_Table, frozen=True):
    url: str | None = None
    url_file: str | None = None
    token_file: str | None = None


class _Email(_Table, frozen=True):
    host: Annotated[str, Meta(pattern=r"^[A-Za-z0-9.:-]+$")]
    sender: Address
    recipients: Annotated[list[Address], Meta(min_length=1, max_length=20)]
    port: Port = 587
    starttls: bool = True
    username: str | None = None
    password_file: str | None = None
    ca_file: str | None = None


class _File(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    free_bytes: Annotated[int, Meta(ge=0)] = DEFAULT_FREE_BYTES
    command: list[_Command] = []
    webhook: list[_Webhook] = []
    email: list[_Email] = []


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """The channels in the order of the file, and below how many free bytes the disk is a problem.

    ``faults`` name what will keep a channel from delivering; the others deliver all the same.
    """

    channels: tuple[Channel, ...] = ()
    free_bytes: int = DEFAULT_FREE_BYTES
    faults: tuple[str, ...] = ()


def read_alert_settings(path: Path) -> AlertSettings:
    """The settings; without channels where the file is missing. Files it names are relative to its own folder.

    Raises:
        AlertSettingsError: the file cannot be read, or a key is unknown, missing or not as it must be.
    """
    try:
        file = msgspec.convert(tomllib.loads(path.read_bytes().decode("utf-8")), _File)
    except FileNotFoundError:
        return AlertSettings()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise AlertSettingsError(f"{path} cannot be read: {error}; docs/operating.md shows one") from error
    except msgspec.ValidationError as error:
        raise AlertSettingsError(f"{path}: {find_toml_fault(error)}; docs/operating.md shows one") from error
    tables: list[_Command | _Webhook | _Email] = [*file.command, *file.webhook, *file.email]
    names = [table.name for table in tables]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise AlertSettingsError(f"{path}: two channels are named {twice[0]!r}: give each a name of its own")
    try:
        channels = tuple(_make_channel(table, path.parent) for table in tables)
    except ValueError as error:
        raise AlertSettingsError(f"{path}: {error}") from error
    faults = tuple(fault for table in tables for fault in _iter_faults(table, path.parent))
    return AlertSettings(channels, file.free_bytes, faults)


def _iter_faults(table: _Command | _Webhook | _Email, folder: Path) -> Iterator[str]:
    """Programs and files that a channel needs and that are not there, or not as they must be, by table and key."""
    if isinstance(table, _Command):
        if not os.access(table.words[0], os.X_OK):
            yield f"command {table.name}: words: there is no program {table.words[0]}"
        return
    secrets = ("url_file", "token_file") if isinstance(table, _Webhook) else ("password_file",)
    for key in (*secrets, "ca_file"):
        name = getattr(table, key, None)
        if name is None:
            continue
        where = f"{'webhook' if isinstance(table, _Webhook) else 'email'} {table.name}: {key}: {folder / name}"
        try:
            if key == "url_file":
                _read_url(folder / name)
            elif key in secrets:
                read_secret(folder / name)
            else:
                (folder / name).read_bytes()
        except OSError as error:
            yield f"{where} cannot be read: {error.strerror}"
        except ValueError as error:
            yield f"{where}: {error}"


def _make_channel(table: _Command | _Webhook | _Email, folder: Path) -> Channel:
    if isinstance(table, _Command):
        if not Path(table.words[0]).is_absolute():
            raise ValueError(f"command {table.name}: words[0] must be the program's whole path; no shell looks for it")
        return CommandChannel(table.name, tuple(table.words), table.timeout_seconds)
    if isinstance(table, _Webhook):
        return WebhookChannel(
            table.name, _find_url(table, folder), _find_secret(table.token_file, folder), table.timeout_seconds
        )
    if (table.username is None) != (table.password_file is None):
        raise ValueError(f"email {table.name}: username and password_file go together")
    check_encrypted(table.host, is_encrypted=table.starttls)
    return EmailChannel(
        name=table.name,
        host=table.host,
        port=table.port,
        sender=table.sender,
        recipients=tuple(table.recipients),
        username=table.username,
        read_password=_find_secret(table.password_file, folder),
        starttls=table.starttls,
        ca_file=folder / table.ca_file if table.ca_file else None,
        timeout_seconds=table.timeout_seconds,
    )


def _find_url(table: _Webhook, folder: Path) -> Callable[[], str]:
    """Where the address comes from. Many chat services put their secret into it, so it may be kept in its own file."""
    if (table.url is None) == (table.url_file is None):
        raise ValueError(f"webhook {table.name}: give url or url_file, and not both")
    if table.url_file is not None:
        return partial(_read_url, folder / table.url_file)
    url = _check_url(table.url or "")
    return lambda: url


def _read_url(path: Path) -> str:
    return _check_url(read_secret(path))


def _check_url(url: str) -> str:
    # Said without the address: it may be the secret.
    if re.search(r"[^\x21-\x7e]", url):
        raise ValueError("a webhook's address holds a blank or a character outside ASCII")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ValueError("a webhook's address is https://host/path, without a user name")
    check_encrypted(parts.hostname, is_encrypted=parts.scheme == "https")
    return url


def _find_secret(name: str | None, folder: Path) -> Callable[[], str | None]:
    return (lambda: None) if name is None else partial(read_secret, folder / name)
