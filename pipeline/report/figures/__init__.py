"""Figures drawn as SVG: bars, columns, a line of versions, a calendar, a map; each a function of numbers.

Belongs here: shapes and their places. Does not belong here: what the numbers mean, colours (``style.css``).
A figure never stands alone: the page has a table with the same numbers under it.
"""
