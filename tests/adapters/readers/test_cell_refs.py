import pytest
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.io.readers.cell_refs import COLUMN_BITS, REACH, read_block
from work_data_hub.io.readers.raw_sheet import column_letter

PLACES = st.tuples(st.integers(1, 9_999_999), st.integers(0, 16_383))
PADDING = b" " * 2 * REACH


@given(st.lists(PLACES, max_size=40))
def test_addresses_are_read_as_a_person_reads_them(places: list[tuple[int, int]]) -> None:
    cells = (f'<c r="{column_letter(column)}{row}" s="1"><v>7</v></c>' for row, column in places)
    block = read_block("".join(cells).encode() + PADDING)
    assert block.plain
    assert [int(key) for key in block.keys] == [row << COLUMN_BITS | column for row, column in places]


@pytest.mark.parametrize(
    "tag",
    [
        *(
            '<c r="a1"/>',
            '<c r="XFE1"/>',
            '<c r="AAAA1"/>',
            '<c r="A0"/>',
            '<c r="A"/>',
            '<c r="1"/>',
            "<c/>",
        ),
        *('<c r="A12345678"/>', '<c r="A123456789"/>', '<c r="A1 "/>', '<c r="A1é"/>', '<c r="é1"/>', "<c>"),
        *("<c r='A1'/>", '<c s="1" r="A1"/>', '<x:c r="A1"/>', '<c\tr="A1"/>', '<c r = "A1"/>'),
    ],
)
def test_what_is_not_written_plainly_is_left_to_the_walk(tag: str) -> None:
    assert not read_block(f'<c r="A1"/>{tag}'.encode() + PADDING).plain


def test_elements_that_begin_alike_are_no_cells() -> None:
    block = read_block(b'<cols><col min="1"/></cols><row r="1" spans="1:8"/><x:cols/>' + PADDING)
    assert (block.plain, len(block.keys), block.formulas) == (True, 0, False)


def test_formulas_are_noticed() -> None:
    assert read_block(b'<c r="A1"><f>1</f></c>' + PADDING).formulas
