"""The annuity tables in the order in which they are built."""

from typing import Final

from work_data_hub.domain.annuity.company_index import INDEX_INPUTS, make_company_index
from work_data_hub.domain.annuity.contracts import (
    AUM_FLOW_MONTHLY,
    COMPANY_INDEX,
    COMPANY_QUEUE,
    FEE_INCOME_MONTHLY,
    INCOME_DETAIL,
    INCOME_FACT,
    INCOME_ROWS,
    PLAN,
    PORTFOLIO,
    SCALE_DETAIL,
    SCALE_FACT,
    SCALE_ROWS,
)
from work_data_hub.domain.annuity.facts import Fact, make_scale_fact
from work_data_hub.domain.annuity.flows import MonthlyMart
from work_data_hub.domain.annuity.income import INCOME, INCOME_SHEET
from work_data_hub.domain.annuity.references import REFERENCES
from work_data_hub.domain.annuity.rekey import REKEYED, make_company_queue
from work_data_hub.domain.annuity.scale import SCALE, SCALE_SHEET
from work_data_hub.domain.kernel.build import InputRef, SheetIntake, TableBuild

_GATES: Final = tuple(reference.contract for reference in REFERENCES)
_SCALE_MART: Final = MonthlyMart(SCALE_FACT, AUM_FLOW_MONTHLY)
_INCOME_MART: Final = MonthlyMart(INCOME_FACT, FEE_INCOME_MONTHLY)

INTAKES: Final = (SheetIntake(SCALE_ROWS, SCALE_SHEET), SheetIntake(INCOME_ROWS, INCOME_SHEET))

BUILDS: Final = (
    TableBuild(COMPANY_INDEX, INDEX_INPUTS, make_company_index),
    TableBuild(SCALE_DETAIL, SCALE.inputs, SCALE.make),
    TableBuild(INCOME_DETAIL, INCOME.inputs, INCOME.make),
    TableBuild(
        COMPANY_QUEUE,
        (InputRef(SCALE_DETAIL), InputRef(INCOME_DETAIL, optional=True)),
        make_company_queue,
    ),
    *(
        TableBuild(
            reference.contract,
            reference.inputs,
            reference.make,
            # a portfolio points at its plan
            gates=(PLAN,) if reference.contract is PORTFOLIO else (),
        )
        for reference in REFERENCES
    ),
    TableBuild(
        SCALE_FACT,
        # the month before is compared with its silver rows: a fact does not wait for itself
        (InputRef(SCALE_DETAIL), InputRef(SCALE_DETAIL, month_offset=-1, optional=True), REKEYED),
        make_scale_fact,
        gates=_GATES,
    ),
    TableBuild(
        INCOME_FACT,
        (InputRef(INCOME_DETAIL), REKEYED),
        Fact(INCOME_DETAIL, INCOME_FACT).make,
        gates=_GATES,
    ),
    TableBuild(AUM_FLOW_MONTHLY, _SCALE_MART.inputs, _SCALE_MART.make),
    TableBuild(FEE_INCOME_MONTHLY, _INCOME_MART.inputs, _INCOME_MART.make),
)
