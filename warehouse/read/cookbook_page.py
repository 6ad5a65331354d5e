"""docs/cookbook.md: the cookbook as a page for people. ``python -m warehouse.read.cookbook_page`` writes it.

Belongs here: Markdown, and how the tables are opened from Python and R. Does not belong here: any question
(``warehouse/read/queries``).
"""

import re
import sys
import textwrap
from pathlib import Path

from warehouse.read.cookbook import Question, read_questions

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "cookbook.md"
PYTHON_EXAMPLES = {
    "pandas": """\
import duckdb

with duckdb.connect("data/iomdb.duckdb", read_only=True) as tables:
    money = tables.sql("FROM v1.project_country_money").df()
by_country = money.groupby(["budget_currency", "country_code"], dropna=False)["share_amount"].sum()
print(by_country.sort_values(ascending=False).head())
""",
    "Polars": """\
import duckdb
import polars

with duckdb.connect("data/iomdb.duckdb", read_only=True) as tables:
    changes = tables.sql("FROM v1.changes WHERE change_kind = 'edited' AND known_to IS NULL").pl()
print(changes.group_by("field").len().sort("len", descending=True))
""",
    "CSV": """\
import pandas

money = pandas.read_csv("iomdb-csv/project_country_money.csv", keep_default_na=False, na_values=[""])
print(money[money["country_code"] == "NA"])
""",
}
"""By name of the library; the tests run each."""
_START = f"""\
# The cookbook

Questions that people ask of these tables, each with its answer in SQL and what to mind when adding up. Made from
`warehouse/read/queries/*.sql` by `python -m warehouse.read.cookbook_page`; a test fails when this page is older, and
each question is answered in the tests on eight simulated weeks with a known outcome.

```sh
iomdb sql --list                                      # all questions
iomdb sql --query budget_by_country                   # ask one
iomdb sql --query projects_of_country -p country=LR   # with another value for $country
iomdb sql --query budget_by_year --format csv > budget_by_year.csv
```

Three rules keep sums right:

- **One project, one row** of `v1.projects`, on however many pages it is. Its budget is whole there. Over countries
  use `v1.project_country_money`, whose shares add up to the budgets; equal shares are estimates and say so.
- **One press release, one work**: pages that are copies, mirrors or translations of each other have one `cluster_id`,
  whose evidence is in `v1.clusters`. Count `DISTINCT coalesce(cluster_id, news_id)` of `v1.news`.
- **Two clocks**: `valid_from` and `valid_to` are the site's time; `known_to IS NULL` is what this software believes
  now. What a newer extractor release reads otherwise is `reparsed`, never `edited`.

## From Python

The file opens read-only in any process, also while a run publishes: pandas and Polars need nothing but `duckdb`
(and `pyarrow` for Polars). `tables.sql(…)` gives frames in DuckDB 1.2 to 2.0 alike; in 2.0 `execute(…).pl()` is gone.

```python
{PYTHON_EXAMPLES["pandas"]}```

```python
{PYTHON_EXAMPLES["Polars"]}```

Exported CSV (`iomdb export --format csv`, `iomdb sql … --format csv`) has the country code of Namibia, `NA`, which
pandas and R take for a missing value unless told otherwise:

```python
{PYTHON_EXAMPLES["CSV"]}```

## From R

```r
library(duckdb)
tables <- dbConnect(duckdb(), "data/iomdb.duckdb", read_only = TRUE)
projects <- dbGetQuery(tables, "SELECT project_id, start_year, budget_amount FROM v1.projects")
aggregate(budget_amount ~ start_year, projects, sum)
dbDisconnect(tables, shutdown = TRUE)

# a CSV export: NA is Namibia, missing is empty
shares <- read.csv("iomdb-csv/project_country_money.csv", na.strings = "")
```
"""


def make_page() -> str:
    """The whole page as Markdown."""
    return "\n".join([_START, *(_format_question(question) for question in read_questions())])


def find_python_blocks(page: str) -> list[str]:
    """The Python examples of a page, as they are in it."""
    return re.findall(r"```python\n(.*?)```", page, re.DOTALL)


def _format_question(question: Question) -> str:
    values = ", ".join(f"`{name} = {value}`" for name, value in question.defaults.items())
    about = f"`{question.name}`, asked by {question.asked_by}. {question.counting}"
    about = textwrap.fill(f"{about} Values: {values}." if values else about, 120)
    return f"## {question.question}\n\n{about}\n\n```sql\n{question.sql}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(make_page(), encoding="utf-8")
    sys.stdout.write(f"written: {PAGE.name}\n")
