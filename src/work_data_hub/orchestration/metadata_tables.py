"""The tables that the UI shows of a build: what ties, what was rejected, where ids come from, what is new."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from work_data_hub.application.quarantine.book import LineState, QuarantineLine
from work_data_hub.application.runs import PublishRecord
from work_data_hub.application.scopes import month_of_key
from work_data_hub.domain.kernel.contract import PersonalData, TableContract
from work_data_hub.domain.kernel.outcome import Comparison, ControlTotal, Verdict
from work_data_hub.domain.kernel.period import Period

Row = dict[str, str | int | float]

_ORIGIN = "company_id_origin"
_KEY = "key"
_ENOUGH = 20
_LONGEST = 60
_FILE_FACTS = (
    *("file", "version", "size_bytes", "sha256", "sheet", "header_row"),
    *("unknown_headers", "absent_columns", "sheets_seen"),
)


def comparisons(record: PublishRecord) -> list[Comparison]:
    """Give every figure that was held against another, what differs most first: a table in the UI is cut."""
    lines = [*(_as_comparison(total) for total in record.totals), *record.comparisons]
    return sorted(
        lines, key=lambda line: (line.verdict is not Verdict.DIFFERS, -abs(line.difference or Decimal(0)))
    )


def _as_comparison(total: ControlTotal) -> Comparison:
    unreadable = f"{total.unreadable_cells} cells can't be read" if total.unreadable_cells else ""
    fates = total.published + total.rejected + total.deduplicated
    return Comparison("control_total", total.column, total.read, fates, note=unreadable)


def worth_showing(lines: Sequence[Comparison]) -> Sequence[Comparison]:
    """Leave out most of a long list of comparisons, but none that differs."""
    differing = sum(line.verdict is Verdict.DIFFERS for line in lines)
    return lines[: max(differing, _ENOUGH)]


def reconciliation_rows(lines: Iterable[Comparison]) -> list[Row]:
    """Give comparisons as rows of a table."""
    return [
        {
            "verdict": str(line.verdict),
            "subject": line.subject,
            "difference": "" if not line.difference else f"{line.difference.normalize():+,f}",
            "expected": "" if line.expected is None else f"{line.expected.normalize():,f}",
            "actual": "" if line.actual is None else f"{line.actual.normalize():,f}",
            "comparison": line.name,
            "note": line.note,
        }
        for line in lines
    ]


def verdict_text(lines: Sequence[Comparison]) -> str:
    """Say in a line how the comparisons ended."""
    count = {verdict: sum(line.verdict is verdict for line in lines) for verdict in Verdict}
    unknown = count[Verdict.NOT_COMPARABLE]
    tail = f", {unknown} can't be compared" if unknown else ""
    if not lines:
        return "nothing to compare"
    return f"{count[Verdict.DIFFERS]} of {len(lines)} differ{tail}"


def reject_rows(contract: TableContract, lines: Iterable[QuarantineLine]) -> list[Row]:
    """Give the rejections of a scope by rule and column, the most frequent first, and how to list them."""
    groups: dict[tuple[str, str], list[QuarantineLine]] = {}
    for line in lines:
        groups.setdefault((line.rule, line.column or ""), []).append(line)
    rows = [_reject_row(contract, rule, column, found) for (rule, column), found in groups.items()]
    return sorted(rows, key=lambda row: (-int(row["rows"]), str(row["rule"])))


def _reject_row(contract: TableContract, rule: str, column: str, lines: Sequence[QuarantineLine]) -> Row:
    month = month_of_key(lines[0].scope)
    period = f" --period {Period.of(month)}" if month else ""
    return {
        "rule": rule,
        "column": column,
        "rows": len({(line.file_id, line.sheet, line.row_number) for line in lines}),
        "waived": sum(line.state is LineState.WAIVED for line in lines),
        "example": shown_value(contract, column, next((line.value for line in lines if line.value), None)),
        "command": f"wdh quarantine list --table {contract.key}{period} --rule {rule} --lines",
    }


def shown_value(contract: TableContract, column: str, value: object) -> str:
    """Give a value as everybody may see it: of names, and of what is no column, the first character."""
    if value is None:
        return ""
    text = str(value)
    columns = contract.primary_key if column == _KEY else (column,)
    if any(_is_personal(contract, name) for name in columns):
        return text[:1] + "***"
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _is_personal(contract: TableContract, column: str) -> bool:
    return column not in contract.column_names or contract.column(column).personal is not PersonalData.NONE


def origin_rows(contract: TableContract, record: PublishRecord) -> list[Row]:
    """Give the rows of a publish by where their company id comes from, with their share."""
    metrics, rows = _dict(record.facts.get("metrics")), record.counts.published
    return [
        {"origin": name, "rows": int(count), "share": f"{count / rows:.1%}" if rows else ""}
        for name in (*_origins(contract), "none")
        if (count := metrics.get(f"company_id.{name}")) is not None
    ]


def _origins(contract: TableContract) -> tuple[str, ...]:
    checks = contract.column(_ORIGIN).checks if _ORIGIN in contract.column_names else ()
    return tuple(name for check in checks for name in check.one_of)


def member_rows(contract: TableContract, record: PublishRecord) -> list[Row]:
    """Give the members that a reference did not know before."""
    found = record.facts.get("new_members")
    members = [_dict(member) for member in found] if isinstance(found, list | tuple) else []
    names = list(dict.fromkeys(name for member in members for name in member))
    return [{name: shown_value(contract, name, member.get(name)) for name in names} for member in members]


def step_rows(record: PublishRecord) -> list[Row]:
    """Give the steps of the pipeline with their rows and times."""
    steps = record.facts.get("steps")
    return [dict(_dict(step)) for step in steps] if isinstance(steps, list | tuple) else []


def file_rows(record: PublishRecord) -> list[Row]:
    """Give what is known of the file and the sheet that a table was read from."""
    told = [(name, record.facts.get(name)) for name in _FILE_FACTS]
    return [{"what": name, "says": _words(value)} for name, value in told if value not in (None, "", [])]


def _words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _dict(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
