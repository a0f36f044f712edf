"""What people decide about rejected rows: corrections of cells, and waivers."""

import sqlalchemy as sa
from alembic import op

revision = "d5b0836e2f47"
down_revision = "c27a90e4b518"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "corrections",
        sa.Column("table_key", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), nullable=False),
        sa.Column("column_name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rejection_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint(
            "table_key", "file_id", "sheet", "row_number", "column_name", name="pk_corrections"
        ),
        schema="hub",
    )
    op.create_index("ix_corrections_rejection_id", "corrections", ["rejection_id"], schema="hub")
    op.create_table(
        "waivers",
        sa.Column("rejection_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("rejection_id", name="pk_waivers"),
        schema="hub",
    )


def downgrade() -> None:
    op.drop_table("waivers", schema="hub")
    op.drop_table("corrections", schema="hub")
