"""The page of each table, written from its contract; pure text, so that a check can compare it."""

from collections.abc import Callable, Iterable, Sequence

import pyarrow as pa

from work_data_hub.domain.kernel.contract import (
    COUNT,
    DAY,
    FLAG,
    RATIO,
    STAMP,
    TEXT,
    Column,
    Conservation,
    Layer,
    PersonalData,
    Reference,
    Role,
    TableContract,
    WriteMode,
)
from work_data_hub.domain.kernel.lineage import Lineage

_NOTE = "<!-- written by `wdh docs` from the contract: change the contract, not this page -->"
_SQL_TYPES = {
    TEXT: "text",
    COUNT: "bigint",
    DAY: "date",
    FLAG: "boolean",
    STAMP: "timestamptz",
    RATIO: "double precision",
}
_WRITES = {
    WriteMode.REPLACE_SCOPE: "a run replaces the whole scope",
    WriteMode.UPSERT: "a run adds missing keys",
    WriteMode.APPEND: "a run adds rows",
}
_LAWS = {
    Conservation.ROW_PRESERVING: "read = published + rejected + deduplicated + skipped",
    Conservation.AGGREGATING: "control totals of what was read = control totals of the table",
    Conservation.DERIVED: "lineage only",
}


Link = Callable[[str], str]


def page_name(contract: TableContract) -> str:
    """Give the file name of a table's page."""
    return f"{contract.qualified_name}.md"


def page_of(key: str) -> str:
    """Give the file name of the page of the table with a contract key."""
    domain, layer, name = key.split(".")
    return f"{domain}.{name}.md" if layer == Layer.PLATFORM else f"{domain}_{layer}.{name}.md"


def index_page(contracts: Iterable[TableContract]) -> str:
    """List all tables, domain by domain, with links to their pages."""
    by_domain: dict[str, list[TableContract]] = {}
    for contract in contracts:
        by_domain.setdefault(contract.domain, []).append(contract)
    lines = ["# Tables", "", _NOTE, "", "Each table is declared once, as a contract; these pages show them."]
    for domain, tables in by_domain.items():
        rows = [(f"[{t.qualified_name}]({page_name(t)})", t.label, t.grain, t.description) for t in tables]
        lines += ["", f"## {domain}", "", *_table(("table", "label", "grain", "holds"), rows)]
    return "\n".join(lines) + "\n"


def table_page(contract: TableContract, lineage: Lineage | None = None) -> str:
    """Write everything the contract says, for people; with the lineage of a built table, its sources too."""
    lines = [f"# {contract.qualified_name}", "", _NOTE, "", *_introduction(contract, lineage or {}, page_of)]
    lines += ["", "## Columns", "", *_columns(contract, lineage or {})]
    if contract.references:
        lines += ["", "## References", "", *_references(contract, page_of)]
    if contract.view_schema:
        lines += ["", "## Source-language view", "", *_view(contract)]
    return "\n".join(lines) + "\n"


def table_summary(contract: TableContract, lineage: Lineage, link: Link) -> str:
    """Write the page without its columns, for a place that lists them anyway and has links of its own."""
    lines = _introduction(contract, lineage, link)
    if contract.references:
        lines += ["", *_references(contract, link)]
    if contract.view_schema:
        lines += ["", _view_name(contract)]
    lines += ["", f"{len(contract.columns)} columns. Page: `docs/tables/{page_name(contract)}`"]
    return "\n".join(lines)


def _introduction(contract: TableContract, lineage: Lineage, link: Link) -> list[str]:
    inputs = dict.fromkeys(given.key for sources in lineage.values() for given, _ in sources)
    made_from = ", ".join(f"[{key}]({link(key)})" for key in inputs)
    facts = [*_facts(contract), *([("made from", made_from)] if made_from else [])]
    return [f"**{contract.label}**: {contract.description}", "", *_table(("what", "says"), facts)]


