"""Where the files of one home's server lie."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    """The control files of a home, and the two places its data may be in."""

    home: Path
    state: Path

    @property
    def anchor(self) -> Path:
        """Folder of locks, password and log."""
        return self.home / "postgres"

    @property
    def connection(self) -> Path:
        """File with port and password."""
        return self.anchor / "connection.json"

    @property
    def log(self) -> Path:
        """What the server writes."""
        return self.anchor / "pg.log"

    @property
    def pin(self) -> Path:
        """Marker: the server stays up until it is stopped by command."""
        return self.anchor / "pinned"

    @property
    def throwaway(self) -> Path:
        """Marker: the keeper removes everything at the end."""
        return self.anchor / "throwaway"

    @property
    def lease_lock(self) -> Path:
        """Shared by all users of the server."""
        return self.anchor / "lease.lock"

    @property
    def start_lock(self) -> Path:
        """Held while the server is started or stopped."""
        return self.anchor / "start.lock"

    @property
    def keeper_lock(self) -> Path:
        """Held by the keeper for its whole life."""
        return self.anchor / "keeper.lock"

    def base(self, relocated: bool) -> Path:
        """Folder that belongs to the server's account: in the home, or in the system's state folder."""
        if not relocated:
            return self.anchor / "server"
        return self.state / hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]

    def data(self, relocated: bool) -> Path:
        """Folder with the server's data."""
        return self.base(relocated) / "data"

    def prepare(self) -> None:
        """Make the home; nobody but its owner looks in, root's server account only passes through."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.anchor.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, exist_ok=True)
