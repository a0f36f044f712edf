import pyarrow as pa
import pyarrow.compute as pc
import pytest
import sqlalchemy as sa
from tests.adapters.loader.tables import INSERTED, NOVEMBER, OCTOBER, SALES, UPSERTED, sales

from work_data_hub.domain.kernel.contract import TableContract, WriteMode
from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.loader.tables import table_of
from work_data_hub.io.loader.warehouse_loader import LoadCounts, Session, WarehouseLoader


def lines(loader: WarehouseLoader, contract: TableContract = SALES, scope: Scope = OCTOBER) -> list[object]:
    table = loader.read(contract, scope=scope, columns=("line",), order_by=("line",))
    return list(table["line"].to_pylist())


def test_replacing_a_scope_with_fewer_rows_leaves_no_stale_rows(loader: WarehouseLoader) -> None:
    loader.load_dataframe(sales(250), SALES, scope=OCTOBER)
    result = loader.load_dataframe(sales(7, first=240), SALES, scope=OCTOBER)
    assert result.counts == LoadCounts(deleted=250, inserted=7)
    assert lines(loader) == list(range(240, 247))


def test_replacing_a_scope_leaves_other_scopes_untouched(loader: WarehouseLoader) -> None:
    loader.load_dataframe(sales(5, month=11, name="kept"), SALES, scope=NOVEMBER)
    loader.load_dataframe(sales(5), SALES, scope=OCTOBER)
    loader.load_dataframe(sales(0), SALES, scope=OCTOBER)
    assert loader.read(SALES, order_by=("line",)).equals(sales(5, month=11, name="kept"))


def test_a_scope_is_emptied_by_a_load_without_rows(loader: WarehouseLoader) -> None:
    loader.load_dataframe(sales(3), SALES, scope=OCTOBER)
    assert loader.load_dataframe(sales(0), SALES, scope=OCTOBER).counts == LoadCounts(deleted=3)
    assert lines(loader) == []


def test_rows_outside_the_scope_are_refused_and_nothing_is_deleted(loader: WarehouseLoader) -> None:
    loader.load_dataframe(sales(3), SALES, scope=OCTOBER)
    with pytest.raises(PermanentError, match="2025-11-01 lie outside the scope period=2025-10-01"):
        loader.load_dataframe(sales(3, month=11), SALES, scope=OCTOBER)
    assert lines(loader) == [1, 2, 3]


@pytest.mark.parametrize("scope", [None, Scope((("line", 1),)), Scope((("period", "x"), ("line", 1)))])
def test_a_scope_other_than_the_contracts_is_refused(loader: WarehouseLoader, scope: Scope | None) -> None:
    loader.load_dataframe(sales(3), SALES, scope=OCTOBER)
    with pytest.raises(PermanentError, match="can't say what to replace"):
        loader.load_dataframe(sales(1), SALES, scope=scope)
    assert lines(loader) == [1, 2, 3]


def test_a_fault_while_loading_rolls_the_delete_back_too(loader: WarehouseLoader) -> None:
    loader.load_dataframe(sales(150), SALES, scope=OCTOBER)
    twice = pa.concat_tables([sales(120), sales(120)])
    with pytest.raises(PermanentError, match=r"duplicate key.*\(period, line\)=\(2025-10-01, 1\)") as caught:
        loader.load_dataframe(twice, SALES, scope=OCTOBER)
    assert caught.value.evidence["sqlstate"] == "23505"
    assert caught.value.evidence["constraint"] == "pk_sales"
    assert caught.value.evidence["table"] == "shop_silver.sales"
    assert loader.read(SALES, order_by=("line",)).equals(sales(150))


def test_an_exception_in_the_block_rolls_everything_back(loader: WarehouseLoader) -> None:
    loader.load_dataframe(sales(2), SALES, scope=OCTOBER)

    def interrupted(session: Session) -> None:
        session.replace_scope(SALES, OCTOBER, sales(9))
        session.append(UPSERTED, sales(1))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        loader.run(interrupted)
    assert lines(loader) == [1, 2]
    assert lines(loader, UPSERTED) == []


def test_a_transaction_is_seen_by_others_only_after_its_end(loader: WarehouseLoader) -> None:
    with loader.transaction() as session:
        session.replace_scope(SALES, OCTOBER, sales(4))
        assert lines(loader) == []
    assert lines(loader) == [1, 2, 3, 4]


def test_appending_adds_rows(loader: WarehouseLoader) -> None:
    loader.load_dataframe(sales(2), SALES, mode=WriteMode.APPEND)
    result = loader.load_dataframe(sales(3, first=3), SALES, mode=WriteMode.APPEND)
    assert (result.mode, result.counts) == (WriteMode.APPEND, LoadCounts(inserted=3))
    assert lines(loader) == [1, 2, 3, 4, 5]


