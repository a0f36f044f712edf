"""Secrets never get through, whatever carries them."""

import json
import string
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from work_data_hub.utils.redaction import MASK, Redactor, looks_secret, redact

# no letter that the texts around the secret use
SECRETS = st.text(alphabet="QXZ0123456789!$%*+._~^", min_size=6, max_size=40).filter(
    lambda text: any(letter in "QXZ" for letter in text)
)
KEYS = (
    "password",
    "PGPASSWORD",
    "passwd",
    "pwd",
    "COMPANY_ID_SALT",
    "api_key",
    "apiKey",
    "access-token",
    "Cookie",
)


@given(SECRETS, st.sampled_from(["postgresql", "postgresql+psycopg2", "https", "amqp"]))
def test_passwords_of_urls_never_show(secret: str, scheme: str) -> None:
    told = redact(f"can't reach {scheme}://wdh:{secret}@db.example:5432/wdh now")
    assert secret not in told
    assert told == f"can't reach {scheme}://wdh:{MASK}@db.example:5432/wdh now"


@given(SECRETS, st.sampled_from(KEYS), st.sampled_from(["=", ": ", " = ", "='", '": "', "=SecretStr('"]))
def test_values_of_secret_names_never_show_in_text(secret: str, key: str, sign: str) -> None:
    closing = {"='": "'", '": "': '"', "=SecretStr('": "')"}.get(sign, "")
    assert secret not in redact(f"cannot go on, {key}{sign}{secret}{closing} was refused")


@given(SECRETS, st.sampled_from(KEYS), st.integers(0, 4))
def test_values_under_secret_keys_never_show_in_context(secret: str, key: str, depth: int) -> None:
    value: Any = {key: [secret], "kept": 5}
    for level in range(depth):
        value = {"inner": value} if level % 2 else [value]
    told = json.dumps(Redactor().value(value))
    assert json.dumps(secret) not in told
    assert '"kept": 5' in told


@given(SECRETS, st.text(alphabet=string.ascii_lowercase + " =:/@\n'\"{}", max_size=40))
def test_known_secrets_never_show_anywhere(secret: str, around: str) -> None:
    redactor = Redactor([secret])
    assert secret not in redactor.text(f"{around}{secret}{around}")
    assert secret not in json.dumps(
        redactor.value({f"k{secret}": [{"v": (around + secret,)}]}), ensure_ascii=False
    )


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Basic dXNlcjpwYXNz",
        "{'Authorization': 'Token dXNlcjpwYXNz'}",
        "sent Bearer dXNlcjpwYXNz.abc",
        "eyJhbGciOiJIUzI1.dXNlcjpwYXNz.c2lnbmF0dXJl",
        "https://dXNlcjpwYXNz@git.example/x",
        "https://db.example/x?token=dXNlcjpwYXNz&page=2",
        "host=h password='dXNlcjpwYXNz with blank' user=u",
        "postgresql://u:dXN/lcj@pwYXNz@h/d dXNlcjpwYXNz"[: len("postgresql://u:dXN/lcj@pwYXNz@h/d")],
        '{\\"password\\": \\"dXNlcjpwYXNz\\"}',
    ],
)
def test_common_carriers_are_masked(text: str) -> None:
    told = redact(text)
    assert MASK in told
    assert "dXN" not in told
    assert "pwYXNz" not in told


@pytest.mark.parametrize(
    "text",
    [
        "published 33,269 rows of annuity_silver.scale_detail in 1.2 s",
        "202510/收集数据/数据采集/V2/【for年金】25年10月年金规模收入数据 1111.xlsx",
        "postgresql://wdh@localhost:5432/wdh",
        "http://localhost:3000/assets",
        "Fix: set COMPANY_ID_SALT in the environment or in .env",
        "at 2025-11-01T10:00:00+00:00: month 2025-11",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert redact(text) == text


def test_short_known_secrets_do_not_eat_ordinary_text() -> None:
    assert Redactor(["a", ""]).text("a banana") == "a banana"


@dataclass
class _Carrier:
    password: str


def test_values_become_what_json_can_carry() -> None:
    cyclic: list[Any] = []
    cyclic.append(cyclic)
    told = Redactor().value(
        {
            "path": Path("/a"),
            "secret_value": SecretStr("hunter22"),
            "plain": SecretStr("hunter22"),
            "flag_token": True,
            "token": None,
            "nan": float("nan"),
            "object": _Carrier("hunter22"),
            "set": {1},
            3: "three",
            "cyclic": cyclic,
        }
    )
    text = json.dumps(told, allow_nan=False)
    assert "hunter22" not in text
    assert told["path"] == "/a"
    assert (told["flag_token"], told["token"], told["nan"], told["set"], told["3"]) == (
        True,
        None,
        "nan",
        [1],
        "three",
    )


def test_long_lines_cost_no_more_than_their_length() -> None:
    started = time.process_time()
    for piece in ("a", "://", "password ", "x:y@", "eyJ", "-", '"'):
        redact(piece * (200_000 // len(piece)))
    assert time.process_time() - started < 5


def test_secret_names_are_known_in_every_spelling() -> None:
    assert all(looks_secret(key) for key in KEYS)
    assert not any(looks_secret(key) for key in ("rows", "period", "branch_code", "客户名称"))
