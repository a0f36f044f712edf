"""Why a model is refused before anyone scores with it."""

from work_data_hub.domain.kernel.errors import PermanentError


class LeakageError(PermanentError):
    """A feature, or a model that is too good, tells the target."""


class NotEnoughHistoryError(PermanentError):
    """Too few usable lines, deals or days to learn from and to judge on."""
