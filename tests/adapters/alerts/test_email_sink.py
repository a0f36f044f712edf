import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from tests.adapters.web.server import make_certificate

from work_data_hub.application.alerts.delivery import Alert, AlertKind
from work_data_hub.domain.kernel.errors import HubError, PermanentError, TransientError
from work_data_hub.io.alerts.email_sink import EmailSink, MailServer

ALERT = Alert(
    AlertKind.REJECT_BUDGET,
    "年金 2025-11: 规模明细\r\nBcc: thief@example.com 超出预算",
    "120 of 1,000 rows rejected\nFix: correct the rows",
    "annuity",
    "annuity.silver.scale_detail",
    "2025-11",
    {"run": "r-1"},
)


class Inbox:
    """What arrived; refuses whom it is told to."""

    def __init__(self, **refused: str) -> None:
        self.letters: list[Envelope] = []
        self.logins: list[tuple[bytes, bytes, bool]] = []
        self.refused = {name.replace("_", "@"): reply for name, reply in refused.items()}

    async def handle_RCPT(  # noqa: N802 - aiosmtpd looks for this name
        self, _server: SMTP, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd looks for this name
        self, _server: SMTP, _session: Any, envelope: Envelope
    ) -> str:
        self.letters.append(envelope)
        return self.refused.get("data", "250 taken")

    def log_in(
        self, server: SMTP, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword
    ) -> AuthResult:
        self.logins.append(
            (data.login, data.password, server.session.ssl is not None if server.session else False)
        )
        return AuthResult(success=data.password == b"p@ss word", handled=False)

    def letter(self) -> EmailMessage:
        (envelope,) = self.letters
        assert isinstance(envelope.content, bytes)
        found = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found


@contextmanager
def mail_server(inbox: Inbox, **options: Any) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    controller = Controller(inbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def sink(url: str, **more: Any) -> EmailSink:
    return EmailSink(
        MailServer.parse(url), "hub@example.com", ("ops@example.com", "chef@example.com"), **more
    )


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def test_a_mail_is_plain_text_with_an_encoded_subject_on_one_line() -> None:
    inbox = Inbox()
    with mail_server(inbox) as port:
        sink(f"smtp://127.0.0.1:{port}").send(ALERT)
    letter = inbox.letter()
    assert letter["Subject"] == "[WorkDataHub] 年金 2025-11: 规模明细  Bcc: thief@example.com 超出预算"
    assert letter["Bcc"] is None
    assert inbox.letters[0].rcpt_tos == ["ops@example.com", "chef@example.com"]
    assert (letter["From"], letter["To"]) == ("hub@example.com", "ops@example.com, chef@example.com")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"].endswith("@example.com>")
    assert letter.get_content_type() == "text/plain"
    lines = letter.get_content().splitlines()
    assert lines[:2] == ["120 of 1,000 rows rejected", "Fix: correct the rows"]
    assert "run: r-1" in lines
    assert (inbox.letters[0].original_content or b"").isascii()


@pytest.mark.usefixtures("trusted")
def test_tls_is_used_where_it_is_offered_and_the_password_goes_through_it(tls: ssl.SSLContext) -> None:
    inbox = Inbox()
    options = {"tls_context": tls, "authenticator": inbox.log_in, "auth_require_tls": True}
    with mail_server(inbox, **options) as port:
        sink(f"smtp://hub%40x:p%40ss%20word@localhost:{port}", require_tls=True).send(ALERT)
    assert inbox.logins == [(b"hub@x", b"p@ss word", True)]
    assert len(inbox.letters) == 1


@pytest.mark.usefixtures("trusted")
def test_tls_at_once(tls: ssl.SSLContext) -> None:
    inbox = Inbox()
    with mail_server(inbox, ssl_context=tls) as port:
        sink(f"smtps://localhost:{port}", require_tls=True).send(ALERT)
    assert len(inbox.letters) == 1


def test_a_certificate_of_nobody_is_not_trusted(tls: ssl.SSLContext) -> None:
    inbox = Inbox()
    with mail_server(inbox, tls_context=tls) as port, pytest.raises(PermanentError, match="not trusted"):
        sink(f"smtp://127.0.0.1:{port}").send(ALERT)
    assert inbox.letters == []


def test_production_sends_nothing_without_tls() -> None:
    inbox = Inbox()
    with mail_server(inbox) as port, pytest.raises(PermanentError, match="offers no TLS"):
        sink(f"smtp://127.0.0.1:{port}", require_tls=True).send(ALERT)
    assert inbox.letters == []


def test_a_password_is_not_sent_in_the_clear_to_another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = Inbox()
    options = {"authenticator": inbox.log_in, "auth_require_tls": False}
    with mail_server(inbox, **options) as port:
        monkeypatch.setattr("work_data_hub.io.alerts.email_sink._LOCAL", ())
        with pytest.raises(PermanentError, match="the password was not sent"):
            sink(f"smtp://hub:p%40ss%20word@127.0.0.1:{port}").send(ALERT)
    assert inbox.logins == []
    assert inbox.letters == []


def test_a_wrong_password_is_permanent_and_not_told() -> None:
    inbox = Inbox()
    options = {"authenticator": inbox.log_in, "auth_require_tls": False}
    with mail_server(inbox, **options) as port, pytest.raises(PermanentError) as caught:
        sink(f"smtp://hub:wr0ng-password@127.0.0.1:{port}").send(ALERT)
    assert "535" in caught.value.what
    assert "wr0ng" not in str(caught.value) + repr(sink("smtp://hub:wr0ng-password@127.0.0.1"))


@pytest.mark.parametrize(
    ("reply", "kind"), [("554 go away", PermanentError), ("451 try later", TransientError)]
)
def test_a_refused_mail_says_whether_to_try_again(reply: str, kind: type[HubError]) -> None:
    with mail_server(Inbox(data=reply)) as port, pytest.raises(kind, match=reply[:3]):
        sink(f"smtp://127.0.0.1:{port}").send(ALERT)


def test_the_others_get_it_when_one_receiver_is_unknown(caplog: pytest.LogCaptureFixture) -> None:
    inbox = Inbox(**{"chef_example.com": "550 unknown"})
    with mail_server(inbox) as port:
        sink(f"smtp://127.0.0.1:{port}").send(ALERT)
    assert inbox.letters[0].rcpt_tos == ["ops@example.com"]
    assert "some receivers were refused" in caplog.text


def test_no_receiver_at_all_is_permanent() -> None:
    inbox = Inbox(**{"chef_example.com": "550 unknown", "ops_example.com": "550 unknown"})
    with mail_server(inbox) as port, pytest.raises(PermanentError, match="550"):
        sink(f"smtp://127.0.0.1:{port}").send(ALERT)


def test_nobody_there_is_transient() -> None:
    with pytest.raises(TransientError, match="does not answer"):
        sink("smtp://127.0.0.1:1").send(ALERT)


def test_a_server_that_says_nothing_is_left_at_the_deadline() -> None:
    started = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(TransientError):
        sink(f"smtp://127.0.0.1:{silent.getsockname()[1]}", timeout_s=0.3).send(ALERT)
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("url", "port", "at_once"),
    [
        ("smtp://h", 25, False),
        ("smtp://h:587", 587, False),
        ("smtps://h", 465, True),
        ("smtps://[::1]:2465", 2465, True),
    ],
)
def test_ports_follow_the_scheme(url: str, port: int, at_once: bool) -> None:
    server = MailServer.parse(url)
    assert (server.port, server.tls_at_once, server.user) == (port, at_once, None)
