"""Writes the price desk's drops of a landing folder: two business units, and what their files must come to."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from work_data_hub.domain.pricing.sample.options import PricingOptions
from work_data_hub.domain.pricing.sample.sample import make_samples
from work_data_hub.io.samples.retail_landing import exact

ROOT: Final = "pricing"
PRICING_FILES: Final = 7
Written = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class PricingManifest:
    """What the drops of each business unit hold, in the words of JSON; shares are exact text, paths relative."""

    seed: int
    lines: int
    files: Mapping[str, str]
    units: Mapping[str, Any]


def write_pricing(root: Path, options: PricingOptions, written: Written = lambda _: None) -> PricingManifest:
    """Write all files of the price desk; `written` hears the path of each."""
    samples = make_samples(options)
    hashes: dict[str, str] = {}
    for sample in samples:
        for file in sample.files:
            path = f"{ROOT}/{sample.unit.bu_id}/{file.path}"
            hashes[path] = _write(root / path, file.table)
            written(path)
    return PricingManifest(
        seed=options.seed,
        lines=options.lines,
        files=hashes,
        units={sample.unit.bu_id: exact(sample.told()) for sample in samples},
    )


def _write(path: Path, table: pa.Table) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        pq.write_table(table, path)
    else:
        _write_csv(path, table)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write_csv(path: Path, table: pa.Table) -> None:
    # no cell holds a comma, a quote or a line break, so none needs quotes
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    text = "\n".join(",".join(cells) for cells in (table.column_names, *rows))
    path.write_text(f"{text}\n", encoding="utf-8", newline="")
