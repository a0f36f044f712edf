"""Retries of transient faults only, each told to whoever listens."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import tenacity

from work_data_hub.domain.kernel.errors import TransientError

Listener = Callable[[str, Mapping[str, object]], None]
T = TypeVar("T")


def ignore_event(_name: str, _facts: Mapping[str, object]) -> None:
    """Listen to nothing."""


def with_retries(
    work: Callable[[], T],
    delays: Sequence[float],
    on_event: Listener = ignore_event,
    sleep: Callable[[float], None] = time.sleep,
) -> T:
    """Run the work again after each delay while it fails transiently; tell every retry and the recovery."""

    def tell(state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        delay = state.next_action.sleep if state.next_action else 0.0
        what = error.what if isinstance(error, TransientError) else str(error)
        on_event("retry", {"attempt": state.attempt_number, "delay_seconds": delay, "error": what})

    retrying = tenacity.Retrying(
        stop=tenacity.stop_after_attempt(len(delays) + 1),
        wait=tenacity.wait_chain(*map(tenacity.wait_fixed, delays)) if delays else tenacity.wait_none(),
        retry=tenacity.retry_if_exception_type(TransientError),
        before_sleep=tell,
        sleep=sleep,
        reraise=True,
    )
    result = retrying(work)
    attempts = retrying.statistics.get("attempt_number", 1)
    if attempts > 1:
        on_event("recovered", {"attempts": attempts})
    return result
