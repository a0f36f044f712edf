"""Versions of releases, and what of them a change of the schema moves."""

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from work_data_hub.application.release.schema import ReleaseSchema
from work_data_hub.domain.kernel.errors import UsageError

VERSION_FORM: Final = r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})"


class Bump(IntEnum):
    """Which part of a version a change moves."""

    PATCH = 0
    MINOR = 1
    MAJOR = 2


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A semantic version.

    >>> str(Version.parse("1.4.2").next(Bump.MINOR))
    '1.5.0'
    """

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> "Version":
        """Read 1.0.0; anything else is a UsageError."""
        match = re.fullmatch(VERSION_FORM, text.strip().removeprefix("v"))
        if match is None:
            raise UsageError(
                f"{text!r} is not a version", expected="such as 1.0.0", fix="write three numbers"
            )
        return cls(*map(int, match.groups()))

    def next(self, bump: Bump) -> "Version":
        """Give the version after a change."""
        if bump is Bump.MAJOR:
            return Version(self.major + 1, 0, 0)
        if bump is Bump.MINOR:
            return Version(self.major, self.minor + 1, 0)
        return Version(self.major, self.minor, self.patch + 1)

    def __str__(self) -> str:
        """Write it as 1.0.0."""
        return f"{self.major}.{self.minor}.{self.patch}"


FIRST: Final = Version(1, 0, 0)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference of two schemas and what it moves."""

    bump: Bump
    what: str


def changes(old: ReleaseSchema, new: ReleaseSchema) -> tuple[Change, ...]:
    """Name every difference; a renamed column is one dropped and one added."""
    before, now = ({c.name: c for c in schema.columns} for schema in (old, new))
    found = [Change(Bump.MAJOR, f"{name} dropped") for name in before.keys() - now.keys()]
    for name, column in now.items():
        if name not in before:
            bump = Bump.MINOR if column.nullable else Bump.MAJOR
            found.append(Change(bump, f"{'nullable ' if column.nullable else ''}{name} added"))
            continue
        was = before[name]
        if was.type != column.type:
            found.append(Change(Bump.MAJOR, f"{name} retyped from {was.type} to {column.type}"))
        if was.nullable and not column.nullable:
            found.append(Change(Bump.MAJOR, f"{name} may be null no longer"))
        if column.nullable and not was.nullable:
            found.append(Change(Bump.MINOR, f"{name} may be null now"))
    if set(old.primary_key) != set(new.primary_key):
        found.append(Change(Bump.MAJOR, f"the key is ({', '.join(new.primary_key)}) now"))
    return tuple(sorted(found, key=lambda change: (-change.bump, change.what)))


def bump_of(found: tuple[Change, ...]) -> Bump:
    """Give the largest move; no change of the schema leaves the data: a patch."""
    return max((change.bump for change in found), default=Bump.PATCH)
