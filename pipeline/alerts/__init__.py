"""Telling a person: each incident once when it opens and once when it is over, whoever looks and however often.

Belongs here: ``incidents`` (what is open, who was notified), ``message`` (the words), ``channels`` and ``settings``
(ways to a person, and the file that names them). Does not belong here: looking for trouble (``pipeline.health``);
Dagster.
"""
