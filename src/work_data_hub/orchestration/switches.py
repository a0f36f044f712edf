"""Switching sensors on in the Dagster that is being served, unless somebody has switched them before."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any, Final

import dagster as dg
from dagster._core.definitions.run_request import InstigatorType

from work_data_hub.domain.kernel.errors import PermanentError, TransientError

_SENSORS: Final = """
{ repositoriesOrError { ... on RepositoryConnection { nodes { name location { name } sensors { name } } } } }
"""
_START: Final = """
mutation Start($selector: SensorSelector!) {
  startSensor(sensorSelector: $selector) {
    __typename
    ... on Sensor { sensorState { status } }
    ... on PythonError { message }
    ... on UnauthorizedError { message }
    ... on SensorNotFoundError { message }
  }
}
"""
_POLL: Final = 0.5
_ANSWER_LIMIT: Final = 30.0


@dataclass(frozen=True, slots=True)
class Switched:
    """Which sensors run now, and which somebody has switched off."""

    on: tuple[str, ...]
    off: tuple[str, ...]


def switch_on(port: int, names: Sequence[str], *, patience: float = 90.0) -> Switched:
    """Start the sensors that nobody has ever started or stopped; Dagster's own storage remembers both."""
    known = _decided()
    fresh = [name for name in names if name not in known]
    if fresh:
        selectors = _selectors(port, fresh, patience)
        for name in fresh:
            _start(port, name, selectors[name])
    off = tuple(name for name in names if known.get(name) is False)
    return Switched(tuple(name for name in names if name not in off), off)


def _decided() -> Mapping[str, bool]:
    with dg.DagsterInstance.get() as instance:
        states = instance.all_instigator_state(instigator_type=InstigatorType.SENSOR)
    return {state.instigator_name: state.is_running for state in states}


def _selectors(port: int, names: Sequence[str], patience: float) -> dict[str, Mapping[str, str]]:
    """Wait until the served graph is loaded and has the sensors."""
    deadline = time.monotonic() + patience
    while True:
        found = dict(_served(_ask(port, _SENSORS)))
        missing = [name for name in names if name not in found]
        if not missing:
            return found
        if time.monotonic() > deadline:
            raise PermanentError(
                f"the Dagster UI does not show {', '.join(missing)}",
                expected="the graph of this project",
                fix="look for what kept it from loading under Deployment in the UI",
            )
        time.sleep(_POLL)


def _served(answer: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, str]]]:
    for repository in answer["repositoriesOrError"].get("nodes", ()):
        for sensor in repository["sensors"]:
            yield (
                sensor["name"],
                {
                    "repositoryName": repository["name"],
                    "repositoryLocationName": repository["location"]["name"],
                    "sensorName": sensor["name"],
                },
            )


def _start(port: int, name: str, selector: Mapping[str, str]) -> None:
    answer = _ask(port, _START, {"selector": selector})["startSensor"]
    if answer["__typename"] != "Sensor":
        raise PermanentError(
            f"{name} could not be switched on: {answer.get('message', answer['__typename'])}",
            fix="switch it on under Automation in the UI",
        )


def _ask(port: int, query: str, variables: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    body = json.dumps({"query": query, "variables": variables or {}}).encode()
    try:
        with closing(HTTPConnection("127.0.0.1", port, timeout=_ANSWER_LIMIT)) as connection:
            connection.request("POST", "/graphql", body, {"Content-Type": "application/json"})
            answer: Mapping[str, Any] = json.load(connection.getresponse())
    except (OSError, HTTPException, ValueError) as error:
        raise TransientError(
            f"the Dagster UI does not answer: {error}", fix="switch the sensors on under Automation in the UI"
        ) from error
    if answer.get("errors"):
        raise PermanentError(
            f"the Dagster UI refused a question: {answer['errors'][0]['message']}",
            fix="switch the sensors on under Automation in the UI",
        )
    found: Mapping[str, Any] = answer["data"]
    return found
