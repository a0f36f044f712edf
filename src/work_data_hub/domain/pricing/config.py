"""A business unit's configuration as typed, frozen values; files are read elsewhere."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, Self

from pydantic import ConfigDict, Discriminator, Field, StringConstraints, Tag, model_validator

from work_data_hub.domain.kernel.typed import (
    READ_ONLY,
    CodeMap,
    Exact,
    Frozen,
    Month,
    Name,
    fingerprint,
    nothing,
)

# keys by which lines are alike, from the finest set down to the whole business unit
SEGMENT_KEYS: Final = ("product_family", "region", "customer_tier", "qty_band")
# what a missing segment key is called, so that lines without one form a segment of their own
UNKNOWN: Final = "unknown"

BuId = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{0,15}$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Share = Annotated[Exact, Field(ge=0, le=1)]
Quantile = Annotated[float, Field(gt=0, lt=1)]


class _Rules(Frozen):
    # YAML has lists, no tuples
    model_config = ConfigDict(strict=False)


class Files(_Rules):
    """Where a drop lies below the landing root; folders are tried in order."""

    folders: tuple[Name, ...] = Field(min_length=1)
    patterns: tuple[Name, ...] = Field(min_length=1)
    suffixes: tuple[Name, ...] = (".csv", ".parquet", ".xlsx")


class HubTable(_Rules):
    """A table of the hub in the place of files, by its contract key."""

    table: Annotated[str, StringConstraints(pattern=r"^[a-z]+\.[a-z]+\.[a-z0-9_]+$")]


def _place(value: object) -> str:
    """Tell files from a table, so that an error speaks of that form alone."""
    named = "table" in value if isinstance(value, Mapping) else isinstance(value, HubTable)
    return "(table)" if named else "(files)"


Orders = Annotated[
    Annotated[Files, Tag("(files)")] | Annotated[HubTable, Tag("(table)")], Discriminator(_place)
]


class DataPaths(_Rules):
    """Where lines come from and where results go; without a scoring table, orders are scored."""

    orders_table: Orders
    scoring_table: Files | None = None
    lookups: Files | None = None
    line_output_table: Name = "pricing.score.price_recs_line"
    deal_output_table: Name = "pricing.score.price_recs_deal"
    diagnostics_table: Name = "pricing.gold.price_diagnostics"


class Hop(_Rules):
    """One step through a lookup: the file (its stem), the column that is matched and the column that is taken."""

    lookup: Name
    key: Name
    value: Name


class FromColumn(_Rules):
    """A value as a column of the orders has it."""

    column: Name


class FromLookup(_Rules):
    """A value found through lookups, each step starting from what the one before gave."""

    start: Name
    path: tuple[Hop, ...] = Field(min_length=1)


class Fixed(_Rules):
    """One value for every line."""

    value: Name


class TrailingQuantile(_Rules):
    """A list price where the source has none: a quantile of the product's daily highest prices on the days before."""

    rule: Literal["trailing_quantile"]
    quantile: Quantile
    days: int = Field(gt=0, le=366)
    # fewer days with a sale give no list price
    min_days: int = Field(1, gt=0)


class TrailingSpend(_Rules):
    """A tier by what the customer bought in the days before the order; `floors` are where the tiers begin."""

    rule: Literal["trailing_spend"]
    days: int = Field(gt=0)
    floors: Annotated[Mapping[Name, Exact], *READ_ONLY] = Field(min_length=1)
    otherwise: Name


class FirstDigits(_Rules):
    """A family by the first characters of a code."""

    rule: Literal["first_characters"]
    column: Name
    length: int = Field(gt=0, le=10)


def _form(value: object) -> str:
    """Tell from its keys which form a source has, so that an error speaks of that form alone."""
    if not isinstance(value, Mapping):
        return _FORM_OF.get(type(value).__name__, "(column)")
    if "rule" in value:
        return f"({value['rule']})"
    if "start" in value or "path" in value:
        return "(lookup)"
    return "(value)" if "value" in value else "(column)"


_FORM_OF: Final = {
    "FromLookup": "(lookup)",
    "Fixed": "(value)",
    "FirstDigits": "(first_characters)",
    "TrailingQuantile": "(trailing_quantile)",
    "TrailingSpend": "(trailing_spend)",
}
_ByForm: Final = Discriminator(
    _form,
    custom_error_type="unknown_source",
    custom_error_message="a column, a lookup, a value or a rule that this field knows",
)
_Plain = (
    Annotated[FromColumn, Tag("(column)")]
    | Annotated[FromLookup, Tag("(lookup)")]
    | Annotated[Fixed, Tag("(value)")]
    | Annotated[FirstDigits, Tag("(first_characters)")]
)
Source = Annotated[_Plain, _ByForm]
ListPrice = Annotated[_Plain | Annotated[TrailingQuantile, Tag("(trailing_quantile)")], _ByForm]
Tier = Annotated[_Plain | Annotated[TrailingSpend, Tag("(trailing_spend)")], _ByForm]
# forms that an error's field may name and the file does not
SOURCE_FORMS: Final = ("(files)", "(table)", "(column)", *_FORM_OF.values())


