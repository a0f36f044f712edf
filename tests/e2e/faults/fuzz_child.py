"""Reads one broken workbook after another, in a process that may hang, grow or die without taking the tests along."""

import json
import resource
import sys
import tempfile
import traceback
from pathlib import Path

from tests.e2e.faults.fuzz_workbooks import INCOME, SCALE, broken

from work_data_hub.domain.kernel.errors import HubError
from work_data_hub.domain.kernel.sheets import SheetRead, SheetSpec
from work_data_hub.io.readers.excel_reader import ExcelReader

_MOST_ADDRESSES = 6 << 30


def outcome(reader: ExcelReader, path: Path, spec: SheetSpec) -> str:
    """Say what came of a sheet: `read`, the refusal's class, or what must not happen after an `!`."""
    try:
        return judged(reader.read(path, spec))
    except HubError as error:
        told = str(error)
        where = error.where is not None and error.where.file == path.name
        return (
            type(error).__name__ if where and "\nFix: " in told else f"!a refusal without a way out: {told}"
        )
    except BaseException:  # noqa: BLE001 -- whatever it is, the parent is told
        return f"!{traceback.format_exc()}"


def judged(read: SheetRead) -> str:
    """Hold the counts of a sheet that was read against each other."""
    parts = (read.blank_rows, read.repeated_header_rows, read.totals_rows, read.data_rows)
    if read.read_rows != sum(parts) or len(read.rows) != read.totals_rows + read.data_rows:
        return f"!the counts do not balance: {read.read_rows} is not {parts}"
    return "read"


def peak_mb() -> float:
    """Give this process's own high-water mark."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))) / 1e3


def main(seed: int) -> None:
    """Take case numbers from standard input, and answer each with a line of JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_ADDRESSES, _MOST_ADDRESSES))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        for line in sys.stdin:
            content, done = broken(seed, int(line))
            path.write_bytes(content)
            idle, reader = peak_mb(), ExcelReader()
            outcomes = [outcome(reader, path, spec) for spec in (SCALE, INCOME)]
            told = {"done": done, "outcomes": outcomes, "grown_mb": peak_mb() - idle}
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
