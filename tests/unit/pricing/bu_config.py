"""A business unit's configuration for tests: every key is a column of the orders."""

from typing import Any

from work_data_hub.domain.pricing.config import BuConfig, PricingConfig

NAMED = (
    "order_id",
    "order_line_id",
    "customer_id",
    "product_id",
    "country",
    "order_date",
    "quantity",
    "sell_price",
    "list_price",
)


def column(name: str) -> dict[str, str]:
    return {"column": name}


def bu_config(
    guardrails: dict[str, Any] | None = None,
    drift: dict[str, Any] | None = None,
    keys: tuple[str, ...] = ("product_family", "region", "customer_tier", "qty_band"),
    bu_id: str = "BU1",
) -> BuConfig:
    told = {
        "schema_version": 1,
        "bu_id": bu_id,
        "label": "Unit one",
        "price_basis": {"currency": "EUR"},
        "data_paths": {"orders_table": {"folders": ["pricing"], "patterns": ["orders*"]}},
        "columns": {name: column(name) for name in NAMED},
        "segments": {
            "keys": list(keys),
            **{name: column(name) for name in ("product_family", "region", "customer_tier")},
            "qty_band": {"floors": ["1", "10", "100", "1000"]},
        },
        "guardrails": guardrails or {},
        "drift": drift or {},
    }
    return BuConfig.model_validate(told)


def pricing_config(unit: BuConfig) -> PricingConfig:
    return PricingConfig(start_month="2024-01", units={unit.bu_id: unit})
