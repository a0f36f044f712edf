import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.adapters.lookup.company_service import TOKEN, company_service, match
from tests.adapters.web.server import Behaviour, Heard, answer, make_certificate, raw, serving

from work_data_hub.domain.annuity.ports import LookupAnswer
from work_data_hub.domain.kernel.errors import HubError, PermanentError, TransientError
from work_data_hub.io.lookup.http_lookup import MAX_ANSWER_BYTES, HttpCompanyLookup, lookup_from

NAME = "中国机械（集团）有限公司 & Söhne+1"
SOON = 2.0
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def asked(behaviour: Behaviour, timeout_s: float = 3.0) -> LookupAnswer | None:
    with serving(behaviour) as server:
        return HttpCompanyLookup(server.url, TOKEN, timeout_s).find(NAME)


def failure(behaviour: Behaviour, timeout_s: float = 3.0) -> HubError:
    with pytest.raises(HubError) as caught:
        asked(behaviour, timeout_s)
    assert TOKEN not in str(caught.value)
    return caught.value


def matches(*lines: dict[str, str]) -> bytes:
    return json.dumps({"matches": lines}).encode()


def test_a_name_is_asked_for_as_it_is_with_the_token() -> None:
    with company_service({NAME: [match("600000001", "中国机械集团有限公司")]}) as server:
        lookup = HttpCompanyLookup(f"{server.url}/", TOKEN)
        assert lookup.find(NAME) == LookupAnswer("600000001", "中国机械集团有限公司", "exact")
        assert lookup.find("无此公司") is None
    assert [heard.path.partition("?")[0] for heard in server.heard] == ["/companies"] * 2
    assert server.heard[0].headers["Accept-Encoding"] == "identity"


def test_the_best_match_wins_and_the_first_of_equals() -> None:
    lines = [
        match("600000001", "a", "pinyin"),
        match("600000002", "b", "guessed"),
        match("6000000031", "c", "fuzzy"),
        match("600000004", "d", "fuzzy"),
    ]
    found = asked(answer(200, matches(*lines)))
    assert found == LookupAnswer("6000000031", "c", "fuzzy")
    assert found.confidence == Decimal("0.8")
    other = asked(answer(200, matches(*lines[:2])))
    assert other == LookupAnswer("600000002", "b", "other")


@pytest.mark.parametrize(
    ("kind", "confidence"),
    [("exact", "1.0"), ("fuzzy", "0.8"), ("pinyin", "0.6"), ("other", "0.7"), ("new", "0.7")],
)
def test_confidence_follows_the_way_of_matching(kind: str, confidence: str) -> None:
    assert LookupAnswer("600000001", "n", kind).confidence == Decimal(confidence)


def test_nobody_is_none_and_a_blank_name_is_not_asked_for() -> None:
    assert asked(answer(404, b"<html>nothing here</html>")) is None
    assert asked(answer(204)) is None
    assert asked(answer(200, matches())) is None
    with serving(answer(500)) as server:
        assert HttpCompanyLookup(server.url, TOKEN).find("  ") is None
    assert server.heard == []


@pytest.mark.parametrize(
    "wrong", ["12345678", "60000000012", "IN7XYZ", "６００００００００", "600000001\n", 600000001, None]
)
def test_an_id_of_another_form_is_refused_by_name(wrong: object) -> None:
    lines = {"matches": [match("600000001", "a"), {"company_id": wrong, "name": "b", "match": "exact"}]}
    error = failure(answer(200, json.dumps(lines).encode()))
    assert isinstance(error, PermanentError)
    assert f"matches.1.company_id is {wrong!r}" in error.what
    assert "9 or 10 digits" in str(error.expected)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>login</html>",
        b"[]",
        b'{"matches": null}',
        b'{"companies": []}',
        b'{"matches": [{"company_id": "600000001"}]}',
        b'{"matches": [{"company_id": "600000001", "name": "a\\u0000b", "match": "exact"}]}',
        b"[" * 100_000,
        '{"matches": [{"name": "公司"}]}'.encode("gbk"),
        b'{"matches": [',
    ],
)
def test_what_is_no_answer_is_a_permanent_fault(body: bytes) -> None:
    error = failure(answer(200, body))
    assert isinstance(error, PermanentError)
    assert "gave an answer that can't be taken" in error.what
    assert len(str(error)) < 600


@pytest.mark.parametrize("status", [401, 403])
def test_an_expired_token_is_permanent_and_says_so(status: int) -> None:
    error = failure(answer(status))
    assert isinstance(error, PermanentError)
    assert "COMPANY_LOOKUP_TOKEN" in error.fix
    assert "30 minutes" in str(error.expected)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_busy_or_broken_service_is_transient(status: int) -> None:
    error = failure(answer(status, b"later", Retry_After="7"))
    assert isinstance(error, TransientError)
    assert error.evidence == {"status": status, "retry_after": "7"}


@pytest.mark.parametrize("status", [400, 405, 422])
def test_other_refusals_are_permanent(status: int) -> None:
    assert isinstance(failure(answer(status)), PermanentError)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nobody_else_gets_the_token(status: int) -> None:
    with serving(answer(200, matches(match("600000001", "thief")))) as other:
        error = failure(answer(status, Location=f"{other.url}/companies"))
        assert other.heard == []
    assert isinstance(error, PermanentError)
    assert "not followed" in error.what


def test_a_login_in_netrc_does_not_take_the_place_of_the_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with company_service({}) as server:
        assert HttpCompanyLookup(server.url, TOKEN).find(NAME) is None


def test_a_service_that_is_down_is_transient() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(TransientError, match="does not answer") as caught:
        HttpCompanyLookup(f"http://127.0.0.1:{port}", TOKEN).find(NAME)
    assert caught.value.__suppress_context__


