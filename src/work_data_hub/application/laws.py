"""What must hold before an outcome may be published: the reject budget and the conservation laws."""

from work_data_hub.application.quarantine.book import rejection_id
from work_data_hub.domain.kernel.contract import Conservation, TableContract
from work_data_hub.domain.kernel.errors import ConservationError, Location, RejectBudgetExceededError
from work_data_hub.domain.kernel.outcome import Outcome, Rejection

_SHOWN = 5


def check_budget(contract: TableContract, outcome: Outcome, waived: frozenset[str] = frozenset()) -> None:
    """Refuse an outcome with more rejected rows than the contract allows; waived rows do not count."""
    counts = outcome.counts
    rows = counts.read - counts.skipped
    rejected = counts.rejected - _waived_rows(contract, outcome, waived)
    if not contract.budget.exceeded_by(rejected, rows):
        return
    found = sorted(outcome.rejections, key=lambda rejection: rejection.row_number or 0)
    first = found[0] if found else None
    raise RejectBudgetExceededError(
        "\n".join(
            (
                f"{contract.qualified_name}: {rejected:,} of {rows:,} rows rejected",
                *(f"  {_say(rejection)}" for rejection in found[:_SHOWN]),
            )
        ),
        where=Location(sheet=first.sheet, row=first.row_number, column=first.column, value=first.value)
        if first
        else None,
        expected=f"at most {contract.budget.ratio:%}"
        + (f" or {contract.budget.rows} rows" if contract.budget.rows is not None else "")
        + (f"; {contract.budget.free} rows are never too many" if contract.budget.free else ""),
        fix="correct the rows in the source file and drop it again, or work on them with `wdh quarantine`",
        rejected=rejected,
        read=rows,
    )


def _waived_rows(contract: TableContract, outcome: Outcome, waived: frozenset[str]) -> int:
    """Count the rejected rows of which every reason is waived."""
    if not waived:
        return 0
    rows: dict[object, bool] = {}
    for rejection in outcome.rejections:
        row = (rejection.file_id, rejection.sheet, rejection.row_number)
        rows[row] = rows.get(row, True) and rejection_id(contract.key, rejection) in waived
    return sum(rows.values())


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
