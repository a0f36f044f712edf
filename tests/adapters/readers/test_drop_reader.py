"""A drop in every form: workbook, text and Parquet give the same texts, each guarded."""

import datetime as dt
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from work_data_hub.domain.kernel.errors import (
    ConfigurationError,
    DamagedInputError,
    EmptyInputError,
    HeaderMissingError,
    InputChangedError,
    IntakeLimitError,
    SheetMissingError,
)
from work_data_hub.domain.kernel.sheets import DropSpec, SheetColumn, SheetRead
from work_data_hub.io.readers.drop_reader import read_drop
from work_data_hub.io.readers.limits import LIMITS

Sheets = Mapping[str, Iterable[Iterable[Any]]]
Write = Callable[[Sheets], Path]
HEADERS = ("Invoice", "Quantity", "InvoiceDate", "Price", "Note")
SPEC = DropSpec(
    (
        SheetColumn("invoice", ("Invoice", "InvoiceNo"), required=True),
        SheetColumn("quantity", ("Quantity",), required=True),
        SheetColumn("ordered_at", ("InvoiceDate",)),
        SheetColumn("price", ("Price", "UnitPrice")),
        SheetColumn("country", ("Country",)),
    )
)


def moment(*parts: int) -> dt.datetime:
    """Give a moment without a zone, as sheets hold it."""
    return dt.datetime(*parts)  # type: ignore[arg-type] # noqa: DTZ001


ROWS = (
    ("489434", 12, moment(2009, 12, 1, 7, 45), 6.95, "a"),
    ("C489449", -1, moment(2009, 12, 2), 0.1 + 0.2, None),
    ("A506401", 80995, moment(2010, 1, 1, 23, 59, 59), -53594.36, " b\u00a0"),
    (None, None, None, None, None),
    ("gift_0001_10", 0, None, 1e-7, "合计"),
)


@pytest.fixture
def workbook(tmp_path: Path) -> Write:
    def write(sheets: Sheets) -> Path:
        import openpyxl

        book = openpyxl.Workbook()
        book.remove(book["Sheet"])
        for title, rows in sheets.items():
            page = book.create_sheet(title)
            for row in rows:
                page.append(list(row))
        book.save(tmp_path / "data.xlsx")
        return tmp_path / "data.xlsx"

    return write


@pytest.fixture
def parquet(tmp_path: Path) -> Callable[..., Path]:
    def write(columns: Mapping[str, Any] | pa.Table, **options: Any) -> Path:
        table = columns if isinstance(columns, pa.Table) else pa.table(dict(columns))
        pq.write_table(table, tmp_path / "data.parquet", **options)
        return tmp_path / "data.parquet"

    return write


def cells(read: SheetRead, name: str) -> list[str | None]:
    return [None if pd.isna(cell) else cell for cell in read.rows[name]]


def written(path: Path, name: str = "price") -> list[str | None]:
    (read,) = read_drop(path, SPEC)
    return cells(read, name)


def priced(price: pa.Array) -> dict[str, Any]:
    count = range(len(price))
    return {"Invoice": [f"i{n}" for n in count], "Quantity": list(count), "Price": price}


def test_every_sheet_that_answers_is_read_in_the_order_of_the_workbook(workbook: Write) -> None:
    body = [HEADERS, *ROWS]
    path = workbook({"Year 2011": body, "Notes": [["x"]], "YEAR 2010": [HEADERS, ROWS[0]]})
    reads = read_drop(path, replace(SPEC, sheets="year*"))
    assert [(read.sheet, read.data_rows) for read in reads] == [("Year 2011", 4), ("YEAR 2010", 1)]
    assert reads[0].sheets_seen == ("Year 2011", "Notes", "YEAR 2010")


def test_more_sheets_than_are_read_at_once_stay_in_order(workbook: Write) -> None:
    path = workbook({f"S{number}": [HEADERS, (f"i{number}", number)] for number in range(7)})
    for limits in (LIMITS, replace(LIMITS, cells=10)):
        reads = read_drop(path, SPEC, limits=limits)
        assert [cells(read, "invoice") for read in reads] == [[f"i{number}"] for number in range(7)]


def test_no_sheet_that_answers_is_refused_with_those_there_are(workbook: Write) -> None:
    path = workbook({"Notes": [["x"]]})
    with pytest.raises(SheetMissingError, match=r"No sheet .* answers 'Year\*'; it has 'Notes'"):
        read_drop(path, replace(SPEC, sheets="Year*"))


