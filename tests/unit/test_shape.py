"""The shape that the code keeps without anybody watching."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

SOURCE = Path(__file__).parents[2] / "src" / "work_data_hub"
MODULES = sorted(SOURCE.rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}
Function = ast.FunctionDef | ast.AsyncFunctionDef
# edges: a process's exit status, a doctor that names what is wrong, a log that must not stop its caller
EDGES = {"cli/edge.py", "cli/doctor_checks.py", "utils/logging.py"}


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def lines_of(path: Path) -> int:
    return path.read_text(encoding="utf-8").count("\n")


def functions(tree: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def length(function: Function) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


def test_modules_are_small() -> None:
    sizes = {name_of(path): lines_of(path) for path in MODULES if lines_of(path)}
    assert {name: size for name, size in sizes.items() if size > 400} == {}
    assert median(sizes.values()) <= 120


def test_functions_are_small() -> None:
    sizes = {f"{name_of(p)}:{f.name}": length(f) for p, tree in TREES.items() for f in functions(tree)}
    assert {name: size for name, size in sizes.items() if size > 60} == {}
    assert median(sizes.values()) <= 10


def test_a_module_says_what_belongs_in_it() -> None:
    silent = [name_of(p) for p, tree in TREES.items() if lines_of(p) and not ast.get_docstring(tree)]
    assert silent == []


def test_nothing_prints_but_the_command_line() -> None:
    calls = [
        name_of(path)
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert [name for name in calls if not name.startswith("cli/")] == []


def test_a_broad_except_raises_again_except_at_the_edge() -> None:
    broad = [
        f"{name_of(path)}:{node.lineno}"
        for path, tree in TREES.items()
        if name_of(path) not in EDGES
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id.endswith("Exception")))
        and not any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
    ]
    assert broad == []


def test_nothing_is_left_for_later() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error")
    left = [name_of(path) for path in MODULES if any(m in path.read_text(encoding="utf-8") for m in marks)]
    assert left == []


def test_types_are_ignored_rarely_and_with_a_reason() -> None:
    ignored = [
        line.strip()
        for path in MODULES
        for line in path.read_text(encoding="utf-8").splitlines()
        if "type: ignore" in line
    ]
    assert len(ignored) <= 5
    assert [line for line in ignored if line.count("#") < 2] == []
