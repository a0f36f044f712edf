"""Scores: a band for each line and each deal, with what explains it."""

from typing import Final

from work_data_hub.domain.kernel.columns import amount, count, flag, text
from work_data_hub.domain.kernel.contract import DAY, STAMP, Column, Role, TableContract
from work_data_hub.domain.pricing.contracts.shapes import (
    BU,
    LINE_KEY,
    LINE_KIND,
    OWNER,
    PARTIES,
    PERIOD,
    QUANTITY,
    RUN,
    SEGMENT,
    discount,
    lines,
    number,
    price,
    value,
)

_SCORED: Final = Column("scored_ts", STAMP, "Scored", "when the run that scored began", role=Role.STAMP)
_VERSIONS: Final = (
    text("model_name", "Model", "model that scored", nullable=False),
    text("model_version", "Model version", "version that scored: the champion of the month", nullable=False),
    text("policy_version", "Policy version", "version of the guardrails' limits", nullable=False),
    text("feature_version", "Feature version", "version of the feature table's contract", nullable=False),
)
_BAND: Final = (
    discount("disc_q_0_10", "P10", "discount that one in ten such lines stays below", nullable=False),
    discount("disc_q_0_50", "P50", "the usual discount", nullable=False),
    discount("disc_q_0_90", "P90", "discount that one in ten such lines exceeds", nullable=False),
)

PRICE_RECS_LINE: Final = TableContract(
    key="pricing.score.price_recs_line",
    version="1.0.0",
    label="Price recommendations by line",
    description=(
        "The usual range of the discount of each line after guardrails, and why. Usual, not optimal: it is learnt "
        "from orders that were won."
    ),
    grain="one row per line of order_features",
    owner=OWNER,
    columns=(
        BU,
        PERIOD,
        LINE_KIND,
        *LINE_KEY,
        *PARTIES,
        *SEGMENT,
        Column("asof_date", DAY, "As of", "day of the order: nothing later is used"),
        price("list_price", "List price", "list price as of the order", nullable=False),
        amount("quantity", "Quantity", "units", unit="units", dtype=QUANTITY, nullable=False),
        value("list_value", "List value", "list price times quantity", nullable=False),
        *_BAND,
        discount("raw_q_0_10", "P10, raw", "P10 before guardrails", nullable=False),
        discount("raw_q_0_50", "P50, raw", "P50 before guardrails", nullable=False),
        discount("raw_q_0_90", "P90, raw", "P90 before guardrails", nullable=False),
        price("rec_price_q_0_10", "Price at P10", "list price less the P10 discount", nullable=False),
        price("rec_price_q_0_50", "Price at P50", "list price less the P50 discount", nullable=False),
        price("rec_price_q_0_90", "Price at P90", "list price less the P90 discount", nullable=False),
        flag("quantile_repaired", "Repaired", "the model's quantiles crossed and were put in order"),
        flag("cap_hit", "Cap hit", "a quantile lay above the cap"),
        flag("floor_hit", "Floor hit", "a quantile lay below the floor"),
        flag(
            "band_collapsed",
            "Collapsed",
            "the band has no width: one discount, or wholly beyond one limit",
        ),
        text(
            "bound_by", "Bound by", "which limits bound which quantiles, as cap:segment@q0.9; null where none"
        ),
        discount("floor", "Floor", "lower limit that held", nullable=False),
        discount("cap", "Cap", "upper limit that held", nullable=False),
        count(
            "limit_level",
            "Limit level",
            "keys of the segment whose limits held: 0 is the whole unit",
            unit="keys",
        ),
        text("limit_segment", "Limit segment", "segment whose limits held", nullable=False),
        lines("support", "Support", "past lines of that segment"),
        discount("similar_p25", "Similar P25", "first quartile of the discounts given there", nullable=False),
        discount("similar_p50", "Similar P50", "median of the discounts given there", nullable=False),
        discount("similar_p75", "Similar P75", "third quartile of the discounts given there", nullable=False),
        flag("unseen_customer", "New customer", "no usable line of the customer in the year before"),
        flag("unseen_product", "New product", "no usable line of the product in the year before"),
        number(
            "calibration_offset",
            "Calibration",
            "what calibration added to the width on both sides",
            unit="share",
            nullable=False,
        ),
        text(
            "drivers",
            "Drivers",
            "JSON: the features that moved the median most, and by how much",
            nullable=False,
        ),
        text("justification", "Justification", "the answer in words", nullable=False),
        *_VERSIONS,
        RUN,
        _SCORED,
    ),
    primary_key=("bu_id", "period", "line_kind", "order_id", "order_line_id"),
    scope=("bu_id", "period"),
    partition="month",
    member="bu_id",
)

PRICE_RECS_DEAL: Final = TableContract(
    key="pricing.score.price_recs_deal",
    version="1.0.0",
    label="Price recommendations by deal",
    description=(
        "Bands of whole orders and quotes: the value-weighted means of their lines' quantiles. An approximation: too wide "
        "where the errors of lines are independent, right only where they move together."
    ),
    grain="one row per order or quote with a scored line",
    owner=OWNER,
    columns=(
        BU,
        PERIOD,
        LINE_KIND,
        text("order_id", "Deal", "order, or quote", nullable=False),
        text("customer_id", "Customer", "customer", nullable=False),
        Column("asof_date", DAY, "As of", "day of the order"),
        lines("line_count", "Lines", "scored lines of the deal"),
        value("deal_value", "Deal value", "list value of its lines", nullable=False),
        discount(
            "deal_disc_q_0_10", "P10", "value-weighted mean of the lines' P10; null for a deal of no value"
        ),
        discount(
            "deal_disc_q_0_50", "P50", "value-weighted mean of the lines' P50; null for a deal of no value"
        ),
        discount(
            "deal_disc_q_0_90", "P90", "value-weighted mean of the lines' P90; null for a deal of no value"
        ),
        number("cap_share", "Lines at cap", "share of its lines at the cap", unit="share", nullable=False),
        number(
            "floor_share", "Lines at floor", "share of its lines at the floor", unit="share", nullable=False
        ),
        text("method", "Method", "how the deal's band is made", nullable=False),
        *_VERSIONS,
        RUN,
        _SCORED,
    ),
    primary_key=("bu_id", "period", "line_kind", "order_id"),
    scope=("bu_id", "period"),
    partition="month",
    member="bu_id",
)
