import threading
import time

import pytest

from work_data_hub.domain.kernel.errors import PermanentError, TransientError
from work_data_hub.io.web.deadline import within


def test_what_is_done_in_time_is_given() -> None:
    assert within(5, "s", lambda: 3) == 3


def test_a_typed_failure_comes_through_as_it_is() -> None:
    error = PermanentError("no", fix="f")

    def fail() -> None:
        raise error

    with pytest.raises(PermanentError) as caught:
        within(5, "s", fail)
    assert caught.value is error


def test_work_that_takes_too_long_is_left_to_itself() -> None:
    started = time.monotonic()
    with pytest.raises(TransientError, match=r"the service did not finish within 0\.05 s"):
        within(0.05, "the service", lambda: time.sleep(0.5))
    assert time.monotonic() - started < 0.4


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_mistake_in_the_work_is_raised_at_once_and_not_taken_for_a_deadline() -> None:
    def mistake() -> None:
        raise KeyError("typo")

    with pytest.raises(KeyError, match="typo"):
        within(5, "s", mistake)
    for thread in threading.enumerate():
        if thread.name == "outside call":
            thread.join()