def test_an_upsert_inserts_the_unknown_renews_what_differs_and_counts_the_rest(
    loader: WarehouseLoader,
) -> None:
    loader.load_dataframe(sales(4), UPSERTED)
    changed = pa.concat_tables([sales(1), sales(2, first=2, name="coffee"), sales(3, first=5)])
    assert loader.load_dataframe(changed, UPSERTED).counts == LoadCounts(inserted=3, updated=2, unchanged=1)
    names = loader.read(UPSERTED, columns=("name",), order_by=("line",))["name"].to_pylist()
    assert names == ["tea 1", "coffee 2", "coffee 3", "tea 4", "tea 5", "tea 6", "tea 7"]
    assert loader.load_dataframe(changed, UPSERTED).counts == LoadCounts(unchanged=6)


def test_an_upsert_touches_only_the_declared_columns(loader: WarehouseLoader) -> None:
    loader.load_dataframe(sales(1), UPSERTED)
    other = (
        sales(1).set_column(6, "paid", pa.array([True])).set_column(2, "name", pa.array([None], pa.string()))
    )
    assert loader.load_dataframe(other, UPSERTED).counts.updated == 1
    row = loader.read(UPSERTED).to_pylist()[0]
    assert (row["name"], row["paid"]) == (None, False)


def test_without_columns_to_renew_known_rows_stay_as_they_are(loader: WarehouseLoader) -> None:
    loader.load_dataframe(sales(3), INSERTED)
    result = loader.load_dataframe(sales(5, name="other"), INSERTED)
    assert result.counts == LoadCounts(inserted=2, unchanged=3)
    assert loader.read(INSERTED, order_by=("line",))["name"].to_pylist()[:4] == [
        "tea 1",
        "tea 2",
        "tea 3",
        "other 4",
    ]


def test_a_key_twice_in_one_upsert_is_refused(loader: WarehouseLoader) -> None:
    with pytest.raises(PermanentError, match="2 rows repeat the key of another"):
        loader.load_dataframe(pa.concat_tables([sales(2), sales(2, name="x")]), UPSERTED)


def test_two_upserts_in_one_transaction_do_not_meet_each_others_rows(loader: WarehouseLoader) -> None:
    with loader.transaction() as session:
        assert session.upsert(UPSERTED, sales(3)).inserted == 3
        assert session.upsert(UPSERTED, sales(2, first=3)) == LoadCounts(inserted=1, unchanged=1)


def test_a_large_upsert_counts_right(loader: WarehouseLoader) -> None:
    loader.load_dataframe(sales(12_000), UPSERTED)
    result = loader.load_dataframe(sales(12_000, first=6_001), UPSERTED)
    assert result.counts == LoadCounts(inserted=6_000, unchanged=6_000)


def test_small_ledger_rows_are_inserted_with_bound_values(loader: WarehouseLoader) -> None:
    rows = [
        {"period": OCTOBER.values[0][1], "line": 1, "name": "Robert'); DROP TABLE sales;--", "amount": None},
        {"period": OCTOBER.values[0][1], "line": 2, "name": None, "amount": None},
    ]
    assert loader.run(lambda session: session.insert(SALES, rows)) == 2
    assert loader.run(lambda session: session.insert(SALES, [])) == 0
    found = loader.read(SALES, columns=("name",), order_by=("line",))["name"].to_pylist()
    assert found == ["Robert'); DROP TABLE sales;--", None]


def test_statements_give_affected_rows_and_results(loader: WarehouseLoader) -> None:
    loader.load_dataframe(sales(10), SALES, scope=OCTOBER)
    table = table_of(SALES)

    def work(session: Session) -> tuple[int, int, list[dict[str, object]]]:
        updated = session.execute(sa.update(table).where(table.c.line.in_([1, 2, 99])).values(name="new"))
        deleted = session.execute(sa.delete(table).where(table.c.line > 7))
        query = sa.select(sa.func.sum(table.c.amount).label("total"), sa.func.count().label("rows"))
        return updated, deleted, session.fetch(query.where(table.c.name != sa.bindparam("n", "new")))

    updated, deleted, rows = loader.run(work)
    assert (updated, deleted) == (2, 3)
    assert rows == [{"total": pc.sum(sales(5, first=3)["amount"]).as_py(), "rows": 5}]


def test_text_statements_take_named_values(loader: WarehouseLoader) -> None:
    query = sa.text("SELECT :name AS name, :number + 1 AS number, CAST(:nothing AS date) AS nothing")
    bound = query.bindparams(name="x'y", number=41, nothing=None)
    assert loader.run(lambda session: session.fetch(bound)) == [
        {"name": "x'y", "number": 42, "nothing": None}
    ]