def test_a_sheet_beyond_the_limits_or_without_its_headers_refuses_the_file(workbook: Write) -> None:
    path = workbook({"S1": [HEADERS, *ROWS], "S2": [["Invoice"], ["x"]]})
    with pytest.raises(HeaderMissingError, match="Quantity"):
        read_drop(path, SPEC)
    with pytest.raises(IntakeLimitError):
        read_drop(path, SPEC, limits=replace(LIMITS, cells=10))


def test_words_that_mark_totals_elsewhere_are_data_in_a_drop(workbook: Write) -> None:
    (read,) = read_drop(workbook({"S": [HEADERS, *ROWS, ("合计", 1)]}), SPEC)
    assert (read.totals_rows, read.data_rows, read.blank_rows) == (0, 5, 1)


def test_headers_go_by_their_aliases_and_others_are_kept(workbook: Write, tmp_path: Path) -> None:
    rows = [("InvoiceNo", "Quantity", "UnitPrice", "Extra"), ("1", "2", "3", "4")]
    book = workbook({"data": rows})
    csv, tsv = tmp_path / "data.csv", tmp_path / "data.tsv"
    csv.write_text("\n".join(",".join(row) for row in rows), "utf-8")
    tsv.write_text("\n".join("\t".join(row) for row in rows), "utf-8")
    table = pa.table({name: [cell] for name, cell in zip(*rows, strict=True)})
    pq.write_table(table, tmp_path / "data.parquet")
    for path in (book, csv, tsv, tmp_path / "data.parquet"):
        (read,) = read_drop(path, SPEC)
        assert read.header_map == {"invoice": "InvoiceNo", "quantity": "Quantity", "price": "UnitPrice"}
        assert read.column_letters == {"invoice": "A", "quantity": "B", "price": "C"}
        assert (read.sheet, read.header_row, read.rows["row_number"].tolist()) == ("data", 1, [2])
        assert (read.unknown_headers, read.absent_columns) == (("Extra",), ("ordered_at", "country"))
        assert cells(read, "extra_cells") == ['{"Extra": "4"}']


def test_without_declared_columns_every_cell_is_kept_under_its_own_header(
    workbook: Write, tmp_path: Path
) -> None:
    rows = [("Key", "Name"), ("1", "a"), ("2", "b")]
    csv = tmp_path / "data.csv"
    csv.write_text("\n".join(",".join(row) for row in rows), "utf-8")
    table = pa.table({name: cells for name, *cells in zip(*rows, strict=True)})
    pq.write_table(table, tmp_path / "data.parquet")
    for path in (workbook({"data": rows}), csv, tmp_path / "data.parquet"):
        (read,) = read_drop(path, DropSpec(()))
        assert (read.header_row, read.unknown_headers, read.data_rows) == (1, ("Key", "Name"), 2)
        assert cells(read, "extra_cells") == ['{"Key": "1", "Name": "a"}', '{"Key": "2", "Name": "b"}']


