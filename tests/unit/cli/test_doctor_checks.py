"""What the doctor says of the world outside; secrets stay out of it."""

from pathlib import Path

import pytest

from work_data_hub.cli import doctor_checks
from work_data_hub.cli.doctor_checks import Verdict
from work_data_hub.config.settings import Settings

PROD = {
    "environment": "prod",
    "database_url": "postgresql+psycopg2://u:p@host/wdh",
    "company_id_salt": "a secret of our own",
}


def told(monkeypatch: pytest.MonkeyPatch, name: str, **values: object) -> tuple[Verdict, str]:
    settings = Settings(**{"_env_file": None, "database_url": "embedded", **values})
    monkeypatch.setattr(doctor_checks, "_settings", lambda: settings)
    check = dict(doctor_checks.ALL_CHECKS)[name]
    return check()[:2]


def test_the_look_up_is_named_with_its_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, "company look-up") == (Verdict.OK, "off")
    service = {"company_lookup_url": "https://look.example/up", "company_lookup_token": "hush"}
    assert told(monkeypatch, "company look-up", **service) == (Verdict.OK, "look.example, 5 calls a run")
    silent = told(monkeypatch, "company look-up", **service, company_lookup_budget=0)
    assert silent == (Verdict.WARN, "look.example, but no call may be made")


def test_alerts_are_named_by_host_and_the_path_is_kept_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, "alerts") == (Verdict.OK, "log")
    outside = {
        "alert_webhook_url": "https://chat.example/hook/very-secret",
        "alert_smtp_url": "smtp://u:p@mail.example:587",
        "alert_email_from": "hub@example.org",
        "alert_email_to": "a@example.org,b@example.org",
    }
    verdict, said = told(monkeypatch, "alerts", **outside)
    assert (verdict, said) == (
        Verdict.OK,
        "log, webhook chat.example, mail by mail.example to 2 receivers",
    )


def test_a_log_that_nobody_reads_is_too_little_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, "alerts", **PROD) == (Verdict.WARN, "the log alone")


def test_the_landing_root_is_told_with_its_months_and_drops(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    missing = told(monkeypatch, "landing root", landing_root=tmp_path / "nowhere")
    assert missing[0] is Verdict.WARN
    assert told(monkeypatch, "landing root", landing_root=tmp_path) == (
        Verdict.WARN,
        f"{tmp_path} holds no file",
    )
    (tmp_path / "retail/rates").mkdir(parents=True)
    (tmp_path / "retail/rates/units_per_eur.csv").write_text("a\n", encoding="utf-8")
    verdict, said = told(monkeypatch, "landing root", landing_root=tmp_path)
    assert (verdict, said) == (
        Verdict.OK,
        f"{tmp_path}: annuity 0 months, retail 1 of 9 drops, pricing 0 of 7 drops",
    )
