"""Random streams are named."""

from hypothesis import given
from hypothesis import strategies as st

from isogloss.core.seeds import rng, seed_of


def test_a_stream_is_the_same_everywhere() -> None:
    """The first eight bytes of sha256("run/order") without the lowest bit; from `printf run/order | sha256sum`."""
    import hashlib

    digest = hashlib.sha256(b"run/order").hexdigest()
    assert seed_of("run", "order") == int(digest[:16], 16) // 2
    assert rng("run", "order").integers(1 << 30) == rng("run", "order").integers(1 << 30)


@given(key=st.text(max_size=8), one=st.text(max_size=8), other=st.text(max_size=8))
def test_streams_of_one_run_differ(key: str, one: str, other: str) -> None:
    """Two purposes have two seeds, each a number that every generator takes."""
    assert 0 <= seed_of(key, one) < 1 << 63
    assert (seed_of(key, one) == seed_of(key, other)) == (one == other)
