"""What the rows of a table must prove before they leave: some rows, whole keys, each key once, the contract's types."""

import pyarrow as pa
import pyarrow.compute as pc

from work_data_hub.application.release.errors import GateError
from work_data_hub.application.release.schema import ReleaseSchema


class RowGate:
    """Looks at rows that come sorted by key, one batch after the other."""

    def __init__(self, schema: ReleaseSchema) -> None:
        """Remember what the contract promises."""
        self._schema, self._required = schema, [c.name for c in schema.columns if not c.nullable]
        self._last: pa.Table | None = None
        self._nulls = dict.fromkeys(self._required, 0)
        self.rows, self._repeated = 0, 0

    @property
    def open(self) -> bool:
        """Say whether all rows so far may pass."""
        return not self._repeated and not any(self._nulls.values())

    def see(self, rows: pa.Table) -> None:
        """Count rows, nulls and repeated keys of a batch."""
        if rows.num_rows == 0:
            return
        for name in self._required:
            self._nulls[name] += rows[name].null_count
        self.rows += rows.num_rows
        if self._schema.primary_key:
            self._compare(rows.select(list(self._schema.primary_key)))

    def _compare(self, keys: pa.Table) -> None:
        # sorted rows of one key lie side by side, across batches too
        joined = keys if self._last is None else pa.concat_tables([self._last, keys])
        self._last = keys.slice(keys.num_rows - 1)
        if joined.num_rows == 1:
            return
        before, after = joined.slice(0, joined.num_rows - 1), joined.slice(1)
        same = pc.equal(before.column(0), after.column(0))
        for place in range(1, joined.num_columns):
            same = pc.and_(same, pc.equal(before.column(place), after.column(place)))
        self._repeated += pc.sum(pc.fill_null(same, fill_value=False)).as_py() or 0

    def require(self, table_key: str, held: ReleaseSchema) -> None:
        """Refuse rows that may not leave, or files of another schema; every gate that is closed is named."""
        failed = [f"{count:,} rows have no {name}" for name, count in self._nulls.items() if count]
        if self._repeated:
            keys = ", ".join(self._schema.primary_key)
            failed.append(f"{self._repeated:,} rows repeat the key ({keys}) of another")
        if not self.rows:
            failed.append("there are no rows")
        if held.hash != self._schema.hash:
            failed.append(f"the files' schema hash {held.hash} is not the contract's {self._schema.hash}")
        if failed:
            raise GateError(
                f"{table_key} can't be released: {'; '.join(failed)}",
                expected="rows, business keys without nulls, each key once, the columns of the contract",
                fix="correct the table and publish it again; nothing was released",
                table=table_key,
                failed=failed,
            )
