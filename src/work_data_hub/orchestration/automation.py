"""When things run by themselves: what may run where, and when a table counts as late."""

from datetime import timedelta

import dagster as dg

from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.errors import ConfigurationError

# What a deployment may start by itself; everything is stopped until somebody switches it on in the UI.
ENVIRONMENTS = {
    "annuity_landing": ("dev", "staging", "prod"),
    "annuity_monthly": ("staging", "prod"),
}


def allowed(name: str) -> tuple[str, ...]:
    """Say in which environments a sensor or schedule may run; one that is not on the map is an error."""
    if name not in ENVIRONMENTS:
        raise ConfigurationError(
            f"{name} is not on the environment map",
            expected=", ".join(sorted(ENVIRONMENTS)),
            fix="add it to ENVIRONMENTS in orchestration/automation.py",
        )
    return ENVIRONMENTS[name]


def freshness(contract: TableContract) -> dg.FreshnessPolicy | None:
    """Expect monthly tables once a month, with ten days of grace."""
    if contract.partition != "month":
        return None
    return dg.FreshnessPolicy.time_window(fail_window=timedelta(days=41), warn_window=timedelta(days=35))
