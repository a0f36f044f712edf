"""The words in which a file is refused, said in one place."""

from work_data_hub.domain.kernel.errors import (
    DamagedInputError,
    IntakeLimitError,
    Location,
    ProtectedInputError,
)

_WHOLE = "an .xlsx or .xlsm workbook in one piece, without password"
_SAVE_AGAIN = "Open the file in a spreadsheet program, save it again as .xlsx"
_AGAIN = "and put it into the landing folder again."
_FEWER_ROWS = (
    "Save only the month's rows in a new workbook, deliver that one, and ask where this one came from."
)


def damaged(what: str, where: str | Location, fix: str = _SAVE_AGAIN) -> DamagedInputError:
    """Say that a workbook can't be read as one."""
    place = where if isinstance(where, Location) else Location(where)
    return DamagedInputError(what, where=place, expected=_WHOLE, fix=f"{fix} {_AGAIN}")


def protected(what: str, file: str, fix: str) -> ProtectedInputError:
    """Say that the file is closed to the hub."""
    return ProtectedInputError(what, where=Location(file), expected=_WHOLE, fix=f"{fix} {_AGAIN}")


def too_much(what: str, most: str, where: Location, fix: str = _FEWER_ROWS) -> IntakeLimitError:
    """Say that the file is beyond a declared limit."""
    return IntakeLimitError(
        what,
        where=where,
        expected=f"at most {most}",
        fix=fix,
    )


def unreadable(error: OSError, file: str) -> DamagedInputError:
    """Say that the operating system does not give the file."""
    if isinstance(error, PermissionError):
        return protected(
            f"The file can't be opened: {error.strerror}.", file, "Close it elsewhere, allow reading it"
        )
    return damaged(f"The file can't be opened: {error.strerror}.", file, "Check that it exists")
