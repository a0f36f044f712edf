"""Alerts as JSON posted to an address, with a `text` that common chats show, signed where a secret is set."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Final

from work_data_hub.application.alerts.delivery import Alert
from work_data_hub.io.alerts.wording import chat_text, one_line, subject
from work_data_hub.io.web.calls import Call, WebCaller, refusal

SIGNATURE: Final = "X-WDH-Signature"
TIMEOUT_S: Final = 5.0


class WebhookSink:
    """Posts each alert; redirects are not followed."""

    name = "webhook"

    def __init__(
        self,
        url: str,
        secret: str | None = None,
        timeout_s: float = TIMEOUT_S,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Keep the address; it never appears in a message, as it may hold a key."""
        self._url, self._secret, self._clock = url, secret, clock
        self._caller = WebCaller("the alert webhook", url, timeout_s, max_bytes=0)

    def send(self, alert: Alert) -> None:
        """Post one alert; raises TransientError or PermanentError when it was not taken."""
        body = json.dumps(_fields(alert), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if self._secret:
            headers[SIGNATURE] = signature(self._secret, int(self._clock()), body)
        refused = refusal(
            self._caller.service, self._caller.send(Call("POST", self._url, headers, body=body))
        )
        if refused:
            raise refused


def signature(secret: str, at: int, body: bytes) -> str:
    """Sign seconds since 1970, a dot and the body with HMAC-SHA256, so that a receiver can refuse repeats."""
    digest = hmac.digest(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={digest.hex()}"


def _fields(alert: Alert) -> dict[str, object]:
    return {
        "text": chat_text(alert),
        "kind": str(alert.kind),
        "subject": subject(alert),
        "domain": alert.domain,
        "table": alert.table,
        "period": alert.period,
        "resolved": alert.resolved,
        "facts": {k: one_line(v) if isinstance(v, str) else v for k, v in alert.facts.items()},
    }
