"""The golden month against its values as they were worked out by hand: that file is the other side as it is."""

from pathlib import Path

import pytest
from tests.fakes import FakeLedger, FakeStore
from tests.fixtures.golden.golden import OVERRIDE_PLANS, PERIOD, SALT, write_golden
from tests.unit.annuity.rows import config, stamped

from work_data_hub.application.compare.model import CompareOptions, CompareReport
from work_data_hub.application.compare.use_case import compare_table
from work_data_hub.application.domains import Domain
from work_data_hub.application.sources import SourceSpec
from work_data_hub.domain.annuity.contracts import SCALE_DETAIL, SCALE_ROWS
from work_data_hub.domain.annuity.scale import SCALE, SCALE_SHEET
from work_data_hub.domain.annuity.tables import BUILDS, INTAKES
from work_data_hub.domain.kernel.build import BuildContext
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.domain.pipelines.bronze import bronze_outcome
from work_data_hub.io.compare.files import file_side
from work_data_hub.io.readers.excel_reader import ExcelReader

EXPECTED = Path(__file__).parents[2] / "fixtures" / "golden" / "expected_silver.csv"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> FakeStore:
    """What cleaning makes of the golden workbook."""
    path = write_golden(tmp_path_factory.mktemp("golden") / "book.xlsx")
    raw = bronze_outcome(SCALE_ROWS, ExcelReader().read(path, SCALE_SHEET), PERIOD, "f" * 16)
    settings = config(salt=SALT, overrides={"plan_code": OVERRIDE_PLANS})
    made = SCALE.make(BuildContext(PERIOD, {"scale_rows": stamped(SCALE_ROWS, raw.accepted)}, settings))
    scope = (SCALE_DETAIL.key, Scope.month(PERIOD).key)
    return FakeStore(FakeLedger(), {scope: stamped(SCALE_DETAIL, made.accepted)})


def against(store: FakeStore, path: Path) -> CompareReport:
    domain = Domain("annuity", SourceSpec("annuity", (), ()), None, "", PERIOD, INTAKES, BUILDS)
    return compare_table(store, domain, SCALE_DETAIL, PERIOD, file_side(path, ()), options=CompareOptions())


def test_the_golden_month_is_at_parity_with_its_values(store: FakeStore) -> None:
    report = against(store, EXPECTED)
    assert report.verdict.startswith("100 % parity: all 22 rows agree"), report.findings.differences
    assert report.columns_only_here == ("portfolio_type",)
    assert report.columns_only_there == ("row_number",)


def test_one_wrong_figure_of_the_golden_month_is_found(store: FakeStore, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.csv"
    damaged.write_text(EXPECTED.read_text("utf-8").replace(",1234.5,", ",1234.6,"), encoding="utf-8")
    [found] = against(store, damaged).findings.differences
    assert (found.column, str(found.difference)) == ("opening_aum_yuan", "-0.1000")
    assert (found.place_here.row, found.place_there.row) == (5, 3)