class LineFilter(_Rules):
    """Which rows of the orders are lines of this business unit; the others are skipped and counted."""

    equals: CodeMap = Field(default_factory=nothing)
    not_null: tuple[Name, ...] = ()
    # smaller lines are skipped; a trailing list price sees them all the same
    min_quantity: Exact | None = None
    # currencies that are taken as they stand beside the unit's own; lines in others are rejected
    currencies: tuple[Currency, ...] = ()
    # whether lines that were given away train models
    free_samples: Literal["exclude", "train"] = "exclude"


class Columns(_Rules):
    """How each column of an order line is obtained; what is not named is absent."""

    order_id: Source
    order_line_id: Source
    customer_id: Source
    product_id: Source
    country: Source
    order_date: Source
    quantity: Source
    sell_price: Source
    list_price: ListPrice
    currency: Source | None = None
    unit_cost: Source | None = None
    negotiated: Source | None = None
    quote_id: Source | None = None
    sales_rep: Source | None = None


class QuantityBands(_Rules):
    """Quantity bands: each begins at its floor, so 9.5 pieces lie in the band below 10."""

    floors: tuple[Exact, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if list(self.floors) != sorted(set(self.floors)) or self.floors[0] <= 0:
            raise ValueError("floors above 0, each higher than the one before")
        return self


class Segments(_Rules):
    """Which keys make a segment, from what each is obtained, and the order in which thin segments fall back."""

    keys: tuple[Literal["product_family", "region", "customer_tier", "qty_band"], ...] = SEGMENT_KEYS
    product_family: Source
    region: Source
    customer_tier: Tier
    qty_band: QuantityBands

    @model_validator(mode="after")
    def _keys_once(self) -> Self:
        if not self.keys or len(set(self.keys)) != len(self.keys):
            raise ValueError("at least one key, each once")
        return self


class Guardrails(_Rules):
    """Limits of a recommended discount: percentiles of what a segment was given, and absolute ones beside them."""

    cap_percentile: Quantile = 0.75
    floor_percentile: Quantile = 0.10
    abs_cap: Exact | None = Field(None, le=1)
    abs_floor: Exact | None = Field(None, le=1)
    # a segment with fewer lines takes the limits of the wider one
    min_lines: int = Field(30, gt=0)
    # smallest margin on the recommended price, where the cost is known
    min_margin: Share | None = None
    widen_factor_negotiated: float = Field(1.0, ge=1)
    widen_factor_default: float = Field(1.0, ge=1)

    @model_validator(mode="after")
    def _floor_below_cap(self) -> Self:
        if self.floor_percentile >= self.cap_percentile:
            raise ValueError("floor_percentile below cap_percentile")
        if self.abs_floor is not None and self.abs_cap is not None and self.abs_floor > self.abs_cap:
            raise ValueError("abs_floor not above abs_cap")
        return self


class Promotion(_Rules):
    """When a challenger takes over: better than incumbent and naive bands by a share of their pinball, in coverage."""

    margin: float = Field(0.0, ge=0, lt=1)
    naive_margin: float = Field(0.0, ge=0, lt=1)
    coverage: tuple[Quantile, Quantile] = (0.72, 0.88)


class Training(_Rules):
    """What is learnt, from what, and how it is judged; `test_size` is the last share of deals in time."""

    target_column: Literal["discount_pct"] = "discount_pct"
    # which of the scenarios is run; those that are not built refuse with what they would need
    scenario: Literal["A", "B", "C", "D", "E"] = "A"
    split: Literal["time"] = "time"
    test_size: float = Field(0.2, gt=0, lt=1)
    random_state: int = 42
    quantiles: tuple[Quantile, ...] = (0.1, 0.5, 0.9)
    experiment_name: Name | None = None
    folds: int = Field(5, ge=2, le=20)
    every_months: int = Field(1, gt=0)
    min_lines: int = Field(500, gt=0)
    history_months: int | None = Field(None, gt=0)
    # settings of the learner, as it names them
    learner: Annotated[Mapping[Name, int | float | str | bool], *READ_ONLY] = Field(default_factory=nothing)
    # groups with fewer rows lean on the offset of all rows
    calibration_shrinkage: float = Field(200.0, ge=0)
    promotion: Promotion = Field(default_factory=lambda: Promotion.model_validate({}))

    @model_validator(mode="after")
    def _quantiles_rise(self) -> Self:
        rising = list(self.quantiles) == sorted(set(self.quantiles))
        if not rising or 0.5 not in self.quantiles or len(self.quantiles) < 3:  # noqa: PLR2004
            raise ValueError("quantiles that rise, at least three, 0.5 among them")
        return self


class PriceBasis(_Rules):
    """What a price of this business unit means."""

    currency: Currency
    tax: Literal["net", "gross"] = "net"
    freight: Literal["excluded", "included"] = "excluded"
    rebates: Literal["excluded", "included"] = "excluded"


class DriftRules(_Rules):
    """When inputs count as drifted: PSI above what chance explains, and a change of the share of missing values."""

    bins: int = Field(10, ge=2, le=50)
    psi_warn: float = Field(0.1, gt=0)
    psi_alert: float = Field(0.25, gt=0)
    missing_change: float = Field(0.05, gt=0)
    # a retrain is asked for where P10-P90 holds less or more than this of what happened
    coverage: tuple[Quantile, Quantile] = (0.70, 0.90)
    min_lines: int = Field(100, gt=0)


class Months(_Rules):
    """The months a business unit is active in; without them, those its orders lie in."""

    first: Month | None = None
    last: Month | None = None


class BuConfig(_Rules):
    """All that the price desk takes from outside for one business unit."""

    schema_version: Literal[1]
    bu_id: BuId
    label: Name
    price_basis: PriceBasis
    data_paths: DataPaths
    columns: Columns
    lines: LineFilter = Field(default_factory=LineFilter)
    segments: Segments
    months: Months = Field(default_factory=Months)
    guardrails: Guardrails = Field(default_factory=lambda: Guardrails.model_validate({}))
    training: Training = Field(default_factory=lambda: Training.model_validate({}))
    drift: DriftRules = Field(default_factory=lambda: DriftRules.model_validate({}))
    extra: Annotated[Mapping[Name, Any], *READ_ONLY] = Field(default_factory=nothing)

    @model_validator(mode="after")
    def _has_what_it_names(self) -> Self:
        if self.data_paths.lookups is None and self.hops:
            raise ValueError("data_paths.lookups, for a column is found through a look-up")
        if isinstance(self.data_paths.orders_table, HubTable) and self.data_paths.scoring_table:
            raise ValueError("no data_paths.scoring_table where the orders are a table of the hub")
        return self

    @property
    def sources(self) -> Mapping[str, Source | TrailingQuantile | TrailingSpend]:
        """From what each named column of an order line is obtained, the segment keys among them."""
        keys = ("product_family", "region", "customer_tier")
        found = {name: getattr(self.columns, name) for name in Columns.model_fields}
        found |= {name: getattr(self.segments, name) for name in keys}
        return {name: source for name, source in found.items() if source is not None}

    @property
    def hops(self) -> tuple[Hop, ...]:
        """Every step through a look-up that a column takes, each once."""
        paths = (source.path for source in self.sources.values() if isinstance(source, FromLookup))
        return tuple(dict.fromkeys(hop for path in paths for hop in path))

    @property
    def experiment_name(self) -> str:
        """Name under which runs are tracked."""
        return self.training.experiment_name or f"price_rec_{self.bu_id}"

    @property
    def model_name(self) -> str:
        """Name of the model in ledger and registry."""
        return f"{MODEL_FAMILY}_{self.bu_id}"

    def fingerprint(self) -> str:
        """Give a hash that changes when results may; where files lie and results go changes none."""
        kept = self.model_dump(mode="json", exclude={"data_paths": True, "label": True})
        return fingerprint(kept)


class PricingConfig(_Rules):
    """All business units by their id."""

    start_month: Month
    units: Annotated[Mapping[BuId, BuConfig], *READ_ONLY]

    def unit(self, bu_id: str | None) -> BuConfig:
        """Give a business unit."""
        return self.units[bu_id or ""]

    def fingerprint(self) -> str:
        """Give a hash over all business units."""
        return fingerprint({name: unit.fingerprint() for name, unit in self.units.items()})


MODEL_FAMILY: Final = "price_rec"


def quantile_column(quantile: float, prefix: str = "disc_q") -> str:
    """Name the column of a quantile: 0.1 is disc_q_0_10."""
    return f"{prefix}_{Decimal(str(quantile)):.2f}".replace(".", "_")
