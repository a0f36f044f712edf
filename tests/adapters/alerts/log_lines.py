"""The log as it is written, for as long as a context is open."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from work_data_hub.utils.logging import configure_logging


@contextmanager
def log_lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Give a function that reads the lines so far; logging is put back afterwards."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = list(root.handlers), root.level
    configure_logging("INFO", stream=stream)
    try:
        yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
