"""The command starts light."""

import subprocess
import sys

HEAVY = (
    "pandas",
    "numpy",
    "pyarrow",
    "sqlalchemy",
    "dagster",
    "pydantic",
    "alembic",
    "structlog",
    "psycopg2",
)


def test_the_help_imports_nothing_heavy_and_tells_the_exit_statuses() -> None:
    script = (
        "import sys\nfrom work_data_hub.cli.main import run\nstatus = run(['--help'])\n"
        f"sys.exit(status or ','.join(name for name in {HEAVY!r} if name in sys.modules) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    said = " ".join(done.stdout.replace("│", " ").split())
    assert "0 done · 1 failed · 2 wrong usage or configuration" in said
    for command in ("doctor", "sample-data", "plan", "run", "status", "quarantine", "docs", "db", "start"):
        assert command in said
