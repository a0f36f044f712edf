"""How large a sample is and which one: the same options give the same bytes."""

from dataclasses import dataclass

from work_data_hub.domain.kernel.errors import UsageError

_FEWEST_ROWS = 120


@dataclass(frozen=True, slots=True)
class SampleOptions:
    """Seed, rows of the full-size months and rows of the small months that show a folder layout."""

    seed: int = 20251
    rows: int = 33_000
    layout_rows: int = 300

    @property
    def world(self) -> int:
        """Rows of the largest months: small ones hold the first of their plans and employers."""
        return max(self.rows, self.layout_rows)

    def __post_init__(self) -> None:
        """Refuse months too small to hold every quirk."""
        if min(self.rows, self.layout_rows) < _FEWEST_ROWS:
            raise UsageError(
                f"A sample month of {min(self.rows, self.layout_rows)} rows can't show every quirk",
                expected=f"at least {_FEWEST_ROWS} rows",
                fix="ask for more rows",
            )
