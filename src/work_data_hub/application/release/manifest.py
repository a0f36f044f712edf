"""`release_manifest.json` as typed values, written and read strictly."""

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from work_data_hub.application.release.place import TABLE_FORM
from work_data_hub.application.release.schema import ReleaseColumn, ReleaseSchema
from work_data_hub.application.release.version import VERSION_FORM

Text = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Rows = Annotated[int, Field(ge=0)]
MAX_CHARACTERS: Final = 16 * 1024 * 1024


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class FileEntry(_Part):
    """One file: its name, its rows, the MD5 of its bytes."""

    name: Text
    rows: Rows
    md5: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class ColumnEntry(_Part):
    """One column: its name and SQL type, and whether it may be null."""

    name: Text
    type: Text
    nullable: bool


class SchemaEntry(_Part):
    """The columns in the order of the files, the key, and the hash of the normalised DDL."""

    columns: Annotated[tuple[ColumnEntry, ...], Field(min_length=1)]
    primary_key: tuple[Text, ...]
    schema_hash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class LoadWindow(_Part):
    """When the rows came into the table: its first and its last publish."""

    start: AwareDatetime
    end: AwareDatetime


class Watermark(_Part):
    """How far the data go: the latest day in `column`, and when the rows were loaded."""

    column: Text | None
    date_max: date | None
    load_window: LoadWindow


class ScoreFacts(_Part):
    """What a table of scores says besides: its versions, its runs and the edges of its buckets."""

    model_version: Text
    feature_version: Text
    training_run_id: Text
    scoring_run_id: Text
    bucket_edges: tuple[float, ...]


class Manifest(_Part):
    """What a release says about itself."""

    dataset: Text
    table: Annotated[str, StringConstraints(pattern=f"^{TABLE_FORM}$")]
    version: Annotated[str, StringConstraints(pattern=f"^{VERSION_FORM}$")]
    run_id: UUID
    created_utc: AwareDatetime
    row_count_total: Rows
    files: Annotated[tuple[FileEntry, ...], Field(min_length=1)]
    table_schema: SchemaEntry = Field(alias="schema")
    watermark: Watermark
    scores: ScoreFacts | None = None

    @property
    def schema_of_table(self) -> ReleaseSchema:
        """The schema as a value that knows its hash."""
        columns = (ReleaseColumn(c.name, c.type, c.nullable) for c in self.table_schema.columns)
        return ReleaseSchema(self.table, tuple(columns), self.table_schema.primary_key)

    @property
    def content(self) -> tuple[object, ...]:
        """What makes two releases the same: schema, files and their bytes, scores; no names, no times."""
        files = tuple((file.rows, file.md5) for file in self.files)
        return (self.table_schema.schema_hash, files, self.watermark.date_max, self.scores)


class ManifestError(ValueError):
    """A manifest that says nothing that can be trusted; `problems` says why."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        """Keep every problem."""
        super().__init__("; ".join(problems))
        self.problems = problems


def schema_entry(schema: ReleaseSchema) -> SchemaEntry:
    """Give a schema as the manifest writes it."""
    columns = tuple(ColumnEntry(name=c.name, type=c.type, nullable=c.nullable) for c in schema.columns)
    return SchemaEntry(columns=columns, primary_key=schema.primary_key, schema_hash=schema.hash)


def write_manifest(manifest: Manifest) -> str:
    """Give the text of the file; a table without scores has no such section."""
    left_out = {"scores"} if manifest.scores is None else set()
    return manifest.model_dump_json(by_alias=True, indent=2, exclude=left_out) + "\n"


def read_manifest(text: str) -> Manifest:
    """Read the text of the file; whatever is wrong with it is one ManifestError."""
    if len(text) > MAX_CHARACTERS:
        raise ManifestError((f"manifest: longer than {MAX_CHARACTERS:,} characters",))
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise ManifestError(tuple(_told(e["loc"], e["msg"]) for e in found)) from None


def _told(where: tuple[int | str, ...], what: str) -> str:
    place = ".".join(map(str, where))
    return f"manifest{f' {place}' if place else ''}: {what[:1].lower()}{what[1:]}"


def whole_seconds(moment: datetime) -> datetime:
    """Give a moment without its fractions, as manifests write it."""
    return moment.replace(microsecond=0)
