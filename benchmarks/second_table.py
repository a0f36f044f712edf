"""What the income chain costs in lines of source, and whether any of them were copied from elsewhere."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import work_data_hub
from benchmarks.figure import Figure, at_most

SOURCE = Path(str(work_data_hub.__file__)).parent
# code of the chain: its own modules, and every line elsewhere that names it
OWN = ("domain/annuity/income.py", "domain/annuity/contracts/income.py")
NAMES = re.compile(r"income|\bFEES\b|FEE_COLUMNS|fixed_fee|performance_fee|clawback|tax_yuan", re.IGNORECASE)
# rows for tests and newcomers are no part of the chain
INVENTED = "domain/annuity/sample/"
BAR = 350
# so many lines in a row, the same but for white space, are a copy
COPY = 6


def measure(quick: bool = False) -> list[Figure]:
    """Count the lines, and look for runs of them that stand elsewhere too."""
    sources = {path.relative_to(SOURCE).as_posix(): lines_of(path) for path in sorted(SOURCE.rglob("*.py"))}
    own = {name: len(sources[name]) for name in OWN}
    elsewhere = {
        name: found
        for name, lines in sources.items()
        if name not in OWN and not name.startswith(INVENTED) and (found := sum(map(named, lines)))
    }
    copies = [name for name in OWN for _ in copied(sources, name)]
    figure = at_most(
        "second_table",
        sum(own.values()) + sum(elsewhere.values()),
        BAR,
        unit="lines",
        own=own,
        elsewhere=elsewhere,
        copied=copies,
    )
    return [replace(figure, holds=figure.holds and not copies)]


def lines_of(path: Path) -> list[str]:
    """Give the lines that hold something."""
    lines = (" ".join(line.split()) for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]


def named(line: str) -> bool:
    """Say whether a line names the chain."""
    return NAMES.search(line) is not None


def copied(sources: dict[str, list[str]], name: str) -> Iterator[tuple[str, ...]]:
    """Give the runs of lines of a module that stand in another module as well; imports are no copies."""
    others = {run for other, lines in sources.items() if other != name for run in runs(lines)}
    yield from (run for run in runs(sources[name]) if run in others)


def runs(lines: list[str]) -> Iterator[tuple[str, ...]]:
    """Give all runs of lines that are long enough to be a copy, after the imports."""
    body = [line for line in lines if not line.startswith(("from ", "import "))]
    return (tuple(body[at : at + COPY]) for at in range(len(body) - COPY + 1))
