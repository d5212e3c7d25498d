"""Languages: the fifty of XTREME-R and the others our tasks have."""

import re

import pytest

from isogloss.core.errors import UnknownName
from isogloss.core.languages import XTREME_R, by_iso3, codes, find, table


def test_xtreme_r_has_fifty_languages() -> None:
    """Ruder et al. 2021: 50 typologically diverse languages; the paper's table has 14 families."""
    assert len(set(XTREME_R)) == 50
    assert {find("eu").family, find("ka").family, find("qu").family} == {"Basque", "Kartvelian", "Quechuan"}


def test_codes_and_scripts_are_well_formed() -> None:
    """Codes are ISO 639-1 or -3, scripts ISO 15924; a three-letter code is its own ISO 639-3 code."""
    for code, language in table().items():
        assert re.fullmatch(r"[a-z]{2,3}", code)
        assert re.fullmatch(r"[A-Z][a-z]{3}", language.script)
        assert all(re.fullmatch(r"[a-z]{3}", iso3) for iso3 in language.iso3)
        assert len(code) == 2 or language.iso3[0] == code


def test_an_iso_639_3_code_names_one_language() -> None:
    """No two languages share one, so that a file name can be traced back."""
    listed = [iso3 for language in table().values() for iso3 in language.iso3]
    assert len(listed) == len(set(listed)) == len(by_iso3())
    assert (by_iso3()["cmn"], by_iso3()["swh"], by_iso3()["pes"]) == ("zh", "sw", "fa")


def test_an_unknown_code_is_an_error_with_the_nearest_one() -> None:
    """A country code in place of a language code is the usual slip."""
    with pytest.raises(UnknownName, match="no language named 'jp'"):
        codes("en jp")
