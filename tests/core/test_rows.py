"""Data classes as JSON rows and back."""

import json
from dataclasses import asdict, dataclass

import pytest

from isogloss.core.rows import noun, row


@dataclass(frozen=True, kw_only=True)
class Inner:
    """What lies within."""

    value: float
    names: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Outer:
    """A noun with nouns in it."""

    first: Inner
    others: tuple[Inner, ...] = ()
    maybe: Inner | None = None


WHOLE = Outer(first=Inner(value=1.0, names=("a",)), others=(Inner(value=2.0),))


def test_a_row_is_read_as_what_was_written() -> None:
    """Tuples and nouns within come back, whether defaults were left out or written."""
    assert row(WHOLE) == {"first": {"value": 1.0, "names": ["a"]}, "others": [{"value": 2.0}]}
    assert noun(Outer, row(WHOLE)) == noun(Outer, json.loads(json.dumps(asdict(WHOLE)))) == WHOLE


def test_fields_of_a_newer_version_are_an_error_unless_they_are_expected() -> None:
    """At every depth."""
    later = {"first": {"value": 1.0, "names": ["a"], "later": 3}, "others": [{"value": 2.0}], "later": 4}
    assert noun(Outer, later, newer=True) == WHOLE
    with pytest.raises(ValueError, match="later is not a field of a outer"):
        noun(Outer, later)
