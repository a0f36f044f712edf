"""The keystone: one frozen, versioned declaration per table, from which everything else is derived."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

import pyarrow as pa

from work_data_hub.domain.kernel.errors import ConfigurationError

TEXT = pa.string()
COUNT = pa.int64()
DAY = pa.date32()
FLAG = pa.bool_()
STAMP = pa.timestamp("us", tz="UTC")
RATIO = pa.float64()
MONEY = pa.decimal128(18, 4)
RATE = pa.decimal128(10, 6)
TOTAL = pa.decimal128(38, 4)


class Layer(StrEnum):
    """How far a table is from its source."""

    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"
    FEATURE = "feature"
    MODEL = "model"
    SCORE = "score"
    PLATFORM = "platform"


class Role(StrEnum):
    """What a column is for; stamps stay out of a table's identity."""

    BUSINESS = "business"
    LINEAGE = "lineage"
    STAMP = "stamp"


class WriteMode(StrEnum):
    """What a publish does to rows that are already there."""

    REPLACE_SCOPE = "replace_scope"
    UPSERT = "upsert"
    APPEND = "append"


class EvolutionMode(StrEnum):
    """What happens when the input does not fit: adapt, stop, drop the row or drop the value."""

    EVOLVE = "evolve"
    FREEZE = "freeze"
    DISCARD_ROW = "discard_row"
    DISCARD_VALUE = "discard_value"


class Conservation(StrEnum):
    """Which law a table's counts obey."""

    ROW_PRESERVING = "row_preserving"
    AGGREGATING = "aggregating"
    DERIVED = "derived"


class Store(StrEnum):
    """Where a table lives."""

    WAREHOUSE = "warehouse"
    LAKE = "lake"


class PersonalData(StrEnum):
    """How careful a preview or an export must be with a column."""

    NONE = "none"
    BUSINESS_NAME = "business_name"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Check:
    """A rule each non-null value obeys: bounds (inclusive), a closed list, or a whole-value pattern."""

    name: str
    at_least: Decimal | int | None = None
    at_most: Decimal | int | None = None
    one_of: tuple[str, ...] = ()
    pattern: str | None = None

    def __str__(self) -> str:
        """Say the rule in words."""
        parts = []
        if self.at_least is not None:
            parts.append(f"≥ {self.at_least}")
        if self.at_most is not None:
            parts.append(f"≤ {self.at_most}")
        if self.one_of:
            parts.append("one of " + ", ".join(self.one_of))
        if self.pattern:
            parts.append(f"matches {self.pattern}")
        return " and ".join(parts)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its English name, its source-language label, its type and its meaning.

    `sources` names the input columns it is derived from, as column or table.column, where neither its name
    nor its label tells.
    """

    name: str
    dtype: pa.DataType
    label: str
    meaning: str
    unit: str | None = None
    nullable: bool = False
    aliases: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    role: Role = Role.BUSINESS
    personal: PersonalData = PersonalData.NONE
    available: str | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """Columns that point at another table's key; enforced is a foreign key, logical is counted."""

    columns: tuple[str, ...]
    table: str
    target: tuple[str, ...]
    enforced: bool = True


@dataclass(frozen=True, slots=True)
class RejectBudget:
    """How many rows may be rejected before nothing is published; `free` are never too many, however few were read."""

    ratio: Decimal = Decimal("0.10")
    rows: int | None = None
    free: int = 0

    def exceeded_by(self, rejected: int, read: int) -> bool:
        """Say whether the rejected rows are too many for the rows read."""
        if rejected <= self.free:
            return False
        over_rows = self.rows is not None and rejected > self.rows
        return over_rows or (read > 0 and Decimal(rejected) / Decimal(read) > self.ratio)


@dataclass(frozen=True, slots=True)
class Evolution:
    """How a table meets input that changes, entity by entity."""

    columns: EvolutionMode = EvolutionMode.FREEZE
    types: EvolutionMode = EvolutionMode.DISCARD_ROW
    values: EvolutionMode = EvolutionMode.DISCARD_ROW


