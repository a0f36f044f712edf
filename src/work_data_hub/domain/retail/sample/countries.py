"""In how many lines of each sheet a country stands, and how many customers live there."""

from dataclasses import dataclass
from typing import Final

HOME: Final = "United Kingdom"
HOME_CUSTOMERS: Final = 5_410


@dataclass(frozen=True, slots=True)
class Country:
    """A country abroad as the real files spell it: lines of the first and second sheet, customers."""

    name: str
    first: int
    second: int
    customers: int
    anonymous: float = 0.0


ABROAD: Final = (
    Country("EIRE", 9_670, 8_196, 5, 0.09),
    Country("Germany", 8_129, 9_495, 107),
    Country("France", 5_772, 8_557, 95),
    Country("Netherlands", 2_769, 2_371, 23),
    Country("Spain", 1_278, 2_533, 41),
    Country("Switzerland", 1_187, 2_002, 22),
    Country("Belgium", 1_054, 2_069, 29),
    Country("Portugal", 1_101, 1_519, 24),
    Country("Australia", 654, 1_259, 15),
    Country("Channel Islands", 906, 758, 14),
    Country("Italy", 731, 803, 17),
    Country("Norway", 369, 1_086, 13),
    Country("Sweden", 902, 462, 19),
    Country("Cyprus", 554, 622, 11),
    Country("Finland", 354, 695, 15),
    Country("Austria", 537, 401, 13),
    Country("Denmark", 428, 389, 12),
    Country("Unspecified", 310, 446, 7, 0.3),
    Country("Greece", 517, 146, 5),
    Country("Japan", 224, 358, 10),
    Country("Poland", 194, 341, 6),
    Country("USA", 244, 291, 9),
    Country("United Arab Emirates", 432, 68, 4, 0.2),
    Country("Israel", 74, 297, 4),
    Country("Hong Kong", 76, 288, 0, 1.0),
    Country("Singapore", 117, 229, 1),
    Country("Malta", 172, 127, 2),
    Country("Iceland", 71, 182, 1),
    Country("Canada", 77, 151, 5),
    Country("Lithuania", 154, 35, 1),
    Country("RSA", 111, 58, 2),
    Country("Bahrain", 107, 19, 2, 0.5),
    Country("Brazil", 62, 32, 2),
    Country("Thailand", 76, 0, 1),
    Country("Korea", 63, 0, 2),
    Country("European Community", 0, 61, 1),
    Country("Lebanon", 13, 45, 1),
    Country("West Indies", 54, 0, 1),
    Country("Bermuda", 34, 0, 0, 1.0),
    Country("Nigeria", 32, 0, 1),
    Country("Czech Republic", 0, 30, 1),
    Country("Saudi Arabia", 0, 10, 1),
)
