import hashlib
import hmac
import json
import logging
import re
import time

import pytest
from tests.adapters.web.server import answer, serving

from work_data_hub.application.alerts.delivery import Alert, AlertKind
from work_data_hub.domain.kernel.errors import HubError, PermanentError, TransientError
from work_data_hub.io.alerts.webhook_sink import SIGNATURE, WebhookSink

KEY = "/services/T000/B000/k3yk3yk3y?key=s3cr3t-key"
ALERT = Alert(
    AlertKind.REFUSED_INPUT,
    "annuity 2025-11: scale_rows: the input was refused",
    "甲<!channel>\u202e.xlsx is no workbook @here\nFix: drop it again",
    "annuity",
    "annuity.bronze.scale_rows",
    "2025-11",
    {"run": "r-1", "months": 2},
)


def test_an_alert_is_posted_as_json_that_a_chat_shows() -> None:
    with serving(answer(200, b"ok")) as server:
        WebhookSink(server.url + KEY).send(ALERT)
    (heard,) = server.heard
    assert (heard.method, heard.path) == ("POST", KEY)
    assert heard.headers["Content-Type"] == "application/json; charset=utf-8"
    assert SIGNATURE not in heard.headers
    told = json.loads(heard.body)
    assert told.pop("text") == (
        "annuity 2025-11: scale_rows: the input was refused\n"
        "甲‹!channel› .xlsx is no workbook ＠here\nFix: drop it again"
    )
    assert told == {
        "kind": "refused_input",
        "subject": ALERT.subject,
        "domain": "annuity",
        "table": "annuity.bronze.scale_rows",
        "period": "2025-11",
        "resolved": False,
        "facts": {"run": "r-1", "months": 2},
    }


def test_a_receiver_can_check_who_posted_and_when() -> None:
    with serving(answer(204)) as server:
        WebhookSink(server.url, "shared secret", clock=lambda: 1_764_000_000.9).send(ALERT)
    (heard,) = server.heard
    at, seal = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", heard.headers[SIGNATURE]).groups()  # type: ignore[union-attr]  # matches
    expected = hmac.new(b"shared secret", f"{at}.".encode() + heard.body, hashlib.sha256).hexdigest()
    assert (at, seal) == ("1764000000", expected)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, PermanentError),
        (404, PermanentError),
        (302, PermanentError),
        (429, TransientError),
        (503, TransientError),
    ],
)
def test_a_refusal_says_whether_to_try_again_and_keeps_the_address_to_itself(
    status: int, kind: type[HubError], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO), serving(answer(200)) as other:
        with serving(answer(status, Location=other.url)) as server, pytest.raises(kind) as caught:
            WebhookSink(server.url + KEY).send(ALERT)
        assert other.heard == []
    assert "s3cr3t" not in str(caught.value) + caplog.text
    assert "the alert webhook at 127.0.0.1" in caught.value.what


def test_a_receiver_that_hangs_is_left_at_the_deadline() -> None:
    started = time.monotonic()
    with serving(lambda *_: time.sleep(2)) as server, pytest.raises(TransientError) as caught:
        WebhookSink(server.url + KEY, timeout_s=0.2).send(ALERT)
    assert time.monotonic() - started < 1.5
    assert "s3cr3t" not in str(caught.value)


def test_nobody_there_is_transient() -> None:
    with pytest.raises(TransientError) as caught:
        WebhookSink(f"http://127.0.0.1:1{KEY}").send(ALERT)
    assert "s3cr3t" not in str(caught.value)


def test_an_address_that_is_none_is_permanent() -> None:
    with pytest.raises(PermanentError) as caught:
        WebhookSink(f"ftp://host{KEY}").send(ALERT)
    assert "s3cr3t" not in str(caught.value)
