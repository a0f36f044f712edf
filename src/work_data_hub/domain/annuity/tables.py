"""The annuity tables in the order in which they are built."""

from typing import Final

from work_data_hub.domain.annuity.contracts import (
    AUM_FLOW_MONTHLY,
    PLAN,
    PORTFOLIO,
    SCALE_DETAIL,
    SCALE_FACT,
    SCALE_ROWS,
)
from work_data_hub.domain.annuity.facts import make_scale_fact
from work_data_hub.domain.annuity.flows import make_aum_flow_monthly
from work_data_hub.domain.annuity.references import REFERENCES
from work_data_hub.domain.annuity.service import make_scale_detail
from work_data_hub.domain.annuity.sheets import SCALE_SHEET
from work_data_hub.domain.kernel.build import InputRef, SheetIntake, TableBuild

_LAST_FACT: Final = InputRef(SCALE_FACT, month_offset=-1, optional=True)

INTAKES: Final = (SheetIntake(SCALE_ROWS, SCALE_SHEET),)

BUILDS: Final = (
    TableBuild(SCALE_DETAIL, (InputRef(SCALE_ROWS),), make_scale_detail),
    *(
        TableBuild(
            reference.contract,
            (InputRef(SCALE_DETAIL),),
            reference.make,
            # a portfolio points at its plan
            gates=(PLAN,) if reference.contract is PORTFOLIO else (),
        )
        for reference in REFERENCES
    ),
    TableBuild(
        SCALE_FACT,
        # the month before is compared with its silver rows: a fact does not wait for itself
        (InputRef(SCALE_DETAIL), InputRef(SCALE_DETAIL, month_offset=-1, optional=True)),
        make_scale_fact,
        gates=tuple(reference.contract for reference in REFERENCES),
    ),
    TableBuild(AUM_FLOW_MONTHLY, (InputRef(SCALE_FACT), _LAST_FACT), make_aum_flow_monthly),
)
