"""The receiving side: verify a release first, then load it, and count again where it was loaded."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from work_data_hub.application.release.ports import Target
from work_data_hub.application.release.verify import Inspect, Verified, verify


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did; not `loaded` means that this release was there already."""

    release: Verified
    rows: int
    loaded: bool


def receive(
    inspect: Inspect,
    path: Path,
    target: Target,
    read: Callable[[Verified], Iterator[pa.Table]],
    *,
    again: bool = False,
) -> Loaded:
    """Load a release that verifies, unless it is loaded already; `again` loads it all the same."""
    release = verify(inspect, path)
    total = release.manifest.row_count_total
    if not again and target.holds(release):
        return Loaded(release, total, loaded=False)
    counted = target.load(release, lambda: read(release))
    return Loaded(release, counted, loaded=True)
