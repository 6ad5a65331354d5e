"""The register of rules as a page for people: docs/rules.md. Belongs here: its form. Does not belong here: any rule."""

from __future__ import annotations

import sys

from extractor.mentions.register import RULES
from extractor.prose.prose import Rule

_HEAD = """# Rules that read running text

Made by `python -m bench.rules_page`; a test holds it to the code. Every rule finds exactly what its
example shows and nothing in its counter-example. Identifiers, budgets, dates and countries of a project's record are
never read from running text. Certainty: *stated* in the page's own words, *interpreted* through a codebook or
gazetteer, *inferred* from several places.
"""


def describe_rules() -> str:
    """The whole page, Markdown."""
    return "\n".join([_HEAD, *(_describe(rule) for rule in RULES)])


def _describe(rule: Rule) -> str:
    finds = "; ".join(f"`{name}`" + (f" = `{value}`" if value else "") for name, value in rule.finds)
    return (
        f"## `{rule.id}`\n\n{rule.kind}, {rule.certainty}\n\n| in | it finds |\n|---|---|\n"
        f"| “{rule.example}” | {finds} |\n| “{rule.counter_example}” | nothing |\n"
    )


if __name__ == "__main__":
    sys.stdout.write(describe_rules())
