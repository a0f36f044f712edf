"""`current.json` beside a table's releases: small, and replaced all at once."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError

from work_data_hub.application.release.place import POINTER, ROOT, TABLE_FORM, Place
from work_data_hub.application.release.records import Pointer, Promotion
from work_data_hub.application.release.version import VERSION_FORM, Version
from work_data_hub.domain.kernel.errors import DamagedInputError
from work_data_hub.io.release.durable import flush, make_folders, write_durably
from work_data_hub.io.release.shelf import pass_by

PROMOTE_POINTS: Final = ("pointer_staged", "pointer_set")


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: Annotated[str, StringConstraints(pattern=f"^{VERSION_FORM}$")]
    path: Annotated[str, StringConstraints(pattern=rf"^\d{{4}}/\d\d/\d\d/v{VERSION_FORM}$")]
    run_id: str
    promoted_utc: AwareDatetime


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    table: Annotated[str, StringConstraints(pattern=f"^{TABLE_FORM}$")]
    current: _Entry
    previous: tuple[_Entry, ...]


class FolderPointers:
    """Pointers below a release root; `at` is told when each named point is passed."""

    def __init__(self, root: Path, at: Callable[[str], None] = pass_by) -> None:
        """Remember the root."""
        self._root, self._at = root, at

    def get(self, table: str) -> Pointer | None:
        """Give a table's pointer."""
        return read_pointer(self._root / ROOT / table)

    def set(self, pointer: Pointer) -> None:
        """Replace the pointer: a reader sees the old one or the new one."""
        folder = self._root / ROOT / pointer.table
        make_folders(folder, self._root)
        pending = folder / f"{POINTER}.new"
        pending.unlink(missing_ok=True)
        write_durably(pending, _text(pointer))
        self._at("pointer_staged")
        pending.replace(folder / POINTER)
        flush(folder)
        self._at("pointer_set")


def read_pointer(folder: Path) -> Pointer | None:
    """Give the pointer of a table's folder; one that can't be read is a DamagedInputError."""
    path = folder / POINTER
    try:
        found = _Document.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise DamagedInputError(
            f"{path} can't be read: {error}", fix="remove the file, then promote a release"
        ) from error
    pointer = Pointer(found.table, _promotion(found.current), tuple(map(_promotion, found.previous)))
    shown = Place.within(found.table, found.current.path)
    if shown is None or shown.version != pointer.current.version:
        raise DamagedInputError(f"{path} contradicts itself", fix="remove the file, then promote a release")
    return pointer


def current_of(path: Path) -> Path:
    """Give the folder that a table's pointer shows; a path without a pointer is the release itself."""
    pointer = read_pointer(path) if path.is_dir() else None
    return path if pointer is None else path / pointer.current.path


def _promotion(entry: _Entry) -> Promotion:
    return Promotion(Version.parse(entry.version), entry.path, entry.run_id, entry.promoted_utc)


def _text(pointer: Pointer) -> str:
    document = _Document(
        table=pointer.table,
        current=_entry(pointer.current),
        previous=tuple(map(_entry, pointer.previous)),
    )
    return document.model_dump_json(indent=2) + "\n"


def _entry(shown: Promotion) -> _Entry:
    return _Entry(
        version=str(shown.version), path=shown.path, run_id=shown.run_id, promoted_utc=shown.promoted_utc
    )
