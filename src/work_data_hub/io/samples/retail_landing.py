"""Writes the retail drops of a landing folder: two brands and the exchange rates, and what they must come to."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, Final

from work_data_hub.domain.retail.sample.eurostyle import Eurostyle, make_eurostyle
from work_data_hub.domain.retail.sample.fashion import Fashion, Row, make_fashion
from work_data_hub.domain.retail.sample.options import RetailOptions
from work_data_hub.domain.retail.sample.rates import HEADERS, RATES
from work_data_hub.io.samples.line_workbook import write_lines

LINES_PATH: Final = "retail/eurostyle/online_retail_ii.xlsx"
RATES_PATH: Final = "retail/rates/units_per_eur.csv"
_STORE_PATH: Final = "retail/contoso/dataset_fashion_store_{}.csv"
RETAIL_FILES: Final = 9
Written = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class RetailManifest:
    """What the retail drops hold, in the words of JSON; amounts are exact text, paths relative."""

    seed: int
    lines: int
    files: Mapping[str, str]
    eurostyle: Mapping[str, Any]
    contoso: Mapping[str, Any]
    rates: Mapping[str, Any]


def write_retail(root: Path, options: RetailOptions, written: Written = lambda _: None) -> RetailManifest:
    """Write all retail files; `written` hears the path of each."""
    eurostyle, fashion = make_eurostyle(options), make_fashion(options)
    write_lines(root / LINES_PATH, eurostyle.sheets)
    written(LINES_PATH)
    paths = [LINES_PATH]
    for path, headers, rows in _csv_files(fashion):
        _write_csv(root / path, headers, rows)
        written(path)
        paths.append(path)
    hashes = {path: hashlib.sha256((root / path).read_bytes()).hexdigest() for path in paths}
    return _manifest(options, hashes, eurostyle, fashion)


def store_path(table: str) -> str:
    """Give the path of one of the fashion store's files."""
    return _STORE_PATH.format(table)


def _csv_files(fashion: Fashion) -> Iterable[tuple[str, Row, Iterable[Row]]]:
    yield from ((store_path(table.name), table.headers, table.rows) for table in fashion.tables)
    yield RATES_PATH, HEADERS, RATES


def _write_csv(path: Path, headers: Row, rows: Iterable[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # as the real files: no quotes, lines that end in CR LF, and none after the last one
    text = "\r\n".join(",".join(cells) for cells in (headers, *rows))
    path.write_text(text, encoding="utf-8", newline="")


def _manifest(
    options: RetailOptions, hashes: Mapping[str, str], eurostyle: Eurostyle, fashion: Fashion
) -> RetailManifest:
    return RetailManifest(
        seed=options.seed,
        lines=options.lines,
        files=hashes,
        eurostyle={"sheets": exact(eurostyle.sheet_truths), **exact(eurostyle.truth)},
        contoso=exact(fashion.truth),
        rates={"source": "ECB", "rows": len(RATES)},
    )


def exact(value: Any) -> Any:
    """Turn a truth into what JSON knows: dates and amounts as text with all their digits."""
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, Mapping):
        return {key: exact(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [exact(item) for item in value]
    if is_dataclass(value):
        return {field.name: exact(getattr(value, field.name)) for field in fields(value)}
    return str(value)
