"""Looking for trouble: one look at everything, findings with the command that mends each.

Belongs here: ``look`` (what is read, once), one module a part (``machine``, ``daemon``, ``ticks``, ``archive``,
``freshness``, ``judgement``, ``redesign``), ``diagnosis`` (all of it together). Does not belong here: notifying people
(``pipeline.alerts``), mending, Dagster: its failed runs are passed in as findings. A check that cannot know says so by
None, never by "all is well".
"""

from pipeline.health.diagnosis import Diagnosis, examine, send_alerts
from pipeline.health.redesign import StructureChange, compare_structures

__all__ = ["Diagnosis", "StructureChange", "compare_structures", "examine", "send_alerts"]
