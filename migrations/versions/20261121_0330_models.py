"""Models of all domains: every version that was trained, and who was champion when and why."""

import sqlalchemy as sa
from alembic import op

revision = "c94e21a7f6d8"
down_revision = "5e97c1b3d042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "model_versions",
        sa.Column("model_name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=True),
        sa.Column("period", sa.Date(), nullable=True),
        sa.Column("table_key", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("model_name", "version", name="pk_model_versions"),
        schema="hub",
    )
    op.create_table(
        "champion_ledger",
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("model_name", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("challenger", sa.Text(), nullable=True),
        sa.Column("incumbent", sa.Text(), nullable=True),
        sa.Column("champion", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("rows_fingerprint", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name="pk_champion_ledger"),
        sa.CheckConstraint(
            "action IN ('judged', 'promoted', 'rolled_back')",
            name=op.f("ck_champion_ledger_action_known_action"),
        ),
        sa.CheckConstraint(
            "verdict IN ('promoted', 'refused')", name=op.f("ck_champion_ledger_verdict_known_verdict")
        ),
        schema="hub",
    )
    op.create_index(
        op.f("ix_champion_ledger_model_name_effective_from"),
        "champion_ledger",
        ["model_name", "effective_from"],
        schema="hub",
    )


def downgrade() -> None:
    op.drop_table("champion_ledger", schema="hub")
    op.drop_table("model_versions", schema="hub")
