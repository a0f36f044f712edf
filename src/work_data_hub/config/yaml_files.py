"""Reading YAML as plain data: nothing in it is executed and no key may stand twice."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml
from pydantic import ValidationError

from work_data_hub.config.problems import Problem, problems
from work_data_hub.domain.kernel.errors import ConfigurationError, Location

_T = TypeVar("_T")
WHOLE: Final = "the whole file"

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A file's data and the line of every key."""

    name: str
    data: Mapping[str, Any]
    lines: Mapping[str, int]

    def line(self, key: str) -> int | None:
        """Give the line of a key, or of the nearest key above it."""
        while key and key not in self.lines:
            key = key.rpartition(".")[0]
        return self.lines.get(key)

    def error(self, problem: Problem) -> ConfigurationError:
        """Say which key of which file is wrong."""
        line = self.line(problem.key)
        place = self.name if line is None else f"{self.name}, line {line}"
        return ConfigurationError(
            f"{place}: {problem}",
            where=Location(file=self.name, row=line, column=problem.key, value=problem.value),
            expected=problem.expected,
            fix=f"correct {problem.key} in {self.name}",
            file=self.name,
            key=problem.key,
        )


def read_yaml(folder: Path, *path: str) -> YamlFile:
    """Read one file, which must hold a map."""
    name = "/".join(path)
    try:
        text = folder.joinpath(*path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"the configuration file {name} can't be read: {error}",
            where=Location(file=name),
            expected="a YAML file in UTF-8",
            fix=f"restore {name}",
        ) from error
    return _parse(name, text)


def _parse(name: str, text: str) -> YamlFile:
    loader = _LOADER(text)
    try:
        node = loader.get_single_node()
        entries = [] if node is None else list(_keys(node, ""))
        _refuse_duplicates(name, entries)
        data = {} if node is None else loader.construct_document(node)
    except yaml.YAMLError as error:
        raise ConfigurationError(
            f"{name} is not plain YAML: {error}",
            where=Location(file=name),
            expected="plain maps, lists and text; no tags, no code",
            fix=f"correct {name}",
        ) from error
    finally:
        loader.dispose()
    if not isinstance(data, dict):
        raise YamlFile(name, {}, {}).error(Problem(WHOLE, type(data).__name__, "a map of keys"))
    return YamlFile(name, data, dict(entries))


def _keys(node: yaml.Node, path: str) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            full = f"{path}.{key.value}" if path else str(key.value)
            yield full, key.start_mark.line + 1
            yield from _keys(value, full)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _keys(item, f"{path}.{index}")


def _refuse_duplicates(name: str, entries: list[tuple[str, int]]) -> None:
    first: dict[str, int] = {}
    for key, line in entries:
        if key in first:
            told = Problem(key, f"written twice, in lines {first[key]} and {line}", "every key once")
            raise YamlFile(name, {}, {key: line}).error(told)
        first[key] = line


def validated(check: Callable[[object], _T], file: YamlFile, data: object, *, below: str = "") -> _T:
    """Make a typed value of plain data, or name the first key that is wrong."""
    try:
        return check(data)
    except ValidationError as error:
        found = next(problems(error))
        key = ".".join(part for part in (below, found.key) if part)
        raise file.error(Problem(key or WHOLE, found.value, found.expected)) from None
