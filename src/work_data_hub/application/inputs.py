"""Which versions a build would read now, and the one hash that tells whether anything changed."""

import hashlib
import json
from collections.abc import Callable, Sequence

from work_data_hub.application.domains import Domain
from work_data_hub.application.ports import Ledger
from work_data_hub.application.runs import InputVersion, PublishRecord
from work_data_hub.domain.kernel.build import InputRef, TableBuild
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope

ABSENT = "absent"
Latest = Callable[[TableContract, Scope], PublishRecord | None]


class UpstreamMissingError(PermanentError):
    """A table this build reads has not been published for the month."""


class GateStaleError(PermanentError):
    """A reference table was not brought up to date before the fact that needs it."""


def input_hash(
    contract: TableContract, inputs: Sequence[InputVersion], *, config: str, code_version: str
) -> str:
    """Hash everything a build depends on: inputs, contract, configuration and code."""
    parts = [[i.name, i.scope, i.version] for i in inputs]
    text = json.dumps([contract.key, contract.version, parts, config, code_version], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def table_inputs(build: TableBuild, period: Period, latest: Latest) -> tuple[InputVersion, ...]:
    """Give the published versions that the build would read; an absent optional one is said to be absent."""
    return tuple(_version(build, ref, period, latest) for ref in build.inputs)


def _version(build: TableBuild, ref: InputRef, period: Period, latest: Latest) -> InputVersion:
    scope = Scope.month(period.shift(ref.month_offset))
    record = latest(ref.contract, scope)
    if record is None and not ref.optional:
        raise UpstreamMissingError(
            f"{build.contract.qualified_name} needs {ref.contract.qualified_name} for {scope.key}",
            expected="a published scope",
            fix=f"materialize {'/'.join(ref.contract.asset_key)} for {period.key} first",
        )
    return InputVersion(ref.contract.key, scope.key, ABSENT if record is None else record.identity_hash)


def check_gates(domain: Domain, build: TableBuild, period: Period, ledger: Ledger) -> None:
    """Refuse to go on while a gate is missing or was made from other inputs than the current ones."""
    for contract in build.gates:
        gate = domain.table(contract.key)
        record = ledger.latest(contract, Scope.month(period))
        if (
            not isinstance(gate, TableBuild)
            or record is None
            or record.inputs != table_inputs(gate, period, ledger.latest)
        ):
            raise GateStaleError(
                f"{contract.qualified_name} is not up to date for {period}",
                expected=f"a publish made from the inputs that {build.contract.qualified_name} reads",
                fix=f"materialize {'/'.join(contract.asset_key)} for {period.key} first",
            )
