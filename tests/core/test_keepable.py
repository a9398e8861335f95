"""What the database can keep: the quick look at a whole text agrees with the look at every value."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.core.keepable import NotKeepable, is_keepable, read_json

WORDS = st.text(st.characters(codec=None, categories=None), max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


@given(VALUES, st.booleans())
def test_a_text_is_refused_exactly_when_one_of_its_values_cannot_be_kept(value: object, escaped: bool) -> None:
    text = json.dumps(value, ensure_ascii=escaped)

    for sent in (text, text.encode("utf-8", "surrogatepass")):
        if is_keepable(json.loads(text)):
            assert repr(read_json(sent)) == repr(json.loads(text))
        else:
            with pytest.raises(NotKeepable):
                read_json(sent)


@pytest.mark.parametrize(
    "text", [b'"\\u0000"', b'"\\uD800"', b"1e999", b"-1E+400", b"NaN", b"[Infinity]", b"9" * 310 + b".0"]
)
def test_each_way_to_write_what_cannot_be_kept_is_seen(text: bytes) -> None:
    with pytest.raises(NotKeepable):
        read_json(text)
