"""Contracts of the platform's own tables: runs, publishes, files, quarantine, quality, releases, models, decisions."""

import pyarrow as pa

from work_data_hub.domain.kernel.contract import (
    COUNT,
    DAY,
    RATIO,
    STAMP,
    TEXT,
    Check,
    Column,
    Role,
    TableContract,
    WriteMode,
)

OWNER = "team:data-platform"
AMOUNT = pa.decimal128(38, 10)
RESULTS = ("running", "published", "unchanged", "refused", "failed")
QUARANTINE_STATES = ("open", "fixed", "waived", "replayed")
RELEASE_STATES = ("built", "promoted", "rolled_back", "pruned")
CHAMPION_ACTIONS = ("judged", "promoted", "rolled_back")
VERDICTS = ("promoted", "refused")


def _text(name: str, meaning: str, *, nullable: bool = False, checks: tuple[Check, ...] = ()) -> Column:
    return Column(name, TEXT, name, meaning, nullable=nullable, checks=checks)


def _stamp(name: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, STAMP, name, meaning, nullable=nullable, role=Role.STAMP)


def _count(name: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, COUNT, name, meaning, unit="rows", nullable=nullable)


_WHERE = (
    _text("table_key", "contract key of the table"),
    _text("scope_key", "the part of the table, as period=2025-11-01"),
)
_RUN = _text("run_id", "the run")

PIPELINE_EXECUTIONS = TableContract(
    key="hub.platform.pipeline_executions",
    version="1.0.0",
    label="pipeline executions",
    description="Every attempt to build one table for one scope: who, when, with which code, and how it ended.",
    grain="one row per run, table and scope",
    owner=OWNER,
    columns=(
        _RUN,
        *_WHERE,
        _text("result", "how it ended", checks=(Check("known_result", one_of=RESULTS),)),
        _text("actor", "who or what asked for it"),
        _text("code_version", "hash of the business code"),
        _stamp("started_at", "when the build began"),
        _stamp("finished_at", "when it ended; null while running", nullable=True),
        Column("seconds", RATIO, "seconds", "wall time", unit="s", nullable=True),
        _text("error_kind", "type of the failure", nullable=True),
        _text("message", "what was said about the failure", nullable=True),
    ),
    primary_key=("run_id", "table_key", "scope_key"),
    indexes=(("table_key", "scope_key"),),
    write_mode=WriteMode.UPSERT,
)

PUBLISHES = TableContract(
    key="hub.platform.publishes",
    version="1.1.0",
    label="publishes",
    description="Every publish of a table's scope, written first in its transaction, so that a retry can't load twice.",
    grain="one row per run, table and scope",
    owner=OWNER,
    columns=(
        _RUN,
        *_WHERE,
        _text("contract_version", "version of the table's contract"),
        _text("code_version", "hash of the business code"),
        _text("input_hash", "hash over inputs, configuration and code: equal means nothing to do"),
        _text("identity_hash", "hash over the published business and lineage columns"),
        _text("inputs", "JSON: each input and the version that was read"),
        _count("rows_read", "rows read"),
        _count("rows_published", "rows published"),
        _count("rows_rejected", "rows rejected"),
        _count("rows_deduplicated", "rows dropped as already known or repeated"),
        _count("rows_skipped", "rows that carry no record, such as blank lines and totals"),
        _count("values_discarded", "single values dropped from published rows"),
        _count("rows_replaced", "rows of the scope that the publish removed"),
        _text("totals", "JSON: control totals by fate"),
        _text("warnings", "JSON: list of warnings"),
        _text("facts", "JSON: what else the build tells, such as file, sheet and version"),
        Column("seconds", RATIO, "seconds", "wall time of the build and publish", unit="s"),
        _stamp("published_at", "server time of the publish"),
        Column(
            "snapshot_id", COUNT, "snapshot", "what a lake table is since then; null elsewhere", nullable=True
        ),
    ),
    primary_key=("run_id", "table_key", "scope_key"),
    indexes=(("table_key", "scope_key", "published_at"),),
    write_mode=WriteMode.APPEND,
)

LANDING_FILES = TableContract(
    key="hub.platform.landing_files",
    version="1.0.0",
    label="landing files",
    description="Every content that a landing folder has shown, by name and fingerprint.",
    grain="one row per domain, file name and content",
    owner=OWNER,
    columns=(
        _text("domain", "business domain"),
        _text("name", "path below the landing root"),
        _text("sha256", "fingerprint of the content"),
        _text("file_id", "short fingerprint used in lineage columns"),
        Column("size_bytes", COUNT, "size", "file size", unit="bytes"),
        _text("version", "version folder, such as V2", nullable=True),
        _text("period", "month it was found for"),
        _stamp("modified_at", "modification time of the file"),
        _stamp("first_seen_at", "when the hub saw it first"),
        _stamp("last_seen_at", "when the hub saw it last"),
    ),
    primary_key=("domain", "name", "sha256"),
    indexes=(("file_id",),),
    write_mode=WriteMode.UPSERT,
    upsert_columns=("last_seen_at",),
)

