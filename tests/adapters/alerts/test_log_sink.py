from tests.adapters.alerts.log_lines import log_lines

from work_data_hub.application.alerts.delivery import Alert, AlertKind
from work_data_hub.io.alerts.log_sink import LogSink
from work_data_hub.io.alerts.sinks import alert_sinks

FAILED = Alert(
    AlertKind.FAILED_BUILD,
    "年金 2025-11: plan\nfailed",
    "no room\nFix: password=hunter22",
    "annuity",
    "annuity.gold.plan",
    "2025-11",
    {"run": "r-1"},
)


def test_an_alert_is_one_line_with_its_facts() -> None:
    with log_lines() as lines:
        LogSink().send(FAILED)
        (line,) = lines()
    assert (line["level"], line["message"]) == ("warning", "年金 2025-11: plan failed")
    assert line["context"]["facts"] == {"run": "r-1"}
    assert line["context"]["kind"] == "failed_build"
    assert line["context"]["text"].splitlines() == ["no room", "Fix: password=***"]


def test_what_is_over_is_no_warning() -> None:
    with log_lines() as lines:
        LogSink().send(Alert(AlertKind.STALE_TABLE, "over", "t", "annuity", resolved=True))
        assert [line["level"] for line in lines()] == ["info"]


def test_the_log_is_always_there_and_first_and_the_others_where_they_are_set() -> None:
    assert [sink.name for sink in alert_sinks()] == ["log"]
    every = alert_sinks(
        webhook_url="https://h/x", smtp_url="smtp://h", email_from="a@b.c", email_to="d@e.f, g@h.i"
    )
    assert [sink.name for sink in every] == ["log", "webhook", "email"]
    assert [sink.name for sink in alert_sinks(smtp_url="smtp://h", email_from="a@b.c")] == ["log"]
