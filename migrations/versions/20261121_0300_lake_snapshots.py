"""The snapshot that a publish left of a lake table."""

import sqlalchemy as sa
from alembic import op

revision = "7a2d5c80e914"
down_revision = "e1c94f07b326"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("publishes", sa.Column("snapshot_id", sa.BigInteger(), nullable=True), schema="hub")


def downgrade() -> None:
    op.drop_column("publishes", "snapshot_id", schema="hub")
