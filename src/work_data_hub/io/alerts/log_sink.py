"""Alerts as lines of the log: always there, so that no alert is lost with a network."""

from typing import Final

from work_data_hub.application.alerts.delivery import Alert
from work_data_hub.io.alerts.wording import subject, text
from work_data_hub.utils.logging import get_logger

_LOGGER: Final = "work_data_hub.alerts"


class LogSink:
    """Writes one line an alert; a warning, or a piece of information when something is over."""

    name = "log"

    def send(self, alert: Alert) -> None:
        """Write the line."""
        logger = get_logger(_LOGGER)
        tell = logger.info if alert.resolved else logger.warning
        tell(
            subject(alert),
            kind=str(alert.kind),
            domain=alert.domain,
            table=alert.table,
            period=alert.period,
            resolved=alert.resolved,
            text=text(alert),
            facts=dict(alert.facts),
        )
