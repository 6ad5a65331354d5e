"""Handing the public tables out as files that other programs open.

Belongs here: one module a format. Does not belong here: releases (``publish``), what the tables hold (``build``).
"""
