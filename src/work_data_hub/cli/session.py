"""What most commands need first: settings, a log that does not disturb the terminal, a wired hub."""

import logging
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from work_data_hub.cli.progress import tell
from work_data_hub.domain.kernel.errors import ConfigurationError

if TYPE_CHECKING:
    from work_data_hub.bootstrap import Hub
    from work_data_hub.config.settings import Settings

_LOGS_KEPT = 30
_STDERR = 2


class CallLog:
    """The log file of this call; results and progress have the terminal to themselves."""

    def __init__(self) -> None:
        self.path: Path | None = None
        self._stream: TextIO | None = None

    def open(self, settings: "Settings") -> None:
        """Send what is logged from now on to the file."""
        from work_data_hub.utils.logging import configure_logging

        self.close()
        path = logs_folder(settings) / f"wdh-{time.strftime('%Y%m%d')}.log"
        try:
            # what lies beside the log is the owner's alone
            settings.wdh_home.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.parent.mkdir(parents=True, exist_ok=True)
            for old in sorted(path.parent.glob("wdh-*.log"))[:-_LOGS_KEPT]:
                old.unlink(missing_ok=True)
            self._stream, self.path = path.open("a", encoding="utf-8"), path
        except OSError as error:
            raise ConfigurationError(
                f"{path} can't be written: {error.strerror}",
                expected="WDH_HOME in a folder of yours",
                fix="change its permissions, or set WDH_HOME to another folder",
            ) from error
        configure_logging(
            settings.log_level,
            settings.environment,
            settings.log_dir,
            stream=self._stream,
            secrets=settings.secrets(),
        )

    @contextmanager
    def hears_stderr(self) -> Iterator[None]:
        """Send what libraries and their children say to stderr to the file, as long as the block runs."""
        if self._stream is None:
            yield
            return
        kept = os.dup(_STDERR)
        os.dup2(self._stream.fileno(), _STDERR)
        try:
            with redirect_stderr(self._stream):
                yield
        finally:
            os.dup2(kept, _STDERR)
            os.close(kept)

    def close(self) -> None:
        """Take the file from the log and close it."""
        stream = self._stream
        self._stream, self.path = None, None
        if stream is not None:
            _detach(stream)
            stream.close()

    def keep(self, error: BaseException) -> Path | None:
        """Log an unexpected failure with its stack, where there is a log."""
        if self._stream is not None:
            logging.getLogger(__name__).error("unexpected failure", exc_info=error)
        return self.path


def _detach(stream: TextIO) -> None:
    root = logging.getLogger()
    for handler in tuple(root.handlers):
        if getattr(handler, "stream", None) is stream:
            root.removeHandler(handler)


call_log = CallLog()


def read_settings() -> "Settings":
    """Read the settings, open the log and tell Dagster where its home is."""
    from work_data_hub.config.settings import get_settings

    settings = get_settings()
    call_log.open(settings)
    # Dagster reads its own variables from the environment, which .env does not reach
    if settings.dagster_home is not None:
        os.environ["DAGSTER_HOME"] = str(settings.dagster_home)
    if settings.dagster_postgres_url is not None:
        os.environ["DAGSTER_POSTGRES_URL"] = settings.dagster_postgres_url.get_secret_value()
    return settings


def logs_folder(settings: "Settings") -> Path:
    """Give the folder of the command's own logs."""
    return settings.wdh_home / "logs"


@contextmanager
def open_hub(settings: "Settings", engine: str = "pandas") -> Iterator["Hub"]:
    """Wire a hub; an embedded server runs as long as the hub is open."""
    from work_data_hub.bootstrap import build_hub

    with build_hub(settings, on_event=_hear, engine=engine) as hub:
        yield hub


def _hear(event: str, facts: Mapping[str, object]) -> None:
    """Log what the warehouse's adapter tells, and let the user know why it takes longer."""
    from work_data_hub.utils.logging import get_logger

    get_logger("work_data_hub.warehouse").warning(event, **facts)
    if event == "retry":
        tell(("! ", "yellow"), f"{facts['error']}; trying again in {facts['delay_seconds']:.0f} s")
