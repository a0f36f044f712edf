"""What the tests of the price desk call and read: the command in this process, publishes, files of quotes."""

import csv
import io
import json
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fixtures_postgres import run_sql

from work_data_hub.cli.main import run

Rows = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Said:
    """What a command answered."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        document = json.loads(self.out)
        assert document["exit_status"] == self.status
        return document


def wdh(*arguments: str) -> Said:
    """Call the command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = run(arguments)
    return Said(status, out.getvalue(), err.getvalue())


def of_file(path: Path, *more: str, bu: str = "BU1") -> Said:
    return wdh("pricing", "score", "--bu", bu, "--quotes", str(path), *more)


def tables(said: Said) -> dict[tuple[str, str], str]:
    """Give what came of each part of each table."""
    return {(line["table"], line["scope"]): line["result"] for line in said.json["tables"]}


def publishes(url: str) -> dict[tuple[str, str], str]:
    """Give the last run that published each part of the price desk's tables."""
    rows = run_sql(
        url,
        "SELECT table_key, scope_key, run_id FROM hub.publishes WHERE table_key LIKE %s ORDER BY published_at",
        "pricing.%",
    )
    return {(str(table), str(scope)): str(run_id) for table, scope, run_id in rows}


def read_rows(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, rows: Rows, columns: Sequence[str] | None = None) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns or list(rows[0]), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path
