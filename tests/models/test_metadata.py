import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import ModelFileError
from models.metadata import ModelMetadata, from_header, to_header

names = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=20)
values = st.dictionaries(
    st.text(max_size=8), st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)), max_size=4
)


@given(
    st.builds(
        ModelMetadata,
        kind=st.sampled_from(["recognizer", "reader", "classifier"]),
        name=names,
        version=names,
        architecture=names,
        configuration=values,
        labels=st.lists(names, min_size=1, max_size=12, unique=True).map(tuple),
        preprocessing=values,
        calibration=st.one_of(st.none(), values),
        training=values,
        results=values,
    )
)
def test_metadata_survive_the_header(metadata):
    header = to_header(metadata)
    assert all(isinstance(value, str) for value in header.values())
    assert from_header(header) == metadata


@given(st.dictionaries(st.sampled_from(["format", "schema", "kind", "name", "labels"]), st.text(max_size=20)))
def test_any_invalid_header_raises_a_model_error(header):
    with pytest.raises(ModelFileError):
        from_header({"format": "docreader-model", "schema": "1"} | header | {"configuration": "{"})