@dataclass(frozen=True)
class TableContract:
    """Everything the hub knows about one table.

    A table without a partition is published as a whole. Where `sliced_by` names its month column, such a publish
    writes only the months whose rows differ from the one before, and each month has a version of its own.
    `member` names the column that says whose rows they are, such as a business unit: a publish replaces those of
    one member alone.
    """

    key: str
    version: str
    label: str
    description: str
    grain: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    owner: str
    scope: tuple[str, ...] = ()
    partition: str | None = None
    references: tuple[Reference, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    write_mode: WriteMode = WriteMode.REPLACE_SCOPE
    upsert_columns: tuple[str, ...] = ()
    evolution: Evolution = field(default_factory=Evolution)
    conservation: Conservation = Conservation.DERIVED
    control_totals: tuple[str, ...] = ()
    budget: RejectBudget = field(default_factory=RejectBudget)
    store: Store = Store.WAREHOUSE
    kinds: tuple[str, ...] = ("postgres",)
    view_schema: str | None = None
    sliced_by: str | None = None
    member: str | None = None

    def __post_init__(self) -> None:
        """Refuse a contract that contradicts itself, when it is declared."""
        names = [column.name for column in self.columns]
        used = {*self.primary_key, *self.scope, *self.control_totals, *self.upsert_columns}
        used |= {name for group in (*self.indexes, *self.unique) for name in group}
        used |= {name for reference in self.references for name in reference.columns}
        used |= {name for name in (self.sliced_by, self.member) if name}
        wrong = sorted(used - set(names)) or sorted({name for name in names if names.count(name) > 1})
        wrong += [name for name in self.primary_key if name in names and self.column(name).nullable]
        if wrong or self.key.count(".") != 2:  # noqa: PLR2004
            raise ConfigurationError(
                f"contract {self.key} contradicts itself: {', '.join(wrong) or 'its key'}",
                expected="domain.layer.table; each column named once; keys, scope and references are columns",
                fix="correct the contract",
            )

    @property
    def domain(self) -> str:
        """First part of the key."""
        return self.key.split(".")[0]

    @property
    def layer(self) -> Layer:
        """Second part of the key."""
        return Layer(self.key.split(".")[1])

    @property
    def name(self) -> str:
        """Last part of the key: the physical table name."""
        return self.key.split(".")[2]

    @property
    def monthly(self) -> bool:
        """Say whether the table is built month by month."""
        return self.partition == "month"

    @property
    def month_column(self) -> str | None:
        """Column by which a store keeps months apart: that of the scope or of the slices."""
        return self.sliced_by or ("period" if self.monthly and "period" in self.column_names else None)

    @property
    def schema(self) -> str:
        """Physical schema; platform tables live in the schema of their domain."""
        return self.domain if self.layer is Layer.PLATFORM else f"{self.domain}_{self.layer}"

    @property
    def qualified_name(self) -> str:
        """Schema and table as people write them."""
        return f"{self.schema}.{self.name}"

    @property
    def asset_key(self) -> tuple[str, str, str]:
        """Key of the table's asset."""
        return (self.domain, str(self.layer), self.name)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of all columns, in order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def _by_name(self) -> Mapping[str, Column]:
        return {column.name: column for column in self.columns}

    def column(self, name: str) -> Column:
        """Give a column by its name."""
        return self._by_name[name]

    @property
    def identity_columns(self) -> tuple[str, ...]:
        """Columns that make a row what it is: business and lineage, no stamps."""
        return tuple(column.name for column in self.columns if column.role is not Role.STAMP)

    @cached_property
    def arrow_schema(self) -> pa.Schema:
        """The Arrow schema: the types that reach the store unchanged."""
        return pa.schema([pa.field(c.name, c.dtype, nullable=c.nullable) for c in self.columns])
