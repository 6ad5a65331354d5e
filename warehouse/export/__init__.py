"""Handing the public tables out as files that other programs open.

Belongs here: one module a format. Does not belong here: data releases (``publish``), what the tables hold (``build``).
"""
