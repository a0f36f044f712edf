"""What must hold before an outcome may be published: the reject budget and the conservation laws."""

from work_data_hub.domain.kernel.contract import Conservation, TableContract
from work_data_hub.domain.kernel.errors import ConservationError, Location, RejectBudgetExceededError
from work_data_hub.domain.kernel.outcome import Outcome, Rejection

_SHOWN = 5


def check_budget(contract: TableContract, outcome: Outcome) -> None:
    """Refuse an outcome with more rejected rows than the contract allows."""
    counts = outcome.counts
    rows = counts.read - counts.skipped
    if not contract.budget.exceeded_by(counts.rejected, rows):
        return
    found = sorted(outcome.rejections, key=lambda rejection: rejection.row_number or 0)
    first = found[0] if found else None
    raise RejectBudgetExceededError(
        "\n".join(
            (
                f"{contract.qualified_name}: {counts.rejected:,} of {rows:,} rows rejected",
                *(f"  {_say(rejection)}" for rejection in found[:_SHOWN]),
            )
        ),
        where=Location(sheet=first.sheet, row=first.row_number, column=first.column, value=first.value)
        if first
        else None,
        expected=f"at most {contract.budget.ratio:%}"
        + (f" or {contract.budget.rows} rows" if contract.budget.rows is not None else ""),
        fix="correct the rows in the source file (hub.quarantine lists them all) and drop it again",
        rejected=counts.rejected,
        read=rows,
    )


def _say(rejection: Rejection) -> str:
    return f"row {rejection.row_number} {rejection.column}={rejection.value!r} {rejection.rule}"


def check_conservation(contract: TableContract, outcome: Outcome) -> None:
    """Refuse an outcome in which rows or amounts appear or vanish without a counted reason."""
    counts = outcome.counts
    problems = [
        f"{t.column}: read {t.read} ≠ published {t.published} + rejected {t.rejected} + deduplicated {t.deduplicated}"
        for t in outcome.totals
        if not t.ties
    ]
    if contract.conservation is Conservation.ROW_PRESERVING and not counts.balanced:
        problems.append(f"rows: {counts}")
    if contract.conservation is not Conservation.DERIVED and counts.published != len(outcome.accepted):
        problems.append(
            f"rows: {counts.published} counted as published, {len(outcome.accepted)} in the frame"
        )
    missing = set(contract.control_totals) - {total.column for total in outcome.totals}
    problems += [f"{column}: no control total" for column in sorted(missing)]
    if problems:
        raise ConservationError(
            f"{contract.qualified_name} does not conserve what it read: " + "; ".join(problems),
            expected="read = published + rejected + deduplicated + skipped, and equal control totals",
            fix="correct the build: a row or an amount left without being counted",
        )
