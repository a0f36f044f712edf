"""`wdh doctor`: everything a run needs, looked at; it repairs nothing and always ends with a list."""

from rich.text import Text

from work_data_hub.cli.doctor_checks import ALL_CHECKS, Finding, Verdict, look
from work_data_hub.cli.output import JsonOption, console, finish, write_json

_MARKS = {Verdict.OK: ("✓", "green"), Verdict.WARN: ("!", "yellow"), Verdict.WRONG: ("✗", "red")}


def doctor(as_json: JsonOption = False) -> None:
    """Check what a run needs: settings, folders, disk, database, schema, Dagster's home, configuration."""
    findings = [look(name, check) for name, check in ALL_CHECKS]
    status = int(any(finding.verdict is Verdict.WRONG for finding in findings))
    if as_json:
        write_json({"checks": findings, "exit_status": status})
    else:
        for finding in findings:
            _show(finding)
    finish(status)


def _show(finding: Finding) -> None:
    mark, style = _MARKS[finding.verdict]
    line = Text.assemble((f"{mark} ", style), (f"{finding.name:<14}", "bold"), " ", finding.detail)
    if finding.fix:
        line.append(f"\n  Fix: {finding.fix}", style="green")
    console().print(line)