@pytest.mark.parametrize("dates", [pa.timestamp("ms"), pa.timestamp("us"), pa.timestamp("ns")])
@pytest.mark.parametrize("text", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_a_workbook_and_a_parquet_file_of_the_same_rows_give_equal_texts(
    workbook: Write, parquet: Callable[..., Path], dates: pa.DataType, text: pa.DataType
) -> None:
    types = (text, pa.int64(), dates, pa.float64(), text)
    columns = zip(HEADERS, types, zip(*ROWS, strict=True), strict=True)
    table = pa.table({name: pa.array(values, dtype) for name, dtype, values in columns})
    (sheet,) = read_drop(workbook({"data": [HEADERS, *ROWS]}), SPEC)
    (typed,) = read_drop(parquet(table, row_group_size=2), SPEC)
    pd.testing.assert_frame_equal(sheet.rows, typed.rows)
    for name in ("read_rows", "blank_rows", "data_rows", "header_row", "header_map", "column_letters"):
        assert getattr(sheet, name) == getattr(typed, name), name


CELLS = {
    # beside whole numbers and those below a millionth, of which the workbook library keeps less
    # and numbers of fifteen digits, as the writer of workbooks rounds longer ones by itself
    pa.float64(): st.floats(-1e15, 1e15)
    .filter(lambda number: abs(number) > 1e-4)
    .map(lambda number: float(f"{number:.15g}")),
    pa.int64(): st.integers(-(10**14), 10**14),
    pa.bool_(): st.booleans(),
    pa.date32(): st.dates(dt.date(1950, 1, 1), dt.date(2099, 12, 31)),
    pa.timestamp("ms"): st.datetimes(moment(1950, 1, 1), moment(2099, 12, 31)).map(
        lambda moment: moment.replace(microsecond=0)
    ),
    pa.string(): st.text(st.characters(codec="utf-8", categories=("L", "N", "Zs", "P")), max_size=9),
}


@pytest.mark.parametrize("dtype", CELLS, ids=str)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_plain_value_is_the_same_text_from_both(
    workbook: Write, parquet: Callable[..., Path], dtype: pa.DataType, data: st.DataObject
) -> None:
    values = data.draw(st.lists(st.none() | CELLS[dtype], min_size=1, max_size=20))
    rows = [(f"i{number}", 1, None, value) for number, value in enumerate(values)]
    sheet = written(workbook({"data": [HEADERS, *rows]}))
    assert written(parquet(priced(pa.array(values, dtype)))) == sheet


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (pa.array([0.1, 1.0, 1e16, -0.0, float("nan"), None]), ["0.1", "1", "10000000000000000", "0", None, None]),
        (pa.array([0.1, 2.5], pa.float32()), ["0.1", "2.5"]),
        (pa.array([2**63 - 1, -5]), ["9223372036854775807", "-5"]),
        (pa.array([Decimal("12.50"), Decimal("100.00"), Decimal("-0.00"), None]), ["12.5", "100", "0", None]),
        (pa.array([Decimal("12345678901234567.89")]), ["12345678901234567.89"]),
        (pa.array([Decimal("12.50"), None]).cast(pa.decimal32(4, 2)), ["12.5", None]),
        (pa.array(["x", None]).cast(pa.string_view()), ["x", None]),
        (pa.array([True, False, None]), ["true", "false", None]),
        (pa.array([dt.date(2010, 12, 1), None]), ["2010-12-01", None]),
        (pa.array([dt.time(8, 26), dt.time(8, 26, 1, 500000)]), ["08:26:00", "08:26:01.500"]),
        (pa.array(["2010-12-01 00:00:00", "", "-0", "x"]), ["2010-12-01", None, "0", "x"]),
        (pa.array([b"x", b"\xe5\x90\x88"]), ["x", "合"]),
        (pa.array([None, None], pa.null()), [None, None]),
        (
            pa.array([dt.datetime(2010, 12, 1, tzinfo=dt.UTC), dt.datetime(2010, 12, 1, 8, 26, tzinfo=dt.UTC)]),
            ["2010-12-01T00:00:00Z", "2010-12-01T08:26:00Z"],
        ),
        (
            pa.array([moment(2010, 12, 1, 8, 26)], pa.timestamp("us", "Asia/Shanghai")),
            ["2010-12-01T08:26:00Z"],
        ),
    ],
)  # fmt: skip
def test_typed_cells_are_written_in_the_canonical_form(
    parquet: Callable[..., Path], values: pa.Array, texts: list[str | None]
) -> None:
    assert written(parquet(priced(values))) == texts


def test_two_columns_of_one_name_are_told_apart(parquet: Callable[..., Path]) -> None:
    arrays = [pa.array(["a"]), pa.array([1]), pa.array(["b"])]
    (read,) = read_drop(parquet(pa.table(arrays, names=["Invoice", "Quantity", "Invoice"])), SPEC)
    assert (cells(read, "invoice"), cells(read, "extra_cells")) == (["a"], ['{"Invoice (2)": "b"}'])
    assert len(read.warnings) == 1