def _facts(contract: TableContract) -> list[tuple[str, str]]:
    facts = [
        ("grain", contract.grain),
        ("owner", contract.owner),
        ("layer", str(contract.layer)),
        ("contract", f"`{contract.key}` {contract.version}"),
        ("asset", "" if contract.layer is Layer.PLATFORM else f"`{'/'.join(contract.asset_key)}`"),
        ("primary key", _names(contract.primary_key)),
        ("unique", "; ".join(_names(group) for group in contract.unique)),
        ("indexes", "; ".join(_names(group) for group in contract.indexes)),
        ("partition", contract.partition or ""),
        ("scope", _names(contract.scope)),
        ("write mode", _write_mode(contract)),
        ("conservation", f"{contract.conservation}: {_LAWS[contract.conservation]}"),
        ("control totals", _names(contract.control_totals)),
        ("reject budget", _budget(contract)),
        ("changes of the input", _evolution(contract)),
        ("store", f"{contract.store} ({', '.join(contract.kinds)})"),
    ]
    return [(name, text) for name, text in facts if text]


def _write_mode(contract: TableContract) -> str:
    said = f"{contract.write_mode}: {_WRITES[contract.write_mode]}"
    if contract.upsert_columns:
        said += f" and renews {_names(contract.upsert_columns)}"
    return said


def _budget(contract: TableContract) -> str:
    if contract.layer is Layer.PLATFORM:
        return ""
    rows = f" or {contract.budget.rows} rows" if contract.budget.rows is not None else ""
    return f"{(contract.budget.ratio * 100).normalize():f}%{rows}; above it nothing is published"


def _evolution(contract: TableContract) -> str:
    if contract.layer is Layer.PLATFORM:
        return ""
    modes = contract.evolution
    return f"columns {modes.columns}, types {modes.types}, values {modes.values}"


_COLUMN_HEADS = (
    "column",
    "label",
    "type",
    "unit",
    "null",
    "meaning",
    "rules",
    "headers in files",
    "personal",
    "from",
)


def _columns(contract: TableContract, lineage: Lineage) -> list[str]:
    rows = [_column_row(contract, column, lineage) for column in contract.columns]
    used = [any(cells) for cells in zip(*rows, strict=True)]
    return _table(_kept(_COLUMN_HEADS, used), [_kept(row, used) for row in rows])


def _kept(cells: Sequence[str], used: Sequence[bool]) -> list[str]:
    return [cell for cell, keep in zip(cells, used, strict=True) if keep]


def _column_row(contract: TableContract, column: Column, lineage: Lineage) -> tuple[str, ...]:
    key = " 🔑" if column.name in contract.primary_key else ""
    known = f" (known: {column.available})" if column.available else ""
    return (
        f"`{column.name}`{key}",
        column.label,
        sql_type(column.dtype),
        column.unit or "",
        "yes" if column.nullable else "",
        f"{column.meaning}{known}",
        "; ".join(str(check) for check in column.checks),
        ", ".join(column.aliases),
        "" if column.personal is PersonalData.NONE else str(column.personal),
        _origin(column, lineage),
    )


def _origin(column: Column, lineage: Lineage) -> str:
    if not lineage:
        return ""
    if column.role is Role.STAMP:
        return "the run"
    sources = lineage[column.name]
    return ", ".join(f"`{given.name}.{name}`" for given, name in sources) or "the build"


def sql_type(dtype: pa.DataType) -> str:
    """Name a column type as Postgres shows it."""
    if pa.types.is_decimal(dtype):
        return f"numeric({dtype.precision},{dtype.scale})"
    return _SQL_TYPES.get(dtype, str(dtype))


def _references(contract: TableContract, link: Link) -> list[str]:
    rows = [_reference_row(reference, link) for reference in contract.references]
    return _table(("columns", "point at", "how"), rows)


def _reference_row(reference: Reference, link: Link) -> tuple[str, str, str]:
    how = "foreign key" if reference.enforced else "checked and counted"
    target = f"[{reference.table}]({link(reference.table)}) ({_names(reference.target)})"
    return _names(reference.columns), target, how


def _view(contract: TableContract) -> list[str]:
    shown = [c for c in contract.columns if c.name in contract.identity_columns]
    heads = ("column of the view", "column of the table")
    rows = [(c.label, f"`{c.name}`") for c in shown]
    return [_view_name(contract), "", *_table(heads, rows)]


def _view_name(contract: TableContract) -> str:
    name = f'{contract.view_schema}."{contract.label}"'
    return f"`{name}` shows the same rows under the source's names."


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    def line(cells: Iterable[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"

    return [line(heads), "|" + "---|" * len(heads), *(line(row) for row in rows)]
