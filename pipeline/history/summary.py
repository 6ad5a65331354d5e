"""What a run came to, for the person who started it: the documents, where the database is, what to type next.

Belongs here: a few lines of text out of the published tables. Does not belong here: the state of the system (status).
"""

import os
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.ground.folders import DataFolder
from pipeline.ground.printable import count, escape
from warehouse.read.published import as_objects, fetch_query, open_published

MOST_DOCUMENTS = 12
NEXT_STEPS = (
    'sql "SELECT projects_id, budget_amount, countries FROM v1.projects"',
    'sql "SELECT title, dateline_raw, dateline_country FROM v1.news"',
    "--help",
)

PROJECTS = """
SELECT coalesce(projects_id, prima_id, project_id) AS id, title, budget_amount, budget_currency, countries,
       start_date, end_date, status
FROM v1.projects ORDER BY last_checked_at DESC, project_id LIMIT ?
"""
NEWS = """
SELECT title, dateline_raw, published_date, url,
       (SELECT list({'role': role, 'code': country_code} ORDER BY position)
        FROM v1.news_countries AS c WHERE c.news_id = n.news_id) AS countries
FROM v1.news AS n ORDER BY last_checked_at DESC, news_id LIMIT ?
"""
COUNTS = """
SELECT (SELECT count(*) FROM v1.projects) AS projects, (SELECT count(*) FROM v1.news) AS news,
       (SELECT count(*) FROM v1.captures) AS captures, (SELECT count(*) FROM v1.runs) AS runs
"""


def count_documents(folder: DataFolder) -> dict[str, int]:
    """How many projects, news pages, captures and runs are published, by these names."""
    with open_published(folder.published) as connection:
        (counts,) = as_objects(fetch_query(connection, COUNTS))
    return dict(counts)


def summarise(folder: DataFolder) -> str:
    """The published tables in a few lines.

    Raises:
        QueryError: there is no published file, or it cannot be read.
    """
    with open_published(folder.published) as connection:
        projects = as_objects(fetch_query(connection, PROJECTS, [MOST_DOCUMENTS]))
        news = as_objects(fetch_query(connection, NEWS, [MOST_DOCUMENTS]))
        (counts,) = as_objects(fetch_query(connection, COUNTS))
    documents = count(counts["projects"] + counts["news"], "document")
    kinds = f"{count(counts['projects'], 'project')}, {count(counts['news'], 'news page')}"
    lines = [f"{documents} ({kinds}) from {count(counts['captures'], 'capture')} in {count(counts['runs'], 'run')}"]
    lines += [line for row in projects for line in describe_project(row)]
    lines += [line for row in news for line in describe_news(row)]
    program = name_program()
    lines += [
        "",
        f"database  {_shorten(folder.published)}",
        *([f"report    {_shorten(index)}"] if (index := folder.report / "index.html").exists() else []),
        "try next  " + "\n          ".join(f"{program} {step}" for step in list_next_steps(projects, news)),
    ]
    return "\n".join(lines)


def list_next_steps(projects: Sequence[Mapping[str, Any]], news: Sequence[Mapping[str, Any]]) -> list[str]:
    """What to type next, with the name of a document that is there."""
    *asking, more_help = NEXT_STEPS
    name = projects[0]["id"] if projects else news[0]["url"] if news else None
    if name is None:
        return [more_help]
    field = "budget_amount" if projects and projects[0]["budget_amount"] is not None else "title"
    return [*asking, f"history {shlex.quote(name)}", f"verify {shlex.quote(name)} {field}", more_help]


def describe_project(row: Mapping[str, Any]) -> list[str]:
    """Two lines for one row of v1.projects; what the page does not state is said to be missing."""
    money = (
        f"{row['budget_amount']} {row['budget_currency'] or ''}".strip() if row["budget_amount"] is not None else None
    )
    facts = (
        money or "no budget stated",
        ", ".join(row["countries"] or ()) or "no country stated",
        f"{row['start_date'] or 'no start'} to {row['end_date'] or 'no end'}",
        row["status"] or "no status stated",
    )
    return [
        "",
        f"  project  {row['id']}  {escape(row['title'] or 'no title')}",
        "           " + " · ".join(map(escape, facts)),
    ]


def describe_news(row: Mapping[str, Any]) -> list[str]:
    """Two lines for one row of v1.news with its countries by role."""
    roles: dict[str, list[str]] = {}
    for country in row["countries"] or ():
        roles.setdefault(country["role"], []).append(country["code"])
    facts = [
        f"dateline {row['dateline_raw']}" if row["dateline_raw"] else "no dateline",
        f"published {row['published_date']}" if row["published_date"] else "no publication date stated",
        *(f"{role} {' '.join(dict.fromkeys(codes))}" for role, codes in sorted(roles.items()) if role != "dateline"),
    ]
    return ["", f"  news     {escape(row['title'] or 'no title')}", "           " + " · ".join(map(escape, facts))]


def name_program() -> str:
    """How to call this ``iomdb`` from the current folder: by name where the shell finds it, else by its path."""
    own = Path(sys.executable).with_name("iomdb")
    found = shutil.which("iomdb")
    return "iomdb" if found and Path(found).resolve() == own.resolve() else _shorten(own)


def _shorten(path: Path) -> str:
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
