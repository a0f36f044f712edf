"""Every layout in which the months have come."""

import pytest
from tests.adapters.connectors.conftest import Put

from work_data_hub.application.sources import SourceSpec
from work_data_hub.domain.kernel.errors import AmbiguousCandidatesError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.io.connectors.file_connector import FileConnector

DEEP = "收集数据/数据采集"
LAYOUTS = {
    "no 收集数据 level": (
        "2023-11",
        ["202311/数据采集/23年11月年金终稿数据.xlsx"],
        "202311/数据采集/23年11月年金终稿数据.xlsx",
        None,
    ),
    "base folder, older name": (
        "2024-11",
        [f"202411/{DEEP}/24年11月年金终稿数据1209.xlsx"],
        f"202411/{DEEP}/24年11月年金终稿数据1209.xlsx",
        None,
    ),
    "V1 and V2": (
        "2024-12",
        [f"202412/{DEEP}/V1/24年12月年金终稿数据.xlsx", f"202412/{DEEP}/V2/24年12月年金终稿数据.xlsx"],
        f"202412/{DEEP}/V2/24年12月年金终稿数据.xlsx",
        "V2",
    ),
    "V1 only": (
        "2025-01",
        [f"202501/{DEEP}/V1/【for年金机构经营分析】25年01月年金规模收入数据 0210.xlsx"],
        f"202501/{DEEP}/V1/【for年金机构经营分析】25年01月年金规模收入数据 0210.xlsx",
        "V1",
    ),
    "flat": (
        "2025-02",
        ["202502/25年02月年金规模收入数据.xlsx"],
        "202502/25年02月年金规模收入数据.xlsx",
        None,
    ),
    "name changed to 规模及收入": (
        "2025-11",
        [f"202511/{DEEP}/【for年金机构经营分析】25年11月年金规模及收入数据 1210.xlsm"],
        f"202511/{DEEP}/【for年金机构经营分析】25年11月年金规模及收入数据 1210.xlsm",
        None,
    ),
    "award files alone in the higher version": (
        "2025-12",
        [f"202512/{DEEP}/25年12月年金规模及收入数据.xlsx", f"202512/{DEEP}/V3/台账登记.xlsx"],
        f"202512/{DEEP}/25年12月年金规模及收入数据.xlsx",
        None,
    ),
}


@pytest.mark.parametrize("trait", LAYOUTS)
def test_the_right_file_is_found(trait: str, connector: FileConnector, put: Put, scale: SourceSpec) -> None:
    month, files, right, version = LAYOUTS[trait]
    folder = right.rsplit("/", 1)[0]
    decoys = [
        f"{folder}/~$25年10月年金规模收入数据.xlsx",
        f"{folder}/回复 25年10月年金规模收入数据.xlsx",
        f"{folder}/25年10月年金规模收入数据.eml",
        f"{folder}/25年10月年金规模收入数据.xls",
        f"{folder}/._25年10月年金规模收入数据.xlsx",
        f"{folder}/说明.txt",
    ]
    for name in [*files, *decoys]:
        put(name)
    found = connector.find(scale, Period.parse(month))
    assert (found.name, found.version) == (right, version)
    assert found.path.read_text(encoding="utf-8") == right


def test_two_candidates_in_the_highest_version_are_refused_by_name(
    connector: FileConnector, put: Put, scale: SourceSpec
) -> None:
    tag = f"202510/{DEEP}/V3/【for年金机构经营分析】25年10月年金规模收入数据"
    put(f"202510/{DEEP}/V2/25年10月年金规模收入数据.xlsx")
    names = (put(f"{tag} 1110终稿.xlsx"), put(f"{tag} 1111.xlsx"))
    with pytest.raises(AmbiguousCandidatesError) as caught:
        connector.find(scale, Period(2025, 10))
    error = caught.value
    assert error.what.splitlines()[0] == "annuity 2025-10: 2 candidates"
    assert error.evidence["candidates"] == (f"{tag} 1110终稿.xlsx", f"{tag} 1111.xlsx")
    assert all(path.name in str(error) for path in names)
    assert "Fix: " in str(error)
    assert error.exit_status == 4


def test_months_are_those_with_a_folder(connector: FileConnector, put: Put, scale: SourceSpec) -> None:
    for month, files, _, _ in LAYOUTS.values():
        assert month
        for name in files:
            put(name)
    for stray in ("202513/x", "20251/x", "archive/202401/x", "２０２４１２/x", "202509.xlsx", "000012/x"):
        put(stray)
    assert [str(month) for month in connector.months(scale)] == [
        *("2023-11", "2024-11", "2024-12", "2025-01", "2025-02", "2025-11", "2025-12")
    ]
