"""Every error the warehouse raises, in one tree. Messages say what happened, where, and the next step."""


class WarehouseError(Exception):
    """The root: catch it to catch everything this package raises on purpose."""


class ExtractionRowError(WarehouseError):
    """Raised by :func:`warehouse.extracted.writer.write_extraction` for a row that breaks its contract."""


class SourceError(WarehouseError):
    """Raised when a ledger, an extraction or a verdict that a build reads does not keep to docs/contracts.md."""


class UnreadableReadingError(SourceError):
    """Raised when a file of ``extracted/`` is no Parquet, or is damaged; it can always be made again."""


class BuildError(WarehouseError):
    """Raised by the build when one of its steps fails; nothing is published. The text names the step."""


class SchemaVersionError(WarehouseError):
    """Raised on opening a published file whose internal schema this program does not know; names both numbers."""


class PublishError(WarehouseError):
    """Raised by publishing when the built file fails its check; the published file is left as it was."""


class QueryError(WarehouseError):
    """Raised when a reader's SQL is refused or fails; the text is DuckDB's own, without a path of this machine."""


class PublishedFileError(QueryError):
    """Raised when there is no published file, or it cannot be read; the text has its whole path and what mends it."""


class ReleaseError(WarehouseError):
    """Raised when a data release cannot be written, is damaged, or does not exist."""


class LimitError(QueryError):
    """Raised when a query needs more memory, temporary disk or rows than it may have; one sentence, with the remedy."""


class NotFoundError(QueryError):
    """Raised when no document, capture, version or release has the given name; the text says which."""


class InstantError(QueryError):
    """Raised when a text that should be an instant is none; the text says how to write one."""


class AmbiguousNameError(QueryError):
    """Raised when a name is that of several documents and one is needed; the text lists them."""


class ExportError(WarehouseError):
    """Raised by exports when the tables cannot be written as asked; the target is left as it was."""


class EmptyExportError(WarehouseError):
    """Raised by exports when there is nothing to write; no file is."""
