"""The edge to MLflow: loaded when it is needed, silent, and with its faults in the hub's words."""

import logging
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import SADeprecationWarning, SQLAlchemyError

from work_data_hub.domain.kernel.errors import TransientError
from work_data_hub.io.loader.urls import DatabaseUrl

if TYPE_CHECKING:
    from mlflow import MlflowClient

# nothing is sent to its makers, nothing is printed, no connection is kept open beside the warehouse's
_QUIET: Final[Mapping[str, str]] = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_CONFIGURE_LOGGING": "false",
    "MLFLOW_SQLALCHEMYSTORE_POOLCLASS": "NullPool",
}
_TALKATIVE: Final = ("mlflow", "alembic.runtime.migration")


@contextmanager
def mlflow_edge(what: str) -> Iterator[None]:
    """Run calls of the library; what fails there is a TransientError: the ledger has everything, try again later."""
    _silence()
    with warnings.catch_warnings():
        # MLflow 3.17 asks SQLAlchemy 2.1 for a loader strategy by its old name; remove when it no longer does
        warnings.filterwarnings("ignore", "The ``noload`` loader strategy", SADeprecationWarning)
        from mlflow.exceptions import MlflowException

        try:
            yield
        except (MlflowException, SQLAlchemyError, OSError) as error:
            told = " ".join(str(error).split())[:300]
            raise TransientError(
                f"the experiment tracker failed {what}: {told}",
                expected="its database and its folder mlruns below WDH_HOME",
                fix="see that both are there, then run `wdh models sync`",
            ) from error


def open_client(database: DatabaseUrl) -> "MlflowClient":
    """Give a client on a database, whose tables it makes when they are missing."""
    with mlflow_edge("opening its database"):
        from mlflow import MlflowClient

        url = database.sqlalchemy.render_as_string(hide_password=False)
        client = MlflowClient(tracking_uri=url, registry_uri=url)
        # the first question makes the tables
        client.search_experiments(max_results=1)
        return client


def _silence() -> None:
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
