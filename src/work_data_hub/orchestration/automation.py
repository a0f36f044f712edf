"""When things run by themselves: what may run where, and when a table counts as late."""

from collections.abc import Iterable
from datetime import timedelta

import dagster as dg

from work_data_hub.domain.kernel.contract import Layer, TableContract
from work_data_hub.domain.kernel.errors import ConfigurationError

# What a deployment may start by itself; everything is stopped until somebody switches it on in the UI.
ENVIRONMENTS = {
    "annuity_landing": ("dev", "staging", "prod"),
    "annuity_automation": ("dev", "staging", "prod"),
    "annuity_alerts": ("dev", "staging", "prod"),
    "annuity_monthly": ("staging", "prod"),
    "retail_eurostyle_landing": ("dev", "staging", "prod"),
    "retail_contoso_landing": ("dev", "staging", "prod"),
    "retail_automation": ("dev", "staging", "prod"),
    "retail_follow": ("dev", "staging", "prod"),
    "retail_alerts": ("dev", "staging", "prod"),
    "retail_daily": ("staging", "prod"),
    "pricing_landing": ("dev", "staging", "prod"),
    "pricing_follow": ("dev", "staging", "prod"),
    "pricing_alerts": ("dev", "staging", "prod"),
    "pricing_monthly": ("staging", "prod"),
    "pricing_daily": ("staging", "prod"),
    "retention_weekly": ("dev", "staging", "prod"),
}


# endings of the names of sensors that load and build
_LOADING = ("_landing", "_automation", "_follow")


def allowed(name: str) -> tuple[str, ...]:
    """Say in which environments a sensor or schedule may run; one that is not on the map is an error."""
    if name not in ENVIRONMENTS:
        raise ConfigurationError(
            f"{name} is not on the environment map",
            expected=", ".join(sorted(ENVIRONMENTS)),
            fix="add it to ENVIRONMENTS in orchestration/automation.py",
        )
    return ENVIRONMENTS[name]


def started_in_dev(domains: Iterable[str]) -> tuple[str, ...]:
    """Give the sensors that `wdh start` switches on: with them a dropped file is loaded without a command."""
    wanted = tuple(domains)
    return tuple(
        name
        for name, environments in ENVIRONMENTS.items()
        if name.startswith(tuple(f"{domain}_" for domain in wanted))
        and name.endswith(_LOADING)
        and "dev" in environments
    )


def freshness(contract: TableContract) -> dg.FreshnessPolicy | None:
    """Expect monthly tables once a month, with ten days of grace, and gold that is built as a whole every day."""
    if not contract.monthly and contract.layer is Layer.GOLD:
        return dg.FreshnessPolicy.time_window(
            fail_window=timedelta(hours=36), warn_window=timedelta(hours=26)
        )
    if not contract.monthly:
        return None
    return dg.FreshnessPolicy.time_window(fail_window=timedelta(days=41), warn_window=timedelta(days=35))