QUARANTINE = TableContract(
    key="hub.platform.quarantine",
    version="1.0.1",
    label="quarantine",
    description="Every reason why a row was not published, traceable to the cell; repeated runs do not repeat it.",
    grain="one row per table, file content, sheet, row, column and rule",
    owner=OWNER,
    columns=(
        _text("rejection_id", "hash of table, file, sheet, row, column and rule"),
        *_WHERE,
        _text("file_id", "short fingerprint of the file", nullable=True),
        _text("file_name", "path below the landing root", nullable=True),
        _text("sheet", "sheet", nullable=True),
        Column("row_number", COUNT, "row", "row in the sheet, counted from 1", nullable=True),
        _text("column_name", "column in question", nullable=True),
        _text("rule", "rule that was broken"),
        _text("value", "value found", nullable=True),
        _text("reason", "what is wrong"),
        _text("expected", "what would be right", nullable=True),
        _text("state", "where it stands", checks=(Check("known_state", one_of=QUARANTINE_STATES),)),
        Column("first_run_id", TEXT, "first run", "run that saw it first", role=Role.STAMP),
        Column("last_run_id", TEXT, "last run", "run that saw it last", role=Role.STAMP),
        _stamp("first_seen_at", "when it was seen first"),
        _stamp("last_seen_at", "when it was seen last"),
    ),
    primary_key=("rejection_id",),
    indexes=(("table_key", "scope_key", "state"),),
    write_mode=WriteMode.UPSERT,
    # a corrected cell that is still wrong shows what it says now
    upsert_columns=("value", "reason", "expected", "last_run_id", "last_seen_at", "scope_key"),
)

CORRECTIONS = TableContract(
    key="hub.platform.corrections",
    version="1.0.0",
    label="corrections",
    description="What people say a cell of a file should be; builds read it instead of the cell, bronze stays.",
    grain="one row per bronze table, file content, sheet, row and column",
    owner=OWNER,
    columns=(
        _text("table_key", "contract key of the bronze table"),
        _text("file_id", "short fingerprint of the file"),
        _text("sheet", "sheet"),
        Column("row_number", COUNT, "row", "row in the sheet, counted from 1"),
        _text("column_name", "column of the bronze table"),
        _text("value", "the right text; null means a blank cell", nullable=True),
        _text("author", "who says so"),
        _text("reason", "why"),
        _stamp("made_at", "when"),
        _text("rejection_id", "line of the quarantine it answers", nullable=True),
    ),
    primary_key=("table_key", "file_id", "sheet", "row_number", "column_name"),
    indexes=(("rejection_id",),),
    write_mode=WriteMode.UPSERT,
    upsert_columns=("value", "author", "reason", "made_at", "rejection_id"),
)

WAIVERS = TableContract(
    key="hub.platform.waivers",
    version="1.0.0",
    label="waivers",
    description="Decisions to live with a rejected row for a while; it stays out, but is not counted as open.",
    grain="one row per line of the quarantine",
    owner=OWNER,
    columns=(
        _text("rejection_id", "line of the quarantine"),
        _text("reason", "why it may stay out"),
        _text("author", "who decided"),
        _stamp("made_at", "when"),
        Column("expires_on", DAY, "expires_on", "last day on which it holds"),
    ),
    primary_key=("rejection_id",),
    write_mode=WriteMode.UPSERT,
    upsert_columns=("reason", "author", "made_at", "expires_on"),
)

DATA_QUALITY_METRICS = TableContract(
    key="hub.platform.data_quality_metrics",
    version="1.0.0",
    label="data quality metrics",
    description="Numbers about each publish: null ratios, company-id origins, volumes.",
    grain="one row per run, table, scope and metric",
    owner=OWNER,
    columns=(
        _RUN,
        *_WHERE,
        _text("metric", "name of the metric, with its unit"),
        Column("value", RATIO, "value", "the number"),
        _stamp("measured_at", "when"),
    ),
    primary_key=("run_id", "table_key", "scope_key", "metric"),
    indexes=(("table_key", "scope_key", "metric"),),
    write_mode=WriteMode.APPEND,
)

