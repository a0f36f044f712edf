import pytest

from tests.unit.application.shop import DETAIL, MART, MONTH, NEXT, RAW, Shop
from work_data_hub.application.plan import plan_month
from work_data_hub.application.status import State, StatusReader, TableState
from work_data_hub.domain.kernel.errors import AmbiguousCandidatesError, NoCandidateError


def states(shop: Shop) -> dict[tuple[str, str], TableState]:
    found = StatusReader(shop.ports, shop.domain).read()
    return {(s.table.split(".")[2], str(s.period)): s for s in found}


def row(shop: Shop, month: str = "2025-11") -> list[str]:
    found = states(shop)
    return [str(found[(c.name, month)].state) for c in (RAW, DETAIL, MART)]


@pytest.fixture
def shop() -> Shop:
    made = Shop()
    made.drop(MONTH, ["1", "2"], "first")
    return made


def test_a_month_is_missing_then_fresh_then_stale(shop: Shop) -> None:
    assert row(shop) == ["missing"] * 3
    shop.load(MONTH)
    assert row(shop) == ["fresh"] * 3
    shop.drop(MONTH, ["3"], "corrected")
    assert row(shop) == ["stale"] * 3
    assert "2025-11.xlsx changed since" in states(shop)[("lines", "2025-11")].reason


def test_a_run_that_stops_between_layers_leaves_the_later_ones_stale(shop: Shop) -> None:
    shop.load(MONTH)
    shop.drop(MONTH, ["3"], "corrected")
    shop.run().build(shop.domain.table(RAW.key), MONTH)
    assert row(shop) == ["fresh", "stale", "stale"]


def test_correcting_a_month_marks_the_month_after_stale(shop: Shop) -> None:
    shop.drop(NEXT, ["9"], "next")
    shop.load(MONTH)
    shop.load(NEXT)
    shop.drop(MONTH, ["3"], "corrected")
    shop.load(MONTH)
    assert row(shop, "2025-12") == ["fresh", "fresh", "stale"]


def test_other_code_makes_everything_stale(shop: Shop) -> None:
    shop.load(MONTH)
    shop.code = "newer"
    assert row(shop) == ["stale"] * 3
    assert states(shop)[("lines", "2025-11")].reason == "the code changed since"


def test_an_ambiguous_month_is_refused_in_every_layer_before_anything_ran(shop: Shop) -> None:
    shop.finder.files[NEXT] = AmbiguousCandidatesError("several files", fix="f", candidates=("a", "b"))
    assert row(shop, "2025-12") == ["refused"] * 3
    assert states(shop)[("month", "2025-12")].reason == "2 candidates"


def test_a_month_without_file_is_missing_or_stale_when_its_file_went_away(shop: Shop) -> None:
    shop.load(MONTH)
    shop.finder.files[MONTH] = NoCandidateError("no file", fix="f")
    shop.finder.files[NEXT] = NoCandidateError("no file", fix="f")
    assert row(shop)[0] == "stale"
    assert row(shop, "2025-12")[0] == "missing"


def test_a_failed_build_shows_as_failed_until_it_is_built(shop: Shop) -> None:
    found = shop.finder.find(shop.domain.monthly_source, MONTH)
    shop.finder.contents[found.path] = "half"
    with pytest.raises(Exception, match="changed while"):
        shop.run().build(shop.domain.table(RAW.key), MONTH)
    assert row(shop)[0] == "failed"
    shop.finder.contents[found.path] = "first"
    shop.load(MONTH)
    assert row(shop) == ["fresh"] * 3


def test_a_plan_says_what_would_happen_and_changes_nothing(shop: Shop) -> None:
    plan = plan_month(shop.ports, shop.domain, MONTH)
    assert plan.file.name == "2025-11.xlsx"
    assert [(s.sheet, s.rows.data_rows, s.changed) for s in plan.sheets] == [("lines", 2, True)]
    assert [(t.table, t.state, t.rows_now) for t in plan.tables] == [
        ("shop_bronze.lines", State.MISSING, None),
        ("shop_silver.detail", State.MISSING, None),
        ("shop_gold.month", State.MISSING, None),
    ]
    assert (shop.ledger.tries, shop.ledger.files, shop.store.published) == ([], [], [])
    shop.load(MONTH)
    again = plan_month(shop.ports, shop.domain, MONTH)
    assert [s.changed for s in again.sheets] == [False]
    assert [(t.state, t.rows_now) for t in again.tables] == [
        (State.FRESH, 2),
        (State.FRESH, 2),
        (State.FRESH, 1),
    ]
