"""The rows of a stranger's query as Parquet.

Belongs here: writing from inside of the sandbox. Does not belong here: which statements run
(:mod:`warehouse.read.door`), the place of the file.
"""

from collections.abc import Mapping
from pathlib import Path

from warehouse.connection import quote_text
from warehouse.errors import LimitError
from warehouse.read.door import admit, cut_end
from warehouse.read.limits import QueryLimits
from warehouse.read.published import open_published, telling_limits


def write_query_parquet(
    published: Path, text: str, values: Mapping[str, object], target: Path, limits: QueryLimits
) -> int:
    """Run one statement that reads and write its rows to ``target``; returns how many.

    The sandbox is that of every reader, opened for one path only: ``target``, a private file of ours.

    Raises:
        QueryError: the statement is refused or fails.
        LimitError: it needs more than the limits allow.
    """
    with open_published(published, limits, outlet=target.absolute()) as connection, telling_limits(limits):
        rows = cut_end(admit(connection, text))
        connection.execute(f"CREATE TEMP TABLE query_rows AS FROM (\n{rows}\n)", dict(values))
        (counted,) = connection.execute("SELECT count(*) FROM query_rows").fetchall()
        if counted[0] > limits.rows:
            raise LimitError(
                f"the query gives more than {limits.rows:,} rows: narrow it, or allow more with --max-rows"
            )
        connection.execute(
            f"COPY query_rows TO {quote_text(str(target.absolute()))} "
            "(FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)"
        )
    return int(counted[0])
