"""The meaning of one value by itself: a date, an amount, a country, an id, a language, a way to reach somebody.

Belongs here: pure functions from a text to a value or nothing. Does not belong here: running text (``prose``).
"""
