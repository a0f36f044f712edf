"""Gold: whether the bands hold, whether inputs drift, and what each business unit's data allow."""

from typing import Final

from work_data_hub.domain.kernel.columns import flag, text
from work_data_hub.domain.kernel.contract import Check, TableContract
from work_data_hub.domain.pricing.contracts.shapes import BU, OWNER, PERIOD, RUN, discount, lines, number

DRIFT_STATES: Final = ("ok", "warn", "alert", "too_few")
SCENARIOS: Final = ("A", "B", "C", "D", "E")

PRICE_DIAGNOSTICS: Final = TableContract(
    key="pricing.gold.price_diagnostics",
    version="1.0.0",
    label="Price diagnostics",
    description="How the bands of a month met what was sold: coverage, loss, limits, adoption; and whether to train again.",
    grain="one row per business unit, month and segment; segment all is the whole unit",
    owner=OWNER,
    columns=(
        BU,
        PERIOD,
        text(
            "dimension",
            "Dimension",
            "key of the segment: all, product_family, region, customer_tier, qty_band",
            nullable=False,
        ),
        text("segment", "Segment", "value of the key; all for the whole unit", nullable=False),
        lines("scored", "Scored", "scored order lines"),
        lines("actuals", "Actuals", "of these, lines with a usable discount"),
        number(
            "coverage",
            "Coverage",
            "share of actuals within P10-P90 before guardrails, ends drawn by lot at atoms",
            unit="share",
        ),
        number(
            "coverage_closed", "Coverage, closed", "share of actuals within the closed interval", unit="share"
        ),
        number("below", "Below P10", "share of actuals below P10 before guardrails", unit="share"),
        number("above", "Above P90", "share of actuals above P90 before guardrails", unit="share"),
        number("pinball", "Pinball", "mean pinball loss before guardrails", unit="share"),
        number("mae", "MAE", "mean absolute error of the median before guardrails", unit="share"),
        number("width", "Width", "mean width of P10-P90 before guardrails", unit="share"),
        number("cap_rate", "Cap hits", "share of scored lines at the cap", unit="share"),
        number("floor_rate", "Floor hits", "share of scored lines at the floor", unit="share"),
        number("adoption", "Adoption", "share of actuals within the recommended band", unit="share"),
        number("distance", "Distance", "mean of actual discount less recommended median", unit="share"),
        discount("mean_discount", "Mean discount", "mean of the actual discounts"),
        flag(
            "retrain",
            "Retrain",
            "coverage is out of bounds, or inputs drifted with too few actuals to judge by",
        ),
        text("retrain_reason", "Reason", "why, or why not", nullable=False),
        text("model_version", "Model version", "version that scored; null without a score"),
        RUN,
    ),
    primary_key=("bu_id", "period", "dimension", "segment"),
    scope=("bu_id", "period"),
    partition="month",
    member="bu_id",
)

PRICE_DRIFT: Final = TableContract(
    key="pricing.gold.price_drift",
    version="1.0.0",
    label="Price drift",
    description="How the month's inputs and discounts differ from what the champion learnt from.",
    grain="one row per business unit, month and feature, the target among them",
    owner=OWNER,
    columns=(
        BU,
        PERIOD,
        text("feature", "Feature", "feature, or the target", nullable=False),
        number("psi", "PSI", "population stability index against the frozen reference", unit="index"),
        number(
            "psi_expected", "PSI by chance", "index that so few lines show without any drift", unit="index"
        ),
        number("missing", "Missing", "share of missing values", unit="share", nullable=False),
        number(
            "missing_reference",
            "Missing, reference",
            "share of missing values in the reference",
            unit="share",
            nullable=False,
        ),
        number(
            "unseen",
            "Unseen",
            "share of categories the reference does not know",
            unit="share",
            nullable=False,
        ),
        lines("line_count", "Lines", "lines of the month"),
        text(
            "state",
            "State",
            "ok, warn, alert or too_few",
            nullable=False,
            checks=(Check("known_state", one_of=DRIFT_STATES),),
        ),
        RUN,
    ),
    primary_key=("bu_id", "period", "feature"),
    scope=("bu_id", "period"),
    partition="month",
    member="bu_id",
)

SCENARIO_READINESS: Final = TableContract(
    key="pricing.gold.scenario_readiness",
    version="1.0.0",
    label="Scenario readiness",
    description="Which scenario a business unit's data are in, computed from the data, and what that allows.",
    grain="one row per business unit and finding",
    owner=OWNER,
    columns=(
        BU,
        text("finding", "Finding", "what was looked at", nullable=False),
        number("measured", "Measured", "the figure", unit="as the finding says"),
        text("unit", "Unit", "unit of the figure", nullable=False),
        text("meaning", "Meaning", "what it means", nullable=False),
        text(
            "scenario",
            "Scenario",
            "scenario the business unit is in",
            nullable=False,
            checks=(Check("known", one_of=SCENARIOS),),
        ),
        RUN,
    ),
    primary_key=("bu_id", "finding"),
    scope=("bu_id",),
    member="bu_id",
)
