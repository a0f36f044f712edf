"""The pen that writes true rows into cells and notes what it did to each row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from work_data_hub.domain.annuity.sample.cells import Cell
from work_data_hub.domain.annuity.sample.draws import Mask, Objects, chance
from work_data_hub.domain.annuity.sample.forms import SheetForm
from work_data_hub.domain.kernel.period import Period


@dataclass(slots=True)
class Sheet:
    """Rows being written down: the cells so far, the truth they change, and labels by row."""

    form: SheetForm
    rows: pd.DataFrame
    period: Period
    rng: np.random.Generator
    cells: dict[str, Objects] = field(default_factory=dict)
    truth: dict[str, Objects] = field(default_factory=dict)
    quirks: list[list[str]] = field(default_factory=list)

    def values(self, column: str) -> Objects:
        """Give a copy of a true column, to be written over."""
        return self.rows[column].to_numpy(dtype=object, copy=True)

    def some(self, share: float) -> Mask:
        """Draw rows."""
        return chance(self.rng, len(self.rows), share)

    def label(self, places: Sequence[int] | np.ndarray, label: str) -> None:
        """Note a quirk of some rows."""
        for place in places:
            self.quirks[place].append(label)

    def write(self, cells: Objects, where: Mask, forms: Sequence[tuple[str, Callable[..., Cell]]]) -> None:
        """Write the marked cells in one form after another, so that each occurs."""
        for turn, place in enumerate(np.flatnonzero(where)):
            label, form = forms[turn % len(forms)]
            cells[place] = form(cells[place])
            self.quirks[place].append(label)

    def blank(self, cells: Objects, where: Mask, tokens: Sequence[str], label: str) -> None:
        """Write words for nothing into the marked cells, one word after another."""
        for turn, place in enumerate(np.flatnonzero(where)):
            cells[place] = tokens[turn % len(tokens)]
            self.quirks[place].append(label)
