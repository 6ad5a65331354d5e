"""``alerts.toml``: who is notified, and how. Read strictly: an unknown or missing key is an error that names it.

Belongs here: reading the file (docs/operating.md shows one). Does not belong here: what a channel's table may say.
"""

import tomllib
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from contracts.fields import Significance
from crawler.strict import find_toml_fault
from pipeline.alerts.channels import CommandChannel, EmailChannel, WebhookChannel
from pipeline.ground.errors import WrongUseError

DEFAULT_FREE_BYTES = 2_000_000_000
"""Below this much free disk a person is notified, unless the file says otherwise."""


class AlertSettingsError(WrongUseError):
    """Raised when alerts.toml is not as it must be: nobody could be notified of anything."""


class AlertSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The file: the channels, below how many free bytes the disk is a problem, and which changes of the sites to tell.

    ``changes`` is their least significance; None: nobody is told of any.
    """

    free_bytes: Annotated[int, Meta(ge=0)] = DEFAULT_FREE_BYTES
    changes: Significance | None = None
    command: list[CommandChannel] = []
    webhook: list[WebhookChannel] = []
    email: list[EmailChannel] = []

    def __post_init__(self) -> None:
        names = [channel.name for channel in self.channels]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two channels are named {twice[0]!r}: give each a name of its own")

    @property
    def channels(self) -> list[CommandChannel | WebhookChannel | EmailChannel]:
        """All channels, kind by kind in the order of the file."""
        return [*self.command, *self.webhook, *self.email]

    @property
    def holds_secret(self) -> bool:
        """Whether an address stands in the settings themselves: whoever knows a webhook's may write there."""
        return any(channel.url is not None for channel in self.webhook)

    @property
    def secret_files(self) -> list[Path]:
        """The files that hold a secret of a channel."""
        keys = ("url_file", "token_file", "password_file")
        named = (getattr(channel, key, None) for channel in self.channels for key in keys)
        return [path for path in named if path is not None]

    def find_faults(self) -> list[str]:
        """What will now keep a channel from delivering; the others deliver all the same."""
        return [fault for channel in self.channels for fault in channel.iter_faults()]


def read_alert_settings(path: Path) -> AlertSettings:
    """The settings; without channels where the file is missing. Files it names are relative to its own folder.

    Raises:
        AlertSettingsError: the file cannot be read, or a key is unknown, missing or not as it must be.
    """

    def find_file(_type: type, name: str) -> Path:
        return path.parent / name

    try:
        return msgspec.convert(tomllib.loads(path.read_bytes().decode("utf-8")), AlertSettings, dec_hook=find_file)
    except FileNotFoundError:
        return AlertSettings()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise AlertSettingsError(f"{path} cannot be read: {error}; docs/operating.md shows one") from error
    except msgspec.ValidationError as error:
        raise AlertSettingsError(f"{path}: {find_toml_fault(error)}; docs/operating.md shows one") from error
