"""What the page for operators says of sensors and schedules is what the environment map says."""

import re
from pathlib import Path

from work_data_hub.orchestration.automation import ENVIRONMENTS

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"


def test_every_sensor_and_schedule_is_told_with_where_it_may_run() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \((?:sensor|schedule)\) \| .+ \| (.+) \|$", text, re.MULTILINE)
    assert {name: tuple(places.split(", ")) for name, places in rows} == ENVIRONMENTS
