"""Releases of tables: what left the house, from what it was made, and where it stands."""

import sqlalchemy as sa
from alembic import op

revision = "b81f46d3a957"
down_revision = "7a2d5c80e914"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "releases",
        sa.Column("table_key", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        sa.Column("schema_hash", sa.Text(), nullable=False),
        sa.Column("date_max", sa.Date(), nullable=True),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("window_end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("inputs_hash", sa.Text(), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promoted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rolled_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pruned_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("table_key", "version", name="pk_releases"),
        sa.CheckConstraint(
            "state IN ('built', 'promoted', 'rolled_back', 'pruned')",
            name=op.f("ck_releases_state_known_state"),
        ),
        schema="hub",
    )


def downgrade() -> None:
    op.drop_table("releases", schema="hub")
