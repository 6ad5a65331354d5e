"""Who asks: the User-Agent, and the address in it that leads to a person.

Belongs here: ``contact.txt`` beside the site files. Does not belong here: other headers (crawler.engine.settings).

The address is the operator's, not this project's: whoever is asked too often must reach the one who can stop it. So
there is no default, and without one only a site of private addresses is crawled.
"""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

from crawler.errors import SiteFileError
from crawler.session.robots import PRODUCT_TOKEN

CONTACT_FILE = "contact.txt"
_CONTACT = re.compile(r"https?://[!-~]{4,190}|(?:mailto:)?[!-?A-~]{1,60}@[A-Za-z0-9.-]{3,120}")


def find_contact(sites: Path) -> str | None:
    """The address in the ``contact.txt`` of a folder of site files; None where there is no such file.

    Raises:
        SiteFileError: the file is there, but is not one line with an e-mail address or the URL of a page.
    """
    path = sites / CONTACT_FILE
    try:
        contact = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise SiteFileError(f"{path} cannot be read: {error}") from error
    if not _CONTACT.fullmatch(contact):
        raise SiteFileError(
            f"{path}: write one line there, an e-mail address or the URL of a page that says who crawls"
        )
    return contact


def build_user_agent(contact: str | None) -> str:
    """The User-Agent: a product token that robots.txt can name, the version, and where to complain.

    >>> build_user_agent("https://example.org/crawler")
    'iomdb/0.1.0 (+https://example.org/crawler)'
    """
    return f"{PRODUCT_TOKEN}/{version('iomdb')}" + (f" (+{contact})" if contact else "")
