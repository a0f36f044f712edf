"""Loads a frame in a process of its own and prints its peak memory in multiples of the frame."""

import sys
from pathlib import Path

import psutil
import pyarrow as pa

from benchmarks.load_rows import LINES, SCOPE
from work_data_hub.domain.kernel.frames import to_pandas
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader


def main(url: str, rows_path: str) -> None:
    """Load the rows as a pandas frame; what the process held before it read them does not count."""
    loader = WarehouseLoader(url)
    loader.connect()
    before = psutil.Process().memory_info().rss
    with pa.ipc.open_stream(Path(rows_path).open("rb")) as reader:
        frame = to_pandas(reader.read_all())
    size = int(frame.memory_usage(index=False, deep=True).sum())
    loader.load_dataframe(frame, LINES, scope=SCOPE)
    loader.disconnect()
    sys.stdout.write(f"{(peak_bytes() - before) / size}\n")


def peak_bytes() -> int:
    """Give this process's own high-water mark; getrusage would carry over the parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) * 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
