"""One bounded HTTP call: time, size and redirects are limited, and faults are told without address or secret."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import requests
import urllib3
from requests.auth import AuthBase

from work_data_hub.domain.kernel.errors import HubError, PermanentError, TransientError
from work_data_hub.io.web.deadline import within

_PIECE: Final = 16_384
_SUCCESS: Final = range(200, 300)
_REDIRECT: Final = range(300, 400)
_SERVER_ERROR: Final = 500
_TRY_LATER: Final = (408, 425, 429)


@dataclass(frozen=True, slots=True)
class Call:
    """What to send."""

    method: str
    url: str
    headers: Mapping[str, str]
    params: Mapping[str, str] | None = None
    body: bytes | None = None
    bearer: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; the body is read of a success only."""

    status: int
    body: bytes = b""
    retry_after: str | None = None


class WebCaller:
    """Makes calls to one service over kept connections."""

    def __init__(self, service: str, url: str, timeout_s: float, *, max_bytes: int) -> None:
        """Name the service by its host alone: the rest of an address may be a secret."""
        self._service = f"{service} at {urlsplit(url).hostname}"
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes
        self._session = requests.Session()

    @property
    def service(self) -> str:
        """The name of the service in messages."""
        return self._service

    def send(self, call: Call) -> Reply:
        """Make the call in the time allowed; raises TransientError or PermanentError."""
        session, until = self._session, time.monotonic() + self._timeout_s
        try:
            return within(self._timeout_s, self._service, lambda: self._exchange(session, call, until))
        except TransientError:
            # a call that was left to itself may still use the old connections
            self._session = requests.Session()
            raise

    def _exchange(self, session: requests.Session, call: Call, until: float) -> Reply:
        return translated(self._service, lambda: self._answer(session, call, until))

    def _answer(self, session: requests.Session, call: Call, until: float) -> Reply:
        answer = session.request(
            call.method,
            call.url,
            params=call.params,
            data=call.body,
            # an answer that is not packed can't unpack into more than its size
            headers={"Accept-Encoding": "identity", **call.headers},
            auth=_Bearer(call.bearer),
            timeout=(self._timeout_s, self._timeout_s),
            allow_redirects=False,
            stream=True,
        )
        with answer:
            body = self._body(answer, until) if answer.status_code in _SUCCESS else b""
            return Reply(answer.status_code, body, answer.headers.get("Retry-After"))

    def _body(self, answer: requests.Response, until: float) -> bytes:
        if self._max_bytes == 0:
            return b""
        packed = answer.headers.get("Content-Encoding", "identity")
        if packed != "identity":
            raise self._unfit(f"packed its answer ({packed[:20]!r}), though asked not to")
        body = bytearray()
        while piece := answer.raw.read1(_PIECE, decode_content=False):
            body += piece
            if len(body) > self._max_bytes:
                raise self._unfit(f"answered with more than {self._max_bytes:,} bytes")
            if time.monotonic() > until:
                raise requests.Timeout
        return bytes(body)

    def _unfit(self, what: str) -> PermanentError:
        return PermanentError(f"{self._service} {what}", fix="check the address and who answers there")


class _Bearer(AuthBase):
    """Sets the token, or nothing; as an auth it also keeps ~/.netrc from being sent instead."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token is not None:
            r.headers["Authorization"] = f"Bearer {self._token}"
        return r


def translated(service: str, work: Callable[[], Reply]) -> Reply:
    """Turn the faults of a call into the kernel's; what a library says of them holds the address."""
    try:
        return work()
    except requests.exceptions.SSLError as error:
        raise _tls_fault(service, error) from None
    except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
        raise _unanswered(service, error) from None
    except (requests.RequestException, ValueError) as error:
        raise PermanentError(
            f"{service} can't be called: {type(error).__name__}", fix="check the address and the token"
        ) from None
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise _unanswered(service, error) from None


def _unanswered(service: str, error: Exception) -> TransientError:
    return TransientError(
        f"{service} does not answer: {type(error).__name__}",
        fix="check that it is up and reachable; it is tried again later",
    )


def _tls_fault(service: str, error: Exception) -> HubError:
    if "certificate" not in str(error).lower():
        return _unanswered(service, error)
    return PermanentError(
        f"the certificate of {service} is not trusted",
        fix="correct it there, or name your own authority's file in REQUESTS_CA_BUNDLE",
    )


def refusal(service: str, reply: Reply) -> HubError | None:
    """Give the error that a status means; None for a success."""
    status = reply.status
    if status in _SUCCESS:
        return None
    if status in _TRY_LATER or status >= _SERVER_ERROR:
        return TransientError(
            f"{service} answers {status}",
            fix="it is tried again later",
            status=status,
            retry_after=reply.retry_after,
        )
    if status in _REDIRECT:
        what, fix = "sends elsewhere, which is not followed", "set the address it moved to"
    else:
        what, fix = "refuses the call", "check the address and what it accepts"
    return PermanentError(f"{service} answers {status}: it {what}", fix=fix, status=status)
