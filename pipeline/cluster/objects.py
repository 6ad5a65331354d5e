"""An object store by the few things that are asked of it: create, swap, read, list, delete, and files up and down.

Belongs here: obstore, its errors in our words. Does not belong here: what the objects are.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from crawler.disk import replace_durably
from pipeline.ground.errors import PipelineError, WrongUseError

_RETRIES = {"max_retries": 4, "retry_timeout": timedelta(seconds=30)}
_CHUNK = 1 << 22


class StoreError(PipelineError):
    """Raised when the object store cannot be reached, or refuses; what was done so far stays on this machine's disk."""


class TakenError(StoreError):
    """Raised when an object is there already, or was changed by another machine meanwhile: what must be refused."""


@dataclass(frozen=True, slots=True, order=True)
class StoredObject:
    """An object of a listing: its key below the store's address, its size in bytes and the tag of its content."""

    key: str
    size: int
    etag: str


@dataclass(frozen=True)
class ObjectStore:
    """All objects below one address, ``s3://bucket/prefix``; keys and address of the service are in ``AWS_*``."""

    url: str
    _store: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Open it; nothing is asked of the service yet.

        Raises:
            WrongUseError: the extra is not installed, or the address is none.
        """
        try:
            from obstore.exceptions import BaseError
            from obstore.store import from_url
        except ImportError as error:
            raise WrongUseError(
                f"{self.url} is an object store, and obstore is not installed: pip install 'iomdb[cluster]' "
                "(requirements/cluster.txt), or unset IOMDB_ARCHIVE"
            ) from error
        try:
            object.__setattr__(self, "_store", from_url(self.url.rstrip("/"), retry_config=_RETRIES))
        except (BaseError, ValueError) as error:
            raise WrongUseError(f"{self.url} is no address of an object store: {_first_line(error)}") from error

    def create(self, key: str, content: bytes | Path) -> str:
        """Put an object where none is; its tag.

        Raises:
            TakenError: there is one.
        """
        with self._words("written", key) as obstore:
            return str(obstore.put(self._store, key, content, mode="create")["e_tag"])

    def replace(self, key: str, content: bytes | Path) -> str:
        """Put an object, whatever was there; its tag."""
        with self._words("written", key) as obstore:
            return str(obstore.put(self._store, key, content)["e_tag"])

    def swap(self, key: str, content: bytes, etag: str | None) -> str:
        """Put an object in the place of the one with this tag (None: of none); the new one's tag.

        Raises:
            TakenError: another machine was quicker.
        """
        with self._words("written", key) as obstore:
            mode: Any = "create" if etag is None else {"e_tag": etag}
            return str(obstore.put(self._store, key, content, mode=mode)["e_tag"])

    def find(self, key: str) -> tuple[bytes, str] | None:
        """A small object's bytes and tag, or None where there is none."""
        with self._words("read", key) as obstore:
            try:
                found = obstore.get(self._store, key)
            except FileNotFoundError:
                return None
            return bytes(found.bytes()), str(found.meta["e_tag"])

    def download(self, key: str, target: Path) -> None:
        """An object as a file, whole or not at all.

        Raises:
            StoreError: the store is away, or there is no such object.
        """
        with self._words("read", key) as obstore, replace_durably(target) as file:
            for chunk in obstore.get(self._store, key).stream(min_chunk_size=_CHUNK):
                file.write(chunk)

    def list_objects(self, prefix: str = "") -> list[StoredObject]:
        """The objects whose keys lie below this folder of keys, in their order."""
        with self._words("listed", prefix) as obstore:
            found = [one for page in obstore.list(self._store, prefix or None) for one in page]
        return sorted(StoredObject(str(o["path"]), int(o["size"]), str(o["e_tag"])) for o in found)

    def delete(self, keys: list[str]) -> None:
        """Remove objects; those that are not there are no error."""
        if keys:
            with self._words("written", keys[0]) as obstore:
                obstore.delete(self._store, keys)

    @contextmanager
    def _words(self, what: str, key: str) -> Iterator[Any]:
        """Errors of the library in the words of a person."""
        import obstore
        from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

        where = f"{self.url.rstrip('/')}/{key}"
        try:
            yield obstore
        except (AlreadyExistsError, PreconditionError) as error:
            raise TakenError(f"{where} was written by another machine meanwhile; nothing of it was replaced") from error
        except (BaseError, FileNotFoundError) as error:
            raise StoreError(
                f"{where} cannot be {what}: {_first_line(error)}. What is done stays on this machine; call again when "
                "the store answers"
            ) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:300]
