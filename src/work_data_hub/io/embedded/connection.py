"""The file that says how to connect; written whole, private, and the only place of the password."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self
from urllib.parse import quote

from work_data_hub.domain.kernel.errors import ConfigurationError

USER = "wdh"


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach the server of a home; port 0 before the first start."""

    password: str
    relocated: bool
    port: int = 0

    @classmethod
    def new(cls, *, relocated: bool) -> Self:
        """Make one with a fresh password."""
        return cls(secrets.token_hex(24), relocated)

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """Read the file; None when there is none."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            raise ConfigurationError(
                f"{path} can't be read as the connection file of the embedded Postgres.",
                fix=f"restore it; or move {path} away to begin with an empty warehouse (the old one is set aside).",
            ) from error

    def write(self, path: Path) -> None:
        """Replace the file in one step; it belongs to the owner of its folder, root or not."""
        draft = path.with_suffix(f".{os.getpid()}.new")
        write_private(draft, json.dumps(asdict(self)))
        owner = path.parent.stat()
        if os.geteuid() == 0:
            os.chown(draft, owner.st_uid, owner.st_gid)
        draft.replace(path)

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of a database."""
        return (
            f"postgresql+psycopg2://{USER}:{self.password}@127.0.0.1:{self.port}/{quote(database, safe='')}"
        )


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, from its first byte on."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
