import sys

import pytest

from docreader.memory import _trim, give_back


def test_it_is_asked_for_where_there_is_glibc():
    assert give_back() == (_trim() is not None)
    assert give_back() in (True, False)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc is Linux's")
def test_other_systems_are_left_alone(monkeypatch):
    _trim.cache_clear()
    monkeypatch.setattr(sys, "platform", "win32")
    assert not give_back()
    _trim.cache_clear()
