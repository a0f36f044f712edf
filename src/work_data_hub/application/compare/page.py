"""A comparison as a JSON document, and as sections that a terminal and a Markdown page show alike."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from work_data_hub.application.compare.model import ColumnResult, CompareReport, Counts, Difference, LoneRow

_LONGEST: Final = 40
_VALUES_SHOWN: Final = 6


@dataclass(frozen=True, slots=True)
class Section:
    """A titled table of texts; `left` columns are words, the others figures."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: int = 1


def headline(report: CompareReport) -> str:
    """Say what was compared with what."""
    month = f" {report.period}" if report.period else ""
    return f"{report.table}{month} against {report.other}"


def remarks(report: CompareReport) -> Iterator[str]:
    """Say what one must know to read the figures."""
    yield from report.notes
    yield (
        f"rows are paired by {', '.join(report.key)}" if report.key else "rows are paired by what they share"
    )
    if report.other_months:
        rows, months = sum(report.other_months.values()), ", ".join(report.other_months)
        yield f"{rows:,} rows there belong to other months and are left out: {months}"
    if report.totals_rows_left_out:
        yield f"{report.totals_rows_left_out:,} totals rows there are left out"
    for told, names in (
        ("not there", report.columns_only_here),
        ("only there", report.columns_only_there),
        ("ignored", report.ignored),
    ):
        if names:
            yield f"columns {told}, not compared: {', '.join(names)}"
    whole = sum(column.equal == column.rows for column in report.findings.columns)
    yield f"{whole} of {len(report.findings.columns)} columns are equal in every pair of rows"
    temporary = sum(column.temporary for column in report.findings.columns)
    if temporary:
        yield f"{temporary:,} temporary ids on one side stand for an unknown one; they are not judged"


def sections(report: CompareReport, *, brief: bool = False) -> Iterator[Section]:
    """Give the parts of a comparison that have something to show; in brief, only the columns that differ."""
    found = report.findings
    told = [c for c in found.columns if c.equal < c.rows] if brief else found.columns
    yield _rows(found.counts)
    yield from _shown(_columns(told))
    yield from _shown(_totals(found.columns))
    largest = [one for column in found.columns for one in column.largest]
    yield from _shown(_differences("Largest differences", largest))
    yield from _shown(_differences("Samples of rows that differ", found.differences))
    yield from _shown(_lone("Samples of rows only here", found.only_here))
    yield from _shown(_lone("Samples of rows only there", found.only_there))
    yield from _shown(_unreadable(report))


def document(report: CompareReport) -> dict[str, Any]:
    """Give the report as a JSON document."""
    found = report.findings
    return {
        "table": report.table,
        "period": report.period,
        "other": report.other,
        "verdict": report.verdict,
        "parity": found.parity,
        "parity_percent": found.counts.parity,
        "key": report.key,
        "counts": found.counts,
        "columns": [
            {
                **{name: getattr(column, name) for name in column.__dataclass_fields__},
                "rate": column.rate,
                "total_difference": column.total_difference,
            }
            for column in found.columns
        ],
        "differences": found.differences,
        "only_here": found.only_here,
        "only_there": found.only_there,
        "unreadable": found.unreadable,
        "unreadable_cells": found.unreadable_cells,
        "columns_only_here": report.columns_only_here,
        "columns_only_there": report.columns_only_there,
        "ignored": report.ignored,
        "other_months": report.other_months,
        "totals_rows_left_out": report.totals_rows_left_out,
        "notes": report.notes,
        "exit_status": report.exit_status,
    }


def markdown(report: CompareReport) -> str:
    """Write a comparison as a page."""
    sign = "✓" if report.findings.parity else "✗"
    parts = [f"# {headline(report)}", "", f"**{sign} {report.verdict}**", ""]
    parts += [f"- {remark}" for remark in remarks(report)]
    for section in sections(report):
        parts += ["", f"## {section.title}", "", *_table(section)]
    return "\n".join([*parts, ""])


def _table(section: Section) -> Iterator[str]:
    yield _line(section.heads)
    yield _line("---" if place < section.left else "---:" for place in range(len(section.heads)))
    for row in section.rows:
        yield _line(cell.replace("\\", "\\\\").replace("|", "\\|") for cell in row)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _shown(section: Section) -> Iterator[Section]:
    if section.rows:
        yield section


def _rows(counts: Counts) -> Section:
    both = (
        ("equal", counts.exact),
        ("agree within tolerance, or but for a temporary id", counts.agreeing),
        ("differ", counts.differing),
    )
    return Section(
        "Rows",
        ("", "here", "there"),
        (
            ("all", _count(counts.rows_here), _count(counts.rows_there)),
            *((what, _count(number), _count(number)) for what, number in both),
            ("only on this side", _count(counts.only_here), _count(counts.only_there)),
            ("repeat an earlier row", _count(counts.repeated_here), _count(counts.repeated_there)),
        ),
    )


def _columns(columns: Iterable[ColumnResult]) -> Section:
    heads = ("agree %", "equal", "tolerated", "temporary", "unreadable", "differ", "equal if cleansed")
    return Section(
        "Columns of the paired rows",
        ("column", "there", *heads),
        tuple(
            (
                c.column,
                c.header,
                str(c.rate),
                *map(_count, (c.equal, c.within_tolerance, c.temporary, c.unreadable)),
                *map(_count, (c.different, c.equal_cleansed)),
            )
            for c in columns
        ),
        left=2,
    )


def _totals(columns: Iterable[ColumnResult]) -> Section:
    return Section(
        "Totals of all rows",
        ("column", "here", "there", "difference"),
        tuple(
            (c.column, _cell(c.total_here), _cell(c.total_there), _cell(c.total_difference))
            for c in columns
            if c.total_here is not None
        ),
    )


def _differences(title: str, differences: Iterable[Difference]) -> Section:
    return Section(
        title,
        ("column", "here", "there", "place here", "place there", "difference"),
        tuple(
            (
                d.column,
                _cell(d.here),
                _cell(d.there),
                str(d.place_here),
                str(d.place_there),
                _cell(d.difference),
            )
            for d in differences
        ),
        left=5,
    )


def _lone(title: str, rows: Iterable[LoneRow]) -> Section:
    lines = []
    for row in rows:
        shown = [f"{name} {_cell(value)}" for name, value in list(row.values.items())[:_VALUES_SHOWN]]
        lines.append((str(row.place), ", ".join(shown)))
    return Section(title, ("place", "row begins"), tuple(lines), left=2)


def _unreadable(report: CompareReport) -> Section:
    return Section(
        "Cells that can't be read",
        ("column", "value", "place", "because", "expected"),
        tuple(
            (cell.column, _cell(cell.value), str(cell.place), cell.reason, cell.expected)
            for cell in report.findings.unreadable
        ),
        left=5,
    )


def _count(number: int) -> str:
    return f"{number:,}"


def _cell(value: object) -> str:
    if value is None:
        return "–"
    text = f"{value:,f}" if isinstance(value, Decimal) else " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