def test_a_host_without_name_is_transient() -> None:
    with pytest.raises(TransientError, match=r"nowhere\.invalid"):
        HttpCompanyLookup("http://nowhere.invalid", TOKEN).find(NAME)


def hanging(handler: object, _heard: Heard) -> None:
    time.sleep(SOON)


@pytest.mark.parametrize(
    "behaviour",
    [
        hanging,
        raw(*[b"H"] * 200, pause=0.05),
        raw(OK, *[b"X-Filler: x\r\n"] * 60, pause=0.05),
        raw(OK + b"Content-Length: 200\r\n\r\n", *[b" "] * 60, pause=0.05),
        raw(OK + b"Transfer-Encoding: chunked\r\n\r\n", *[b"1\r\n \r\n"] * 60, pause=0.05),
    ],
    ids=["silent", "slow status", "slow headers", "slow body", "slow chunks"],
)
def test_a_slow_service_is_left_at_the_deadline(behaviour: Behaviour) -> None:
    started = time.monotonic()
    error = failure(behaviour, timeout_s=0.3)
    assert isinstance(error, TransientError)
    assert time.monotonic() - started < SOON


def test_a_listener_that_never_accepts_is_left_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=1) as listener:
        lookup = HttpCompanyLookup(f"http://127.0.0.1:{listener.getsockname()[1]}", TOKEN, 0.3)
        with pytest.raises(TransientError):
            lookup.find(NAME)


def test_after_a_deadline_the_next_question_is_answered() -> None:
    slow = threading.Event()

    def once_slow(handler: object, heard: Heard) -> None:
        if not slow.is_set():
            slow.set()
            time.sleep(0.6)
        answer(200, matches(match("600000001", "a")))(handler, heard)  # type: ignore[arg-type]  # one handler

    with serving(once_slow) as server:
        lookup = HttpCompanyLookup(server.url, TOKEN, 0.3)
        with pytest.raises(TransientError):
            lookup.find(NAME)
        assert lookup.find(NAME) is not None


@pytest.mark.parametrize(
    "behaviour",
    [
        raw(b"nonsense\r\n\r\n"),
        raw(b""),
        raw(OK + b"Content-Length: 500\r\n\r\n{}"),
        raw(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
        raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n"),
    ],
    ids=["no http", "hangs up", "cut off", "broken chunks", "endless header"],
)
def test_a_broken_answer_is_transient(behaviour: Behaviour) -> None:
    assert isinstance(failure(behaviour), TransientError)


def endless(handler: object, _heard: Heard) -> None:
    raw(OK + b"\r\n" + b'{"matches": [', *[b" " * 65_536] * 64)(handler, _heard)  # type: ignore[arg-type]  # one


@pytest.mark.parametrize(
    "behaviour", [endless, answer(200, b" " * (MAX_ANSWER_BYTES + 1))], ids=["endless", "too large"]
)
def test_an_answer_beyond_the_limit_is_refused(behaviour: Behaviour) -> None:
    error = failure(behaviour)
    assert isinstance(error, PermanentError)
    assert f"more than {MAX_ANSWER_BYTES:,} bytes" in error.what


def test_a_packed_answer_is_refused_before_it_unpacks() -> None:
    import gzip

    bomb = gzip.compress(b" " * 50_000_000)
    assert len(bomb) < MAX_ANSWER_BYTES
    error = failure(answer(200, bomb, Content_Encoding="gzip"))
    assert isinstance(error, PermanentError)
    assert "packed" in error.what


def test_a_certificate_of_nobody_is_permanent_and_one_that_is_named_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path)
    with serving(answer(200, matches()), certificate) as server:
        with pytest.raises(PermanentError, match="not trusted") as caught:
            HttpCompanyLookup(server.url, TOKEN).find(NAME)
        assert "REQUESTS_CA_BUNDLE" in caught.value.fix
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        assert HttpCompanyLookup(server.url, TOKEN).find(NAME) is None


def test_the_token_shows_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    echo = json.dumps({"matches": [{"company_id": f"Bearer {TOKEN}", "name": TOKEN, "match": "exact"}]})
    with caplog.at_level(logging.DEBUG):
        error = failure(answer(200, echo.encode()))
    assert "***" in error.what
    assert TOKEN not in caplog.text
    assert TOKEN not in repr(HttpCompanyLookup("http://h", TOKEN))
    with pytest.raises(PermanentError) as caught:
        HttpCompanyLookup("http://127.0.0.1:1", f"{TOKEN}\nX: 1").find(NAME)
    assert TOKEN not in str(caught.value)


@pytest.fixture(scope="module")
def echo_url() -> Iterator[str]:
    def behave(handler: object, heard: Heard) -> None:
        from urllib.parse import parse_qs, urlsplit

        (name,) = parse_qs(urlsplit(heard.path).query, keep_blank_values=True)["name"]
        body = matches(match("600000001", f"named {len(name)}"))
        answer(200, body)(handler, heard)  # type: ignore[arg-type]  # one handler

    with serving(behave) as server:
        yield server.url


@given(name=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_any_name_arrives_whole(echo_url: str, name: str) -> None:
    found = HttpCompanyLookup(echo_url, TOKEN).find(name)
    assert (found is None) == (not name.strip())
    if found:
        assert found.matched_name == f"named {len(name)}"


@pytest.mark.parametrize(("url", "token"), [(None, None), ("", TOKEN), (None, TOKEN), ("http://h", None)])
def test_without_address_or_token_nobody_is_asked(url: str | None, token: str | None) -> None:
    assert lookup_from(url, token) is None


def test_with_both_there_is_a_lookup() -> None:
    assert isinstance(lookup_from("https://h", TOKEN, 1.0), HttpCompanyLookup)
