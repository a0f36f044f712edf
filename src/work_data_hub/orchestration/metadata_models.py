"""What the UI shows of models and of what they score: figures that it draws over time, verdicts, versions, pictures."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import dagster as dg
import pyarrow as pa

from work_data_hub.application.runs import PublishRecord
from work_data_hub.domain.kernel.contract import Layer, TableContract
from work_data_hub.orchestration.members import MEMBERS
from work_data_hub.orchestration.model_pictures import calibration, importances

Facts = Mapping[str, Any]
Row = dict[str, str | int | float]

_SHOWN_LAYERS: Final = (Layer.MODEL, Layer.SCORE, Layer.GOLD)
_DIGITS: Final = 6
_APART: Final = ("steps", MEMBERS)
_VERSIONS: Final = ("verdict", "challenger", "incumbent", "champion")


def facts_by_member(contract: TableContract, record: PublishRecord) -> dict[str, Facts]:
    """Give each member's facts by its name; those of a table without members have none."""
    if contract.member is None:
        return {"": record.facts}
    told = {name: facts for name, facts in record.facts.items() if name not in _APART}
    return {name: facts for name, facts in told.items() if isinstance(facts, Mapping)}


def model_rows(contract: TableContract, record: PublishRecord) -> list[Row]:
    """Give the verdict on each member's challenger and the versions at stake; where none was trained, that."""
    return [
        {**_named(name), **{word: str(model.get(word) or "none") for word in _VERSIONS}}
        for name, model in _models(contract, record).items()
        if "trained" in model
    ]


def reason_rows(contract: TableContract, record: PublishRecord) -> list[Row]:
    """Give why each verdict came out as it did: a table of its own, for beside versions the UI cuts it off."""
    return [
        {**_named(name), "reason": str(model.get("reason"))}
        for name, model in _models(contract, record).items()
    ]


def _models(contract: TableContract, record: PublishRecord) -> dict[str, Facts]:
    """Give what is told of each member's training, or why there was none; limits are set without any training."""
    if contract.layer is not Layer.MODEL:
        return {}
    told = {name: _model(facts) for name, facts in facts_by_member(contract, record).items()}
    return {name: model for name, model in told.items() if model}


def _model(facts: Facts) -> Facts:
    if isinstance(model := facts.get("model"), Mapping):
        return {**model, "trained": True}
    known = {"trained": False} if "trained" in facts else {}
    return {"reason": facts["why_not"], **known} if "why_not" in facts else {}


def _named(member: str) -> Row:
    return {"member": member} if member else {}


def model_pictures(contract: TableContract, record: PublishRecord) -> dict[str, Any]:
    """Draw the calibration and the importances of each challenger."""
    if contract.layer is not Layer.MODEL:
        return {}
    drawn = {
        f"{name} {title}".lstrip(): picture
        for name, facts in facts_by_member(contract, record).items()
        if isinstance(facts.get("model"), Mapping)
        for title, picture in _pictures(facts)
    }
    return {title: dg.MetadataValue.md(picture) for title, picture in drawn.items()}


def _pictures(facts: Facts) -> Iterator[tuple[str, str]]:
    if isinstance(shares := facts.get("calibration"), Mapping):
        yield "calibration", calibration([(quantile_of(name), share) for name, share in shares.items()])
    if isinstance(gains := facts.get("importances"), Mapping):
        yield "importances", importances(gains)


def quantile_of(name: str) -> float:
    """Give the quantile that a figure is named after.

    >>> quantile_of("q_0_10")
    0.1
    """
    return float(".".join(name.split("_")[-2:]))


def figure_rows(contract: TableContract, record: PublishRecord) -> list[Row]:
    """Give all figures of a build, a row for each and a column for each member: the UI cuts off what is wide."""
    if contract.layer not in _SHOWN_LAYERS or contract.member is None:
        return []
    found = {name: _metrics(facts) for name, facts in facts_by_member(contract, record).items()}
    told = {name: metrics for name, metrics in found.items() if metrics}
    figures = dict.fromkeys(figure for metrics in told.values() for figure in metrics)
    return [{"figure": figure, **_cells(figure, told)} for figure in figures]


def _cells(figure: str, told: Mapping[str, Mapping[str, int | float]]) -> Row:
    return {name: _rounded(metrics[figure]) if figure in metrics else "" for name, metrics in told.items()}


def charted(contract: TableContract, record: PublishRecord) -> dict[str, int | float]:
    """Give the figures that are also columns, under names that stay: the UI draws them over time.

    A count of what a true or false column says comes as its share of the member's rows.
    """
    if contract.layer not in _SHOWN_LAYERS:
        return {}
    return {
        f"{name} {figure}".lstrip(): _rounded(value)
        for name, facts in facts_by_member(contract, record).items()
        for figure, value in _charted(contract, _metrics(facts), _rows_of(record, name))
    }


def _charted(
    contract: TableContract, metrics: Mapping[str, int | float], rows: int
) -> Iterator[tuple[str, int | float]]:
    for name, value in metrics.items():
        if name not in contract.column_names:
            continue
        if not pa.types.is_boolean(contract.column(name).dtype):
            yield name, value
        elif rows:
            yield name, value / rows


def _rows_of(record: PublishRecord, member: str) -> int:
    """Give how many rows a member published; of a table without members, all."""
    told = record.facts.get(MEMBERS)
    rows = told if isinstance(told, list | tuple) else ()
    return next((int(row["published"]) for row in rows if row["member"] == member), record.counts.published)


def _rounded(value: float) -> int | float:
    return value if isinstance(value, int) else round(value, _DIGITS)


def _metrics(facts: Facts) -> dict[str, int | float]:
    metrics = facts.get("metrics")
    if not isinstance(metrics, Mapping):
        return {}
    return {
        name: value
        for name, value in metrics.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
