import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from work_data_hub.io.readers.canonical import canonical, fifteen_digits, loses_digits, with_exact_numbers
from work_data_hub.io.readers.texts import Texts

NUMBERS = (
    st.floats(-1e14, 1e14)
    | st.floats(-10, 10)
    | st.floats(1e6, 1e8)
    | st.decimals(-1000, 1000, places=4).map(float)
)


def as_the_library_writes(number: float) -> str:
    return f"{number:.9f}".rstrip("0").rstrip(".")


@given(st.lists(NUMBERS, min_size=1, max_size=20))
@example([6868094.8106140345])
@example([0.1 + 0.2, -0.0, 1 / 3])
def test_numbers_that_were_shortened_come_back_in_fifteen_digits(numbers: list[float]) -> None:
    texts = Texts.encode(pa.array(list(map(as_the_library_writes, numbers))))
    again = canonical(with_exact_numbers(texts, pa.array(numbers)))
    assert [again.at(row) for row in range(len(numbers))] == list(map(fifteen_digits, numbers))


@given(NUMBERS)
def test_a_number_that_is_not_read_again_is_right_to_the_ninth_decimal(number: float) -> None:
    texts = Texts.encode(pa.array([as_the_library_writes(number)]))
    if not loses_digits(texts):
        read, exact = canonical(texts).at(0), fifteen_digits(number)
        assert read is not None
        assert read == exact or abs(float(read) - number) < 5.1e-10


@given(st.text("0123456789.-+e ", max_size=24))
def test_a_text_is_never_taken_for_another_number(text: str) -> None:
    texts = Texts.encode(pa.array([text, "x"]))
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    read = with_exact_numbers(texts, pa.array([number, None])).at(0)
    assert read == text or (read is not None and float(read) == float(fifteen_digits(float(text))))
