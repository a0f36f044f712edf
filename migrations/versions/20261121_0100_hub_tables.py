"""The platform's ledgers; their schema holds alembic's own table and stays."""

import sqlalchemy as sa
from alembic import op

revision = "4f1c2a7d9e30"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_data_quality_metrics()
    _create_landing_files()
    _create_pipeline_executions()
    _create_publishes()
    _create_quarantine()
    _create_reconciliation()


def downgrade() -> None:
    op.drop_table("reconciliation", schema="hub")
    op.drop_table("quarantine", schema="hub")
    op.drop_table("publishes", schema="hub")
    op.drop_table("pipeline_executions", schema="hub")
    op.drop_table("landing_files", schema="hub")
    op.drop_table("data_quality_metrics", schema="hub")


def _create_data_quality_metrics() -> None:
    op.create_table(
        "data_quality_metrics",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("table_key", sa.Text(), nullable=False),
        sa.Column("scope_key", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "table_key", "scope_key", "metric", name="pk_data_quality_metrics"),
        schema="hub",
    )
    op.create_index(
        "ix_data_quality_metrics_table_key_scope_key_metric",
        "data_quality_metrics",
        ["table_key", "scope_key", "metric"],
        unique=False,
        schema="hub",
    )


def _create_landing_files() -> None:
    op.create_table(
        "landing_files",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("domain", "name", "sha256", name="pk_landing_files"),
        schema="hub",
    )
    op.create_index("ix_landing_files_file_id", "landing_files", ["file_id"], unique=False, schema="hub")


def _create_pipeline_executions() -> None:
    op.create_table(
        "pipeline_executions",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("table_key", sa.Text(), nullable=False),
        sa.Column("scope_key", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("error_kind", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "result IN ('running', 'published', 'unchanged', 'refused', 'failed')",
            name=op.f("ck_pipeline_executions_result_known_result"),
        ),
        sa.PrimaryKeyConstraint("run_id", "table_key", "scope_key", name="pk_pipeline_executions"),
        schema="hub",
    )
    op.create_index(
        "ix_pipeline_executions_table_key_scope_key",
        "pipeline_executions",
        ["table_key", "scope_key"],
        unique=False,
        schema="hub",
    )


def _create_publishes() -> None:
    op.create_table(
        "publishes",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("table_key", sa.Text(), nullable=False),
        sa.Column("scope_key", sa.Text(), nullable=False),
        sa.Column("contract_version", sa.Text(), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("input_hash", sa.Text(), nullable=False),
        sa.Column("identity_hash", sa.Text(), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("rows_read", sa.BigInteger(), nullable=False),
        sa.Column("rows_published", sa.BigInteger(), nullable=False),
        sa.Column("rows_rejected", sa.BigInteger(), nullable=False),
        sa.Column("rows_deduplicated", sa.BigInteger(), nullable=False),
        sa.Column("rows_skipped", sa.BigInteger(), nullable=False),
        sa.Column("values_discarded", sa.BigInteger(), nullable=False),
        sa.Column("rows_replaced", sa.BigInteger(), nullable=False),
        sa.Column("totals", sa.Text(), nullable=False),
        sa.Column("warnings", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "table_key", "scope_key", name="pk_publishes"),
        schema="hub",
    )
    op.create_index(
        "ix_publishes_table_key_scope_key_published_at",
        "publishes",
        ["table_key", "scope_key", "published_at"],
        unique=False,
        schema="hub",
    )


def _create_quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("rejection_id", sa.Text(), nullable=False),
        sa.Column("table_key", sa.Text(), nullable=False),
        sa.Column("scope_key", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("row_number", sa.BigInteger(), nullable=True),
        sa.Column("column_name", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("expected", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("first_run_id", sa.Text(), nullable=False),
        sa.Column("last_run_id", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'fixed', 'waived', 'replayed')", name=op.f("ck_quarantine_state_known_state")
        ),
        sa.PrimaryKeyConstraint("rejection_id", name="pk_quarantine"),
        schema="hub",
    )
    op.create_index(
        "ix_quarantine_table_key_scope_key_state",
        "quarantine",
        ["table_key", "scope_key", "state"],
        unique=False,
        schema="hub",
    )


def _create_reconciliation() -> None:
    op.create_table(
        "reconciliation",
        sa.Column("table_key", sa.Text(), nullable=False),
        sa.Column("scope_key", sa.Text(), nullable=False),
        sa.Column("comparison", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("expected", sa.Numeric(precision=38, scale=10), nullable=True),
        sa.Column("actual", sa.Numeric(precision=38, scale=10), nullable=True),
        sa.Column("tolerance", sa.Numeric(precision=38, scale=10), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("table_key", "scope_key", "comparison", "subject", name="pk_reconciliation"),
        schema="hub",
    )