RECONCILIATION = TableContract(
    key="hub.platform.reconciliation",
    version="1.0.0",
    label="reconciliation",
    description="How a published scope compares with the workbook's own totals and with the month before.",
    grain="one row per table, scope, comparison and subject",
    owner=OWNER,
    columns=(
        *_WHERE,
        _text("comparison", "name of the comparison"),
        _text("subject", "what was compared, such as a column or a plan"),
        Column("expected", AMOUNT, "expected", "figure from elsewhere", nullable=True),
        Column("actual", AMOUNT, "actual", "figure of the table", nullable=True),
        Column("tolerance", AMOUNT, "tolerance", "largest difference that still ties"),
        _text("verdict", "ties, differs or not_comparable"),
        _text("note", "what to know about it"),
        Column("run_id", TEXT, "run", "run that compared", role=Role.STAMP),
    ),
    primary_key=("table_key", "scope_key", "comparison", "subject"),
    scope=("table_key", "scope_key"),
)

RELEASES = TableContract(
    key="hub.platform.releases",
    version="1.0.0",
    label="releases",
    description="Every release of a table: what it holds, what it was made from, and where it stands.",
    grain="one row per table and release version",
    owner=OWNER,
    columns=(
        _text("table_key", "contract key of the table"),
        _text("version", "version of the release, as 1.0.0"),
        _text("dataset", "data set it belongs to"),
        _RUN,
        _text("path", "folder below the release root"),
        _count("row_count", "rows released"),
        _text("schema_hash", "SHA-256 of the normalised DDL"),
        Column("date_max", DAY, "date_max", "latest day in the rows", nullable=True),
        _stamp("window_start", "first publish of the rows"),
        _stamp("window_end", "last publish of the rows"),
        _text("inputs", "JSON: each scope that was published, and its identity hash"),
        _text("inputs_hash", "hash over inputs, schema and what was asked for: equal means the same release"),
        _text("manifest", "JSON: the manifest as it was released"),
        _text("state", "where it stands", checks=(Check("known_state", one_of=RELEASE_STATES),)),
        _stamp("built_at", "when it was built"),
        _stamp("promoted_at", "when it became the current one", nullable=True),
        _stamp("rolled_back_at", "when it was taken back", nullable=True),
        _stamp("pruned_at", "when its folder was removed", nullable=True),
    ),
    primary_key=("table_key", "version"),
    write_mode=WriteMode.UPSERT,
)

MODEL_VERSIONS = TableContract(
    key="hub.platform.model_versions",
    version="1.0.0",
    label="model versions",
    description="Every model that a training made, whether it won or lost; rows are added, never changed.",
    grain="one row per model and content",
    owner=OWNER,
    columns=(
        _text("model_name", "name of the model, as price_rec_BU1"),
        _text("version", "twelve hex digits of the content's SHA-256"),
        _text("sha256", "fingerprint of the content"),
        _text("content", "the model as text"),
        _text("about", "JSON: features, parameters, metrics, seeds, and the inputs it was trained on"),
        _text("domain", "business domain"),
        _text("member", "whose model it is, such as a business unit; null for a whole domain", nullable=True),
        Column("period", DAY, "period", "month it was first trained for, from earlier months", nullable=True),
        _text("table_key", "contract key of the table that trained it"),
        _RUN,
        _stamp("created_at", "server time at which it was first written"),
    ),
    primary_key=("model_name", "version"),
    write_mode=WriteMode.APPEND,
)

CHAMPION_LEDGER = TableContract(
    key="hub.platform.champion_ledger",
    version="1.0.0",
    label="champion ledger",
    description="Every verdict about a challenger and every decision of people about a champion, with the evidence.",
    grain="one row per verdict or decision",
    owner=OWNER,
    columns=(
        _text("entry_id", "the entry"),
        _text("model_name", "name of the model"),
        Column("effective_from", DAY, "effective_from", "month from which it holds"),
        _text("action", "what happened", checks=(Check("known_action", one_of=CHAMPION_ACTIONS),)),
        _text(
            "verdict",
            "how the challenger fared; null where people decided",
            nullable=True,
            checks=(Check("known_verdict", one_of=VERDICTS),),
        ),
        _text("reason", "why, in words"),
        _text("challenger", "version it is about; null where none is left", nullable=True),
        _text("incumbent", "version in whose place it would come; null for the first", nullable=True),
        _text("champion", "version in force after it; null while there is none", nullable=True),
        _text("evidence", "JSON: figures of all candidates and the rule; the verdict follows from it"),
        _text("rows_fingerprint", "fingerprint of the rows that were judged on", nullable=True),
        _text("actor", "who decided, or ran the training"),
        _text("run_id", "the run; null where people decided", nullable=True),
        _stamp("decided_at", "server time of the decision"),
    ),
    primary_key=("entry_id",),
    indexes=(("model_name", "effective_from"),),
    write_mode=WriteMode.APPEND,
)

PLATFORM_CONTRACTS = (
    PIPELINE_EXECUTIONS,
    PUBLISHES,
    LANDING_FILES,
    QUARANTINE,
    CORRECTIONS,
    WAIVERS,
    DATA_QUALITY_METRICS,
    RECONCILIATION,
    RELEASES,
    MODEL_VERSIONS,
    CHAMPION_LEDGER,
)
