"""What the landing sensor remembers from tick to tick: hints, without which a tick takes longer and nothing else."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from work_data_hub.domain.kernel.period import Period

# Dagster keeps the cursor with every tick: forty years of months are 20 kB at most
MONTHS_KEPT: Final = 480

_LINE: Final = re.compile(
    r"^(?!0000)(\d{4}-(?:0[1-9]|1[0-2])) ([0-9a-f]{16})(?: ([0-9a-f]{16}))?$", re.ASCII | re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Remembered:
    """A month's file as it lay there at the last tick, and its content where that is known."""

    signature: str
    file_id: str = ""


Memory = Mapping[Period, Remembered]


def read_memory(cursor: str | None) -> dict[Period, Remembered]:
    """Read a cursor; lines that are none are passed over."""
    return {
        Period.parse(month): Remembered(signature, file_id)
        for month, signature, file_id in _LINE.findall(cursor or "")
    }


def write_memory(memory: Memory) -> str:
    """Write the newest months as a cursor."""
    newest = sorted(memory)[-MONTHS_KEPT:]
    lines = (f"{month} {memory[month].signature} {memory[month].file_id}" for month in newest)
    return "\n".join(line.rstrip() for line in lines)
