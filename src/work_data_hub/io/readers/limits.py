"""What a file may be at most before the hub refuses to look further; docs/intake.md holds the same table."""

from dataclasses import dataclass
from typing import Final

MIB: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class IntakeLimits:
    """Declared limits of a file; a real month of 35,000 rows × 30 columns has ten times this room."""

    file_bytes: int = 128 * MIB
    members: int = 10_000
    total_bytes: int = 2_048 * MIB
    sheet_bytes: int = 512 * MIB
    strings_bytes: int = 256 * MIB
    frame_bytes: int = 32 * MIB
    ratio: int = 200
    rows: int = 1_048_576
    columns: int = 1_024
    cells: int = 16_777_216
    strings: int = 4_194_304
    text_bytes: int = 512 * MIB
    cell_characters: int = 32_767
    merged_ranges: int = 500_000
    parquet_rows: int = 8_388_608
    parquet_cells: int = 67_108_864


LIMITS: Final = IntakeLimits()
# below this size a high ratio is the nature of small files, and harmless
RATIO_FROM: Final = MIB
