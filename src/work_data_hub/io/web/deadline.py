"""A limit for work that waits for another machine, whatever it waits for there."""

from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Thread
from typing import TypeVar

from work_data_hub.domain.kernel.errors import HubError, TransientError

T = TypeVar("T")


def within(seconds: float, service: str, work: Callable[[], T]) -> T:
    """Give what the work gives; when the time is up it is left to itself, and a TransientError says so."""
    future: Future[T] = Future()
    # name resolution knows no time-out, and a peer that sends a byte now and then resets every other one
    Thread(target=_run, args=(future, work), name="outside call", daemon=True).start()
    if wait([future], seconds).not_done:
        raise TransientError(
            f"{service} did not finish within {seconds:g} s", fix="try again later, or allow it more time"
        )
    return future.result()


def _run(future: "Future[T]", work: Callable[[], T]) -> None:
    try:
        future.set_result(work())
    except HubError as error:
        future.set_exception(error)
    except BaseException as error:
        future.set_exception(error)
        raise
