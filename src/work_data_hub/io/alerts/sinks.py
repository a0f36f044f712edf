"""The ways in which alerts leave the hub, made from settings: the log always, the others where they are set."""

from work_data_hub.application.alerts.delivery import AlertSink
from work_data_hub.io.alerts.email_sink import EmailSink, MailServer
from work_data_hub.io.alerts.log_sink import LogSink
from work_data_hub.io.alerts.webhook_sink import WebhookSink


def alert_sinks(
    *,
    webhook_url: str | None = None,
    webhook_secret: str | None = None,
    smtp_url: str | None = None,
    email_from: str | None = None,
    email_to: str | None = None,
    require_tls: bool = False,
) -> tuple[AlertSink, ...]:
    """Give the sinks, the log first: it tells what the others can't deliver."""
    sinks: list[AlertSink] = [LogSink()]
    if webhook_url:
        sinks.append(WebhookSink(webhook_url, webhook_secret))
    if smtp_url and email_from and email_to:
        receivers = tuple(address.strip() for address in email_to.split(","))
        sinks.append(EmailSink(MailServer.parse(smtp_url), email_from, receivers, require_tls))
    return tuple(sinks)
