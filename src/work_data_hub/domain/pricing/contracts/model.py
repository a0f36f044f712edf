"""What is learnt each month from the months before it: limits of segments, and the price bands' model."""

from typing import Final

from work_data_hub.domain.kernel.columns import count, flag, text
from work_data_hub.domain.kernel.contract import Check, TableContract
from work_data_hub.domain.kernel.models import ModelVerdict
from work_data_hub.domain.pricing.contracts.shapes import (
    BU,
    MONTH_FOR,
    OWNER,
    RUN,
    discount,
    lines,
    number,
)

LEVEL_UNIT: Final = "keys"
ALL_KEYS: Final = "all"

PRICE_LIMITS: Final = TableContract(
    key="pricing.model.price_limits",
    version="1.0.0",
    label="Price limits",
    description="What each segment was given in the past, and the limits that follow; thin segments take those of a wider one.",
    grain="one row per business unit, month and segment, at each level of the key hierarchy",
    owner=OWNER,
    columns=(
        BU,
        MONTH_FOR,
        count("level", "Level", "keys that make the segment: 0 is the whole business unit", unit=LEVEL_UNIT),
        text(
            "segment", "Segment", "values of the segment's keys, joined by |; all for level 0", nullable=False
        ),
        lines("support", "Lines", "usable lines of the segment"),
        discount("floor", "Floor", "lower limit of a recommended discount", nullable=False),
        discount("cap", "Cap", "upper limit of a recommended discount", nullable=False),
        discount("p25", "P25", "first quartile of the discounts given", nullable=False),
        discount("p50", "P50", "median of the discounts given", nullable=False),
        discount("p75", "P75", "third quartile of the discounts given", nullable=False),
        flag("thin", "Thin", "fewer lines than limits need; a wider segment's hold"),
        text(
            "policy_version",
            "Policy",
            "twelve hex digits of the guardrails' rules and limits",
            nullable=False,
        ),
        RUN,
    ),
    primary_key=("bu_id", "period", "level", "segment"),
    scope=("bu_id", "period"),
    partition="month",
    member="bu_id",
)

PRICE_BANDS: Final = TableContract(
    key="pricing.model.price_bands",
    version="1.0.0",
    label="Price bands",
    description="The month's challenger: trained on earlier months, judged on the last of them against incumbent and naive bands.",
    grain="one row per business unit and month in which a model is due; none where history is too short",
    owner=OWNER,
    columns=(
        BU,
        MONTH_FOR,
        text("model_name", "Model", "name in ledger and registry", nullable=False),
        text("model_version", "Version", "twelve hex digits of the model's content", nullable=False),
        text(
            "verdict",
            "Verdict",
            "promoted or refused",
            nullable=False,
            checks=(Check("known_verdict", one_of=tuple(ModelVerdict)),),
        ),
        text("reason", "Reason", "why", nullable=False),
        text("incumbent_version", "Incumbent", "version it was judged against; null for the first"),
        lines("train_lines", "Training lines", "lines it learnt from"),
        lines("test_lines", "Test lines", "later lines it was judged on"),
        number("pinball", "Pinball", "mean pinball loss over the quantiles", unit="share", nullable=False),
        number("pinball_incumbent", "Pinball, incumbent", "the same for the incumbent", unit="share"),
        number(
            "pinball_naive",
            "Pinball, segment quantiles",
            "the same for bands of segment quantiles",
            unit="share",
            nullable=False,
        ),
        number(
            "coverage",
            "Coverage",
            "share of discounts within P10-P90, ends drawn by lot at atoms",
            unit="share",
            nullable=False,
        ),
        number("width", "Width", "mean width of P10-P90", unit="share", nullable=False),
        number("mae", "MAE", "mean absolute error of the median", unit="share", nullable=False),
        number("rmse", "RMSE", "root mean square error of the median", unit="share", nullable=False),
        number(
            "mape", "MAPE", "mean absolute percentage error where the discount is 1 % or more", unit="share"
        ),
        lines("repaired", "Repaired lines", "test lines whose quantiles were put in order"),
        text("rows_fingerprint", "Rows", "fingerprint of the test lines", nullable=False),
        text("importances", "Importances", "JSON: share of the gain of each feature", nullable=False),
        text("calibration", "Calibration", "JSON: share of discounts below each quantile", nullable=False),
        RUN,
    ),
    primary_key=("bu_id", "period"),
    scope=("bu_id", "period"),
    partition="month",
    member="bu_id",
    kinds=("postgres", "lightgbm"),
)
