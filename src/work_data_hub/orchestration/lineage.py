"""Where columns come from, as the UI can show it: the open-source UI draws no column graph, but shows descriptions."""

from collections.abc import Mapping

import dagster as dg

from work_data_hub.domain.kernel.build import Buildable, DropIntake, SheetIntake
from work_data_hub.domain.kernel.contract import Column, Role
from work_data_hub.domain.kernel.lineage import Lineage, Source


def asset_page(key: str) -> str:
    """Give the path in the UI of the page of the table with a contract key."""
    return "/assets/" + key.replace(".", "/")


def lineage_metadata(lineage: Lineage) -> dict[str, dg.TableColumnLineage]:
    """Give the lineage under the key that other tools read; a table made from a file has none."""
    if not lineage:
        return {}
    deps = {name: [_dep(source) for source in sources] for name, sources in lineage.items()}
    return {"dagster/column_lineage": dg.TableColumnLineage(deps)}


def _dep(source: Source) -> dg.TableColumnDep:
    contract, name = source
    return dg.TableColumnDep(asset_key=dg.AssetKey(contract.asset_key), column_name=name)


def origin_text(table: Buildable, column: Column, lineage: Lineage) -> str:
    """Say in markdown where a column comes from, with links to the pages of the tables."""
    if column.role is Role.STAMP:
        return "set by the run"
    if isinstance(table, SheetIntake | DropIntake):
        headers = _headers(table).get(column.name)
        return f"the sheet's column {headers}" if headers else "made while the sheet is read"
    found = [f"[{given.name}.{name}]({asset_page(given.key)})" for given, name in lineage[column.name]]
    return ", ".join(found or column.sources) or "made by the build, from no input column"


def _headers(intake: SheetIntake | DropIntake) -> Mapping[str, str]:
    spec = intake.drop if isinstance(intake, DropIntake) else intake.sheet
    return {column.name: " or ".join(column.headers) for column in spec.columns}
