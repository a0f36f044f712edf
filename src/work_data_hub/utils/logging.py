"""Structured logs: one JSON line an event, secrets taken out, and a bridge to whoever keeps a run's log."""

import json
import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TextIO, cast

import structlog
from structlog.stdlib import BoundLogger, ProcessorFormatter

from work_data_hub.utils.daily_file import DailyFileHandler
from work_data_hub.utils.redaction import Redactor

Forward = Callable[[str, str], object]

_OURS: Final = "work_data_hub."
_SHAPE_KEYS: Final = frozenset({"_record", "_from_structlog", "event", "exception"})
_forward: ContextVar[Forward | None] = ContextVar("work_data_hub_forward", default=None)


def get_logger(name: str) -> BoundLogger:
    """Give a logger; keyword arguments of its calls become the context of the event."""
    logger = structlog.wrap_logger(
        logging.getLogger(name),
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.PositionalArgumentsFormatter(),
            ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=BoundLogger,
    )
    return cast(BoundLogger, logger)


def configure_logging(
    level: str = "INFO",
    environment: str = "dev",
    log_dir: Path | None = None,
    *,
    forward: Forward | None = None,
    stream: TextIO | None = None,
    secrets: Iterable[str] = (),
) -> None:
    """Log to stdout or `stream`, in prod to daily files too; a second call replaces what the first set up."""
    formatter = _formatter(Redactor(secrets))
    handlers: list[logging.Handler] = [_StreamHandler(stream), _ForwardHandler(forward)]
    if environment == "prod" and log_dir is not None:
        handlers.append(DailyFileHandler(log_dir))
    root = logging.getLogger()
    _remove_ours(root)
    for handler in handlers:
        handler.name = f"{_OURS}{type(handler).__name__}"
        handler.setFormatter(formatter)
        handler.addFilter(_worth_telling)
        root.addHandler(handler)
    root.setLevel(level)


@contextmanager
def forward_to(forward: Forward, **context: object) -> Iterator[None]:
    """Hand level and text of every event of this context to `forward` too, with `context` bound to each."""
    token = _forward.set(forward)
    try:
        with structlog.contextvars.bound_contextvars(**context):
            yield
    finally:
        _forward.reset(token)


def _remove_ours(root: logging.Logger) -> None:
    for handler in tuple(root.handlers):
        if (handler.name or "").startswith(_OURS):
            root.removeHandler(handler)
            handler.close()


def _worth_telling(record: logging.LogRecord) -> bool:
    """Let libraries speak from WARNING on."""
    ours = record.name.startswith(_OURS) or hasattr(record, "_logger")
    return ours or record.levelno >= logging.WARNING


def _formatter(redactor: Redactor) -> logging.Formatter:
    def shape(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
        record: logging.LogRecord = event["_record"]
        context = {key: value for key, value in event.items() if key not in _SHAPE_KEYS}
        line = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redactor.text(str(event.get("event"))),
            "context": redactor.value(context),
        }
        if "exception" in event:
            line["exception"] = redactor.text(str(event["exception"]))
        return json.dumps(line, ensure_ascii=False)

    return ProcessorFormatter(
        foreign_pre_chain=[structlog.contextvars.merge_contextvars, structlog.stdlib.ExtraAdder()],
        processors=[structlog.processors.format_exc_info, shape],
    )


class _StreamHandler(logging.StreamHandler[TextIO]):
    """Writes to the given stream, or to what stdout is at that moment."""

    def __init__(self, stream: TextIO | None) -> None:
        logging.Handler.__init__(self)
        self._given = stream

    @property
    def stream(self) -> TextIO:
        """The stream to write to now."""
        return self._given or sys.stdout

    @stream.setter
    def stream(self, value: TextIO) -> None:
        self._given = value


class _ForwardHandler(logging.Handler):
    """Hands events to the one who listens in this context, else to the one of the process."""

    def __init__(self, default: Forward | None) -> None:
        super().__init__()
        self._default = default

    def emit(self, record: logging.LogRecord) -> None:
        """Forward once; what the listener itself logs is not forwarded again."""
        forward = _forward.get() or self._default
        if forward is None or forward is _silent:
            return
        token = _forward.set(_silent)
        try:
            event = json.loads(self.format(record))
            forward(event["level"], _told(event))
        except Exception:  # noqa: BLE001 - a listener's fault must not break what is being logged
            self.handleError(record)
        finally:
            _forward.reset(token)


def _told(event: Mapping[str, Any]) -> str:
    """Write an event as one line for people, with its stack below."""
    context = (f"{name}={_plain(value)}" for name, value in event["context"].items())
    line = " ".join((event["message"], *context))
    return "\n".join((line, event["exception"])) if "exception" in event else line


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _silent(_level: str, _text: str) -> None:
    """Listen to nothing."""
