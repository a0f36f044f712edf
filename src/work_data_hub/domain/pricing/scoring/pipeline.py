"""Scoring in batch: features of lines in, recommendations of lines and deals out; no sell price is looked at."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.pricing.config import BuConfig
from work_data_hub.domain.pricing.contracts.feature import FEATURES
from work_data_hub.domain.pricing.policy.guardrails import GuardrailPolicy
from work_data_hub.domain.pricing.policy.rows import discounts
from work_data_hub.domain.pricing.scoring.contract import scoring_rows
from work_data_hub.domain.pricing.scoring.deals import deal_rows
from work_data_hub.domain.pricing.scoring.drivers import TOP
from work_data_hub.domain.pricing.scoring.lines import QUANTILES, Scored, Versions, line_rows
from work_data_hub.domain.pricing.scoring.ports import BandModel

UNVERSIONED: Final = "unversioned"


@dataclass(frozen=True, slots=True)
class PriceInferencePipeline:
    """Scores lines with a model and holds the bands within a policy."""

    config: BuConfig
    model: BandModel
    policy: GuardrailPolicy
    model_version: str = UNVERSIONED

    def run(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Give recommendations of lines and of deals, in the columns of their tables without stamps."""
        lines = self.score_lines(frame)
        return lines, deal_rows(lines)

    def score_lines(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Give recommendations of lines."""
        rows = scoring_rows(frame)
        features = rows[list(FEATURES)]
        bands = self.model.predict_bands(features)
        raw = np.sort(discounts(bands.q[:, self._places()]), axis=1)
        guarded = self.policy.apply(raw, rows, QUANTILES)
        scored = Scored(raw, guarded, bands, self.model.drivers(features, TOP))
        return line_rows(rows, scored, self.policy, self._versions())

    def _places(self) -> list[int]:
        known = tuple(self.model.quantiles)
        missing = [f"{quantile:g}" for quantile in QUANTILES if quantile not in known]
        if missing:
            raise PermanentError(
                f"the model predicts no quantile {', '.join(missing)}",
                expected="P10, P50 and P90, which recommendations consist of",
                fix="name 0.1, 0.5 and 0.9 in training.quantiles and train again",
            )
        return [known.index(quantile) for quantile in QUANTILES]

    def _versions(self) -> Versions:
        return Versions(self.config.model_name, self.model_version, self.policy.version)
