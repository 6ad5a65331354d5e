"""Telling a person: each incident once when it opens and once when it is over, whoever looks and however often.

Belongs here: ``incidents`` (what is open, who was notified), ``message`` (the words), ``channels`` and ``settings``
(ways to a person, and the file that names them). Does not belong here: looking for trouble (``pipeline.health``);
Dagster.
"""

from pipeline.alerts.channels import Channel, DeliveryError
from pipeline.alerts.incidents import DeliveryReport, Incident, read_open_incidents, update_incidents
from pipeline.alerts.settings import AlertSettings, AlertSettingsError, read_alert_settings

__all__ = [
    "AlertSettings",
    "AlertSettingsError",
    "Channel",
    "DeliveryError",
    "DeliveryReport",
    "Incident",
    "read_alert_settings",
    "read_open_incidents",
    "update_incidents",
]
