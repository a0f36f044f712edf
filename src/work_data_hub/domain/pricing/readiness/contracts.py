"""The five scenarios: what each needs to be given, how it would work, and the refusal of those that are not built."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from work_data_hub.domain.kernel.errors import UsageError
from work_data_hub.domain.pricing.contracts.gold import SCENARIOS


@dataclass(frozen=True, slots=True)
class InputNeed:
    """A table that a scenario would read: its grain, and its columns with what they must say."""

    name: str
    grain: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ScenarioContract:
    """What data a scenario stands for, what is done with them, what it needs, and whether it is built."""

    scenario: str
    data: str
    approach: str
    allows: str
    inputs: tuple[InputNeed, ...]
    built: bool = False


_ORDERS: Final = InputNeed(
    "pricing.silver.order_line",
    "one row per order line",
    {
        "order_id, order_line_id": "the line",
        "customer_id, product_id, order_date, quantity, list_price": "what was known before the sale",
        "sell_price": "what was paid, for orders alone",
    },
)
_QUOTES: Final = InputNeed(
    "pricing.silver.quote_line",
    "one row per line of every quote that was given, won or lost",
    {
        "quote_id, quote_line_id": "the line",
        "customer_id, product_id, quote_date, quantity, list_price": "as for orders",
        "quoted_price": "the price that was offered",
        "outcome": "won, lost or open; a lost one is never left out",
        "decided_on": "the day the outcome became known",
    },
)
_MAPPING: Final = InputNeed(
    "pricing.silver.quote_order",
    "one row per order line that came from a quote",
    {
        "order_id, order_line_id": "the order line",
        "quote_id, quote_line_id": "the quote line it came from",
        "method": "key, or how else it was matched",
    },
)
_QUALITY: Final = InputNeed(
    "pricing.gold.segment_quality",
    "one row per segment and month",
    {
        "product_family, region, customer_tier": "the segment",
        "mapped_share, loss_share, quotes": "by which a segment takes one head or the other",
    },
)

CONTRACTS: Final[Mapping[str, ScenarioContract]] = {
    contract.scenario: contract
    for contract in (
        ScenarioContract(
            "A",
            "orders only",
            "one discount model with quantiles, guardrails, no chance of winning",
            "bands of the usual discount; they are conditional on winning",
            (_ORDERS,),
            built=True,
        ),
        ScenarioContract(
            "B",
            "orders, quotes with wins and losses, and which order came from which quote",
            "a price model and a model of the chance to win; within the band, the price where chance times margin is best",
            "a recommendation within the band by expected margin",
            (_ORDERS, _QUOTES, _MAPPING),
        ),
        ScenarioContract(
            "C",
            "wins only, or orders and quotes that are mapped in part",
            "the price model on all orders; a chance of winning can't be learnt; the selection may be corrected",
            "the bands of scenario A; a chance of winning is not viable",
            (_ORDERS, _MAPPING),
        ),
        ScenarioContract(
            "D",
            "wins and losses of quotes, without a way to their orders",
            "price on orders and chance of winning on quotes, each for itself; bands are annotated with the chance",
            "the bands of scenario A, and a chance beside them",
            (_ORDERS, _QUOTES),
        ),
        ScenarioContract(
            "E",
            "mapped well in some segments and not in others",
            "segment by segment the head of A or that of B, by the quality of its data",
            "B where the segment's data allow it, A elsewhere",
            (_ORDERS, _QUOTES, _MAPPING, _QUALITY),
        ),
    )
}


def refuse(scenario: str) -> None:
    """Let a scenario that is built go on; refuse the others, and say what they would need."""
    if scenario not in CONTRACTS:
        raise UsageError(
            f"{scenario!r} is no scenario", expected=", ".join(SCENARIOS), fix="name one of these"
        )
    contract = CONTRACTS[scenario]
    if contract.built:
        return
    raise UsageError(
        f"scenario {scenario} ({contract.data}) is not built: it needs {_needs(contract)}",
        expected=", ".join(name for name, known in CONTRACTS.items() if known.built),
        fix="run scenario A, which the orders allow; domain/pricing/readiness/contracts.py says what is missing",
        scenario=scenario,
    )


def _needs(contract: ScenarioContract) -> str:
    return "; ".join(f"{need.name}, {need.grain}, with {', '.join(need.columns)}" for need in contract.inputs)