@pytest.mark.parametrize(
    ("column", "error", "told"),
    [
        (pa.array(["a", "b\0c"]), DamagedInputError, "NUL character"),
        (pa.array(["a", "x" * 32_768]), DamagedInputError, "too long"),
        (pa.array([["a"], ["b"]]), DamagedInputError, "no plain value"),
        (pa.array([{"a": 1}, None]), DamagedInputError, "no plain value"),
        (pa.array([dt.timedelta(1), None]), DamagedInputError, "no plain value"),
        (pa.array([b"\xff", b"a"]), DamagedInputError, "can't be read"),
        (pa.array([b"\xff", b"a"]).view(pa.string()), DamagedInputError, "can't be read"),
    ],
)
def test_what_no_sheet_could_hold_is_refused(
    parquet: Callable[..., Path], column: pa.Array, error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        read_drop(parquet(priced(column)), SPEC)


def test_a_bad_cell_is_named_by_its_row_and_column(parquet: Callable[..., Path]) -> None:
    with pytest.raises(DamagedInputError) as caught:
        read_drop(parquet(priced(pa.array(["a", "b\0c"]))), SPEC)
    where = caught.value.where
    assert where is not None
    assert (where.sheet, where.row, where.column) == ("data", 3, "C")


@pytest.mark.parametrize(
    ("limit", "value"),
    [
        *(("parquet_rows", 99), ("parquet_cells", 299), ("columns", 2), ("total_bytes", 100)),
        *(("file_bytes", 100), ("text_bytes", 99)),
    ],
)
def test_a_parquet_file_beyond_a_limit_is_refused_before_it_is_unpacked(
    parquet: Callable[..., Path], limit: str, value: int
) -> None:
    path = parquet(priced(pa.array(["x"] * 100)))
    assert read_drop(path, SPEC)[0].data_rows == 100
    with pytest.raises(IntakeLimitError):
        read_drop(path, SPEC, limits=replace(LIMITS, **{limit: value}))


@pytest.mark.parametrize(("limit", "value"), [("file_bytes", 20), ("columns", 1)])
def test_a_text_file_beyond_a_limit_is_refused(tmp_path: Path, limit: str, value: int) -> None:
    path = tmp_path / "data.csv"
    path.write_text("Invoice,Quantity\n1,2\n")
    assert read_drop(path, SPEC)[0].data_rows == 1
    with pytest.raises(IntakeLimitError):
        read_drop(path, SPEC, limits=replace(LIMITS, **{limit: value}))


def test_a_long_text_that_repeats_is_refused_without_being_repeated(parquet: Callable[..., Path]) -> None:
    rows = 20_000
    long = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), ["x" * 30_000])
    path = parquet({"Invoice": ["i"] * rows, "Quantity": [1] * rows, "Price": long})
    assert path.stat().st_size < 200_000
    with pytest.raises(IntakeLimitError, match="repeats too much text"):
        read_drop(path, SPEC)


@pytest.mark.parametrize(
    "harm",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data[:-4],
        lambda data: data + b"\0",
        lambda data: b"PARE" + data[4:],
        lambda data: data[:4] + bytes(len(data) - 12) + data[-8:],
        lambda data: data[:8] + bytes(200) + data[208:],
        lambda data: data[:-8] + b"\xff\xff\xff\x7f" + data[-4:],
        lambda data: b"PAR1PAR1",
        lambda data: b"Invoice,Quantity\n1,2\n",
        lambda data: b"",
    ],
)
def test_a_damaged_parquet_file_is_refused(
    parquet: Callable[..., Path], harm: Callable[[bytes], bytes]
) -> None:
    path = parquet(priced(pa.array([f"text {n}" for n in range(100)])))
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises((DamagedInputError, EmptyInputError)) as caught:
        read_drop(path, SPEC)
    assert "Fix: " in str(caught.value)


@given(st.binary(min_size=1, max_size=6), st.integers(0, 10_000))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_parquet_file_with_flipped_bytes_is_read_or_refused(
    parquet: Callable[..., Path], junk: bytes, at: int
) -> None:
    path = parquet(priced(pa.array([f"text {n}" for n in range(50)])))
    data = bytearray(path.read_bytes())
    at %= len(data)
    data[at : at + len(junk)] = junk
    path.write_bytes(data)
    try:
        (read,) = read_drop(path, SPEC)
    except (DamagedInputError, EmptyInputError, IntakeLimitError, HeaderMissingError) as refused:
        assert "Fix: " in str(refused)  # noqa: PT017 - either way is right, this one has more to say
    else:
        assert read.read_rows == read.blank_rows + read.repeated_header_rows + read.data_rows


def test_a_parquet_file_without_rows_or_headers_is_refused(parquet: Callable[..., Path]) -> None:
    with pytest.raises(EmptyInputError):
        read_drop(parquet(priced(pa.array([], pa.string()))), SPEC)
    with pytest.raises(HeaderMissingError, match="Quantity"):
        read_drop(parquet({"Invoice": ["a"]}), SPEC)
    with pytest.raises(EmptyInputError):
        read_drop(parquet(pa.table({})), SPEC)


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".parquet", ".xlsx"])
def test_a_content_that_was_not_announced_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"data{suffix}"
    path.write_bytes(b"x")
    with pytest.raises(InputChangedError):
        read_drop(path, SPEC, sha256="0" * 64)


def test_a_form_that_no_reader_knows_is_a_wrong_configuration(tmp_path: Path) -> None:
    (tmp_path / "data.json").write_text("{}")
    with pytest.raises(ConfigurationError, match=r"\.json"):
        read_drop(tmp_path / "data.json", SPEC)


def test_a_zip_under_a_workbooks_name_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "data.xlsx", "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(DamagedInputError):
        read_drop(tmp_path / "data.xlsx", SPEC)
