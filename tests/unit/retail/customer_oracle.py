"""A slow reading of orders in plain Python: what customer_360 and cohort_retention must say."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from tests.unit.retail.customer_orders import RATES, Row

from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.retail.config import CustomerRules
from work_data_hub.domain.retail.customers.rfm import SEGMENTS

SYSTEMS = ("EUROSTYLE", "CONTOSO")


def cents(amount: Decimal, system: str, parts: int = 1) -> Decimal:
    exact = Fraction(amount) / Fraction(RATES[system]) / parts * 100
    whole = int(exact + Fraction(1, 2))
    return (Decimal(whole) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


def customers(rows: Sequence[Row], month: Period, rules: CustomerRules) -> list[dict[str, Any]]:
    found = []
    for system in SYSTEMS:
        mine = [row for row in rows if row["source_system"] == system]
        in_month = [r["order_date"] for r in mine if r["is_order"] and Period.of(r["order_date"]) == month]
        if not in_month:
            continue
        as_of = max(in_month)
        seen = [row for row in mine if row["order_date"] <= as_of and row["customer_id"] is not None]
        for customer in sorted({row["customer_id"] for row in seen if row["is_order"]}):
            theirs = [row for row in seen if row["customer_id"] == customer]
            found.append({"period": month.start, **_customer(theirs, system, customer, as_of, rules)})
    return found


def _customer(
    rows: Sequence[Row], system: str, customer: str, as_of: date, rules: CustomerRules
) -> dict[str, Any]:
    bought = [row for row in rows if row["is_order"]]
    days = sorted({row["order_date"] for row in bought})
    gmv, returned = _sum(bought, "gmv_paid_local"), _sum(rows, "returns_local")
    recency = (as_of - days[-1]).days
    gaps = [(after - before).days for before, after in pairwise(days)]
    return {
        "as_of_date": as_of,
        "source_system": system,
        "customer_id": customer,
        "unified_customer_id": f"{system}:{customer}",
        "first_order_date": days[0],
        "last_order_date": days[-1],
        "orders": len(bought),
        "units": sum(row["units"] for row in bought),
        "gmv_eur": cents(gmv, system),
        "recency_days": recency,
        **_window(bought, system, as_of, recency, rules),
        "lifecycle_stage": _stage(recency, (as_of - days[0]).days, rules),
        "is_churned": recency > rules.churned_after_days,
        "inter_purchase_days": sum(gaps) / len(gaps) if gaps else None,
        "return_share": float(returned / gmv) if gmv else 0.0,
        "brand_count": 1,
        "has_both_brands": False,
    }


def _window(
    bought: Iterable[Row], system: str, as_of: date, recency: int, rules: CustomerRules
) -> dict[str, Any]:
    lately = [row for row in bought if row["order_date"] > as_of - timedelta(days=rules.window_days)]
    spent, count = _sum(lately, "gmv_paid_local"), len(lately)
    value = cents(spent, system, count) if count else None
    scores = rules.scores
    r = 3 if recency <= scores.recency_days[0] else 2 if recency <= scores.recency_days[1] else 1
    f = 3 if count >= scores.frequency_orders[0] else 2 if count >= scores.frequency_orders[1] else 1
    best, middle = scores.order_value_eur
    m = 1 if value is None else 3 if value >= best else 2 if value >= middle else 1
    return {
        "frequency": count,
        "monetary_eur": cents(spent, system),
        "average_order_value_eur": value,
        "r_score": r,
        "f_score": f,
        "m_score": m,
        "segment": SEGMENTS[r, f, m],
        "basket_diversity": sum(row["products"] for row in lately) / count if count else None,
    }


def _stage(since_last: int, since_first: int, rules: CustomerRules) -> str:
    if since_last > rules.churned_after_days:
        return "churned"
    if since_first <= rules.new_within_days:
        return "new"
    return "at_risk" if since_last > rules.at_risk_after_days else "active"


def _sum(rows: Iterable[Row], name: str) -> Decimal:
    return sum((row[name] for row in rows), Decimal(0))


def cohorts(rows: Sequence[Row]) -> list[dict[str, Any]]:
    found = []
    for system in SYSTEMS:
        mine = [row for row in rows if row["source_system"] == system and row["is_order"]]
        known = [row for row in mine if row["customer_id"] is not None]
        born: dict[str, Period] = {}
        for row in known:
            month = Period.of(row["order_date"])
            born[row["customer_id"]] = min(month, born.get(row["customer_id"], month))
        for cohort in sorted(set(born.values())):
            last = max(Period.of(row["order_date"]) for row in mine)
            members = {customer for customer, month in born.items() if month == cohort}
            for since, month in enumerate(cohort.until(last)):
                theirs = [
                    r for r in known if r["customer_id"] in members and Period.of(r["order_date"]) == month
                ]
                active = {row["customer_id"] for row in theirs}
                found.append(
                    {
                        "source_system": system,
                        "cohort_month": cohort.start,
                        "months_since": since,
                        "cohort_customers": len(members),
                        "active_customers": len(active),
                        "retention": len(active) / len(members),
                        "gmv_eur": cents(_sum(theirs, "gmv_paid_local"), system),
                    }
                )
    return found
