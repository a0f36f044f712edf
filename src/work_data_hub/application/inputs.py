"""Which versions a build would read now, and the one hash that tells whether anything changed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Protocol

from work_data_hub.application.domains import Domain, Ports
from work_data_hub.application.ports import Ledger
from work_data_hub.application.quarantine.corrections import Correction, corrections_version
from work_data_hub.application.runs import InputVersion, PublishRecord
from work_data_hub.domain.kernel.build import InputRef, TableBuild
from work_data_hub.domain.kernel.contract import Layer, TableContract
from work_data_hub.domain.kernel.errors import PermanentError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope

ABSENT = "absent"
CORRECTIONS = "hub.platform.corrections"


class Published(Protocol):
    """What has been published: the newest publish of a scope, and those of all scopes of tables."""

    def latest(self, contract: TableContract, scope: Scope) -> PublishRecord | None:
        """Give the newest publish of a scope."""

    def publishes(self, contracts: Sequence[TableContract]) -> Sequence[PublishRecord]:
        """Give the newest publish of every scope of these tables."""


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


def table_inputs(build: TableBuild, period: Period, published: Published) -> tuple[InputVersion, ...]:
    """Give the published versions that the build would read; an absent optional one is said to be absent."""
    return tuple(_version(build, ref, period, published) for ref in build.inputs)


def correction_inputs(
    build: TableBuild, period: Period, ports: Ports
) -> tuple[tuple[InputVersion, ...], Mapping[str, tuple[Correction, ...]]]:
    """Give the corrections of the sheet rows that a build reads, and their version where there are any."""
    found = {
        ref.name: corrections
        for ref in build.inputs
        if ref.contract.layer is Layer.BRONZE
        and (corrections := ports.quarantine.corrections(ref.contract, ref.scope(period)))
    }
    versions = tuple(
        InputVersion(f"{CORRECTIONS}:{name}", Scope.month(period).key, corrections_version(corrections))
        for name, corrections in found.items()
    )
    return versions, found


def _version(build: TableBuild, ref: InputRef, period: Period, published: Published) -> InputVersion:
    scope = ref.scope(period)
    if ref.history:
        return InputVersion(ref.contract.key, scope.key, _history(ref.contract, period, published))
    record = published.latest(ref.contract, scope)
    if record is None and not ref.optional:
        raise UpstreamMissingError(
            f"{build.contract.qualified_name} needs {ref.contract.qualified_name} for {scope.key}",
            expected="a published scope",
            fix=f"materialize {'/'.join(ref.contract.asset_key)} for {period.key} first",
        )
    return InputVersion(ref.contract.key, scope.key, ABSENT if record is None else record.identity_hash)


def _history(contract: TableContract, period: Period, published: Published) -> str:
    """Hash what all months before one hold; a month that is published empty changes nothing."""
    first = Scope.month(period).key
    versions = [
        [record.scope, record.identity_hash]
        for record in published.publishes([contract])
        if record.scope < first and record.counts.published
    ]
    return hashlib.sha256(json.dumps(sorted(versions)).encode()).hexdigest() if versions else ABSENT


def check_gates(domain: Domain, build: TableBuild, period: Period, ledger: Ledger) -> None:
    """Refuse to go on while a gate is missing or was made from other inputs than the current ones."""
    for contract in build.gates:
        gate = domain.table(contract.key)
        record = ledger.latest(contract, Scope.month(period))
        if (
            not isinstance(gate, TableBuild)
            or record is None
            or record.inputs != table_inputs(gate, period, ledger)
        ):
            raise GateStaleError(
                f"{contract.qualified_name} is not up to date for {period}",
                expected=f"a publish made from the inputs that {build.contract.qualified_name} reads",
                fix=f"materialize {'/'.join(contract.asset_key)} for {period.key} first",
            )
