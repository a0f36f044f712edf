"""The retail domain's configuration as typed, frozen values; files are read elsewhere."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Final, Literal, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

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
from work_data_hub.domain.retail.contracts.shapes import SYSTEMS

UNMAPPED: Final = "Unmapped"
EURO: Final = "EUR"

System = Literal["EUROSTYLE", "CONTOSO"]
Region = Literal["North", "South", "Other"]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Patterns = tuple[Name, ...]


class _Rules(Frozen):
    # YAML has lists, no tuples
    model_config = ConfigDict(strict=False)


class Brand(_Rules):
    """Which brand a source's lines are of, their currency, and the share of revenue that counts as margin without cost."""

    system: System
    currency: Currency
    estimated_margin: Exact = Field(ge=0, le=1)


class Valuation(_Rules):
    """The one day whose exchange rates value everything, and who publishes them."""

    valuation_date: date
    source: Name
    oldest_days: int = Field(ge=0, le=31)


class Codes(_Rules):
    """Stock codes that are no products, as shell patterns on upper-case codes; and what to do with repeats."""

    fees: Patterns
    adjustments: Patterns
    tests: Patterns
    exact_duplicates: Literal["keep", "drop"] = "keep"
    zero_price_without_customer: Literal["sale", "adjustment"] = "sale"


class Country(_Rules):
    """A country's ISO code and its region."""

    code: CountryCode
    region: Region


class KeywordRule(_Rules):
    """A category and the words by which a text tells it; rules are tried in their order."""

    category: Name
    words: Patterns = Field(min_length=1)


class Categories(_Rules):
    """How products find their unified category: the brand's own category first, then words of the text."""

    by_source: CodeMap = Field(default_factory=nothing)
    keywords: tuple[KeywordRule, ...] = ()
    estimated_margins: Annotated[Mapping[Name, Exact], *READ_ONLY] = Field(default_factory=nothing)


class Match(_Rules):
    """An id of a brand that is known to be a unified id."""

    system: System
    source_id: Name
    unified_id: Name
    method: Name
    confidence: Exact = Field(gt=0, le=1)
    valid_from: date | None = None
    valid_to: date | None = None


class Scores(_Rules):
    """Where a score of 3 and of 2 begins: days for recency, orders for frequency, average order value in euro."""

    recency_days: tuple[int, int]
    frequency_orders: tuple[int, int]
    order_value_eur: tuple[Exact, Exact]


class CustomerRules(_Rules):
    """How customers are judged as of a day."""

    window_days: int = Field(gt=0)
    churned_after_days: int = Field(gt=0)
    at_risk_after_days: int = Field(gt=0)
    new_within_days: int = Field(gt=0)
    scores: Scores
    cluster_range: tuple[int, int]
    cluster_seed: int
    silhouette_rows: int = Field(gt=0)


class Thresholds(_Rules):
    """What the quality checks allow, as shares."""

    unexplained_rows: Exact
    duplicate_keys: Exact
    null_keys: Exact
    fx_coverage: Exact
    normal_band: Exact
    normal_days: int = Field(gt=0)


class RetailMappings(_Rules):
    """The rules of the business: brands, valuation, codes, countries, categories, customers, thresholds."""

    dataset: Name
    eurostyle: Brand
    contoso: Brand
    valuation: Valuation
    codes: Codes
    countries: Annotated[Mapping[Name, Country], *READ_ONLY]
    categories: Categories
    customers: CustomerRules
    thresholds: Thresholds
    product_matches: tuple[Match, ...] = ()
    customer_matches: tuple[Match, ...] = ()

    @model_validator(mode="after")
    def _brands_differ(self) -> Self:
        if {self.eurostyle.system, self.contoso.system} != set(SYSTEMS):
            raise ValueError(f"eurostyle and contoso are two brands: {' and '.join(SYSTEMS)}")
        return self

    @property
    def brands(self) -> Mapping[str, Brand]:
        """Both brands by their name."""
        return {brand.system: brand for brand in (self.eurostyle, self.contoso)}

    def margin_share(self, system: str, category: str) -> Decimal:
        """Give the share of revenue that counts as margin where no cost is known."""
        return self.categories.estimated_margins.get(category, self.brands[system].estimated_margin)


class RetailConfig(_Rules):
    """All that the retail rules take from outside."""

    start_month: Month
    mappings: RetailMappings

    def fingerprint(self) -> str:
        """Give a hash that changes when results may; the start month changes none."""
        return fingerprint(self.model_dump(mode="json", exclude={"start_month"}))
