"""From the country that a source writes to its ISO code and region."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from work_data_hub.domain.retail.config import Country
from work_data_hub.domain.retail.frames.row_codes import Flags

NOWHERE: Final = Country(code="ZZ", region="Other")


class Places(NamedTuple):
    """ISO codes and regions of rows, and which rows have a country that the configuration does not know."""

    codes: pa.Array
    regions: pa.Array
    unmapped: Flags


def places_of(names: pa.Array, countries: Mapping[str, Country]) -> Places:
    """Look up each country, whatever its case; a blank or unknown one is ZZ and Other."""
    known = {name.casefold(): country for name, country in countries.items()}
    encoded = names.dictionary_encode()
    found = [known.get(name.casefold()) for name in encoded.dictionary.to_pylist()]
    at = encoded.indices.fill_null(len(found))
    whole = [country or NOWHERE for country in (*found, None)]
    unmapped = np.array([*(country is None for country in found), True])[np.asarray(at)]
    codes = pa.array([country.code for country in whole], pa.string()).take(at)
    return Places(codes, pa.array([country.region for country in whole], pa.string()).take(at), unmapped)


def unmapped_warning(names: pa.Array, unmapped: Flags) -> tuple[str, ...]:
    """Name the countries that the configuration lacks."""
    if not unmapped.any():
        return ()
    found = names.filter(pa.array(unmapped)).unique().to_pylist()
    listed = ", ".join(sorted(name or "(blank)" for name in found))
    return (f"{int(unmapped.sum())} lines of countries that are not configured, taken as ZZ: {listed}",)
