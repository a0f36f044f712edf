"""Alerts by mail: plain text, TLS where the server offers it, and no password over a line that can be read."""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from typing import Final
from urllib.parse import unquote, urlsplit

from work_data_hub.application.alerts.delivery import Alert
from work_data_hub.domain.kernel.errors import HubError, PermanentError, TransientError
from work_data_hub.io.alerts.wording import one_line, subject, text
from work_data_hub.io.web.deadline import within
from work_data_hub.utils.logging import get_logger

TIMEOUT_S: Final = 10.0
_PORTS: Final = {"smtp": 25, "smtps": 465}
_LOCAL: Final = ("localhost", "127.0.0.1", "::1")
_PERMANENT: Final = 500


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in, and as whom."""

    host: str
    port: int
    tls_at_once: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str) -> "MailServer":
        """Read smtp://user:password@host:587 or smtps://…; what a URL can't hold is %-encoded."""
        parts = urlsplit(url)
        return cls(
            host=parts.hostname or "",
            port=parts.port or _PORTS[parts.scheme],
            tls_at_once=parts.scheme == "smtps",
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
        )


@dataclass(frozen=True, slots=True)
class EmailSink:
    """Sends each alert as one mail to all receivers."""

    server: MailServer
    sender: str
    receivers: Sequence[str]
    require_tls: bool = False
    timeout_s: float = TIMEOUT_S

    @property
    def name(self) -> str:
        """The name under which undelivered alerts wait."""
        return "email"

    @property
    def _service(self) -> str:
        return f"the mail server {self.server.host}:{self.server.port}"

    def send(self, alert: Alert) -> None:
        """Send one mail; raises TransientError or PermanentError when nobody was sent it."""
        letter = self._letter(alert)
        refused = within(self.timeout_s, self._service, lambda: self._deliver(letter))
        if refused:
            get_logger("work_data_hub.alerts").warning("some receivers were refused", receivers=refused)

    def _letter(self, alert: Alert) -> EmailMessage:
        letter = EmailMessage(policy=SMTP)
        letter["Subject"] = f"[WorkDataHub] {subject(alert)}"
        letter["From"], letter["To"] = self.sender, ", ".join(self.receivers)
        letter["Date"] = formatdate()
        letter["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2])
        # so that holiday notes are not sent back
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(f"{text(alert)}\n\n{_facts(alert)}", cte="quoted-printable")
        return letter

    def _deliver(self, letter: EmailMessage) -> list[str]:
        try:
            with self._connected() as server:
                self._secure(server)
                return list(server.send_message(letter, self.sender, list(self.receivers)))
        except (OSError, ValueError) as error:
            raise self._fault(error) from None

    def _connected(self) -> smtplib.SMTP:
        where = (self.server.host, self.server.port)
        if self.server.tls_at_once:
            return smtplib.SMTP_SSL(*where, timeout=self.timeout_s, context=ssl.create_default_context())
        return smtplib.SMTP(*where, timeout=self.timeout_s)

    def _secure(self, server: smtplib.SMTP) -> None:
        server.ehlo()
        secure = self.server.tls_at_once
        if not secure and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
            secure = True
        if self.require_tls and not secure:
            raise self._refused("offers no TLS, which ENVIRONMENT=prod wants")
        if self.server.user and self.server.password:
            if not secure and self.server.host not in _LOCAL:
                raise self._refused("offers no TLS, so the password was not sent")
            server.login(self.server.user, self.server.password)

    def _refused(self, why: str) -> PermanentError:
        return PermanentError(f"{self._service} {why}", fix="correct ALERT_SMTP_URL or the server")

    def _fault(self, error: OSError | ValueError) -> HubError:
        if isinstance(error, ssl.SSLCertVerificationError):
            return self._refused(
                "has a certificate that is not trusted (SSL_CERT_FILE names another authority)"
            )
        if isinstance(error, ValueError | smtplib.SMTPNotSupportedError):
            return self._refused(f"can't be spoken to: {type(error).__name__}")
        codes = _codes(error)
        said = f"{self._service} refuses: {codes}" if codes else f"{self._service} does not answer"
        if codes and min(codes) >= _PERMANENT:
            return PermanentError(
                f"{said} ({one_line(str(error))[:200]})", fix="check sender, receivers and log-in of the mail"
            )
        return TransientError(f"{said}: {type(error).__name__}", fix="it is tried again later")


def _codes(error: Exception) -> list[int]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [code for code, _ in error.recipients.values()]
    return [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []


def _facts(alert: Alert) -> str:
    about = {"kind": str(alert.kind), "table": alert.table, "period": alert.period, **alert.facts}
    return "\n".join(f"{name}: {one_line(str(value))}" for name, value in about.items() if value is not None)
