"""Counts a price desk sample again, from the cells alone and by the rules of order_line."""

from collections import Counter, defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from work_data_hub.domain.pricing.sample.sample import UnitSample

Record = dict[str, str | None]
FLOORS = (1, 10, 100, 1000)


def records(made: UnitSample, prefix: str) -> list[Record]:
    """Give the rows of the files whose name starts so, under the hub's names, blank cells as nothing."""
    names = {header: name for name, header in made.unit.headers.items()}
    return [
        {names.get(key, key): text(value) for key, value in row.items()}
        for file in made.files
        if file.path.startswith(prefix)
        for row in file.table.to_pylist()
    ]


def text(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return None if value in {None, ""} else str(value)


def day_of(row: Record) -> date:
    year, month, day = (row["order_date"] or "").replace("/", "-").split("-")
    return date(int(year), int(month), int(day))


def number(row: Record, name: str) -> Decimal | None:
    cell = row.get(name)
    return None if cell is None else Decimal(cell)


def discount(row: Record) -> Decimal | None:
    price, sell = number(row, "list_price"), number(row, "sell_price")
    if not price or sell is None:
        return None
    return (1 - sell / price).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def exclusion(row: Record, *, quote: bool = False) -> str | None:
    if quote:
        return "quote"
    if (number(row, "quantity") or 0) <= 0:
        return "return"
    if not number(row, "list_price"):
        return "no_list_price"
    found = discount(row)
    if found is None:
        return "no_sell_price"
    if number(row, "sell_price") == 0:
        return "free_sample"
    return None if -1 <= found <= 1 else "discount_out_of_bounds"


def account_of(made: UnitSample, orders: list[Record], quotes: list[Record]) -> dict[str, Any]:
    distinct = [dict(cells) for cells in {tuple(row.items()): None for row in orders}]
    kept = [row for row in distinct if row["currency"] == made.unit.currency]
    reasons = Counter([exclusion(row) for row in kept] + [exclusion(row, quote=True) for row in quotes])
    return {
        "read": len(orders) + len(quotes),
        "published": len(kept) + len(quotes),
        "rejected": len(distinct) - len(kept),
        "deduplicated": len(orders) - len(distinct),
        "orders": len(kept),
        "quotes": len(quotes),
        "usable": reasons.pop(None, 0),
        "exclusions": dict(sorted(reasons.items(), key=str)),
        "quantity": sum(int(row["quantity"] or 0) for row in [*kept, *quotes]),
    }


def months_of(made: UnitSample) -> dict[str, dict[str, Any]]:
    parts: dict[str, tuple[list[Record], list[Record]]] = defaultdict(lambda: ([], []))
    for place, prefix in enumerate(("orders", "quotes")):
        for row in records(made, prefix):
            parts[str(day_of(row))[:7]][place].append(row)
    return {month: account_of(made, *parts[month]) for month in sorted(parts)}


def segments_of(made: UnitSample) -> Counter[tuple[Any, ...]]:
    """Count the usable lines of each segment, through the look-ups where the orders do not tell it."""
    families = {row["product_id"]: row["product_family"] for row in records(made, "lookups/products")}
    people = {row["customer_id"]: row for row in records(made, "lookups/customers")}
    found: Counter[tuple[Any, ...]] = Counter()
    for row in {tuple(row.items()): row for row in records(made, "orders")}.values():
        if row["currency"] != made.unit.currency or exclusion(row):
            continue
        told = {**people.get(row["customer_id"], {}), **row}
        family = told.get("product_family", families.get(row["product_id"]))
        band = sum(int(row["quantity"] or 0) >= floor for floor in FLOORS)
        found[family, told["region"], told["customer_tier"], band] += 1
    return found
