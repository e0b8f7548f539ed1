import shutil
from pathlib import Path

import numpy as np
import pytest

from docreader.synthesis.errors import FontsError
from docreader.synthesis.fonts import MASTER, Font, FontBank, built_in, shrink

DEJAVU = Path(pytest.importorskip("matplotlib").get_data_path()) / "fonts" / "ttf"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for kind, name in (("print", "DejaVuSans.ttf"), ("typewriter", "DejaVuSansMono.ttf")):
        (tmp_path / kind).mkdir()
        shutil.copy(DEJAVU / name, tmp_path / kind)
    return tmp_path


def test_a_digit_is_as_high_as_said() -> None:
    for font in (Font(None), Font(DEJAVU / "DejaVuSans.ttf")):
        assert font.glyph("0").cover.shape[0] == pytest.approx(MASTER, abs=3)
        assert font.glyph("0").top == pytest.approx(-1, abs=0.06)


def test_missing_characters_are_known() -> None:
    font = Font(DEJAVU / "DejaVuSans.ttf")
    assert font.has("1,234 ₹")
    assert not font.has("1一")


def test_a_font_is_picked_by_kind_and_characters(folder: Path) -> None:
    bank, rng = FontBank.from_directory(folder), np.random.default_rng(1)
    assert bank.pick(rng, ("typewriter",), "0").name == "DejaVuSansMono"
    assert bank.pick(rng, ("print",), "一") is None
    assert bank.pick(rng, ("hand",)) is None


def test_the_digest_is_of_the_contents(folder: Path) -> None:
    first = FontBank.from_directory(folder).digest
    assert first == FontBank.from_directory(folder).digest
    shutil.copy(DEJAVU / "DejaVuSerif.ttf", folder / "print")
    assert first != FontBank.from_directory(folder).digest


def test_a_folder_without_fonts_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FontsError, match="no fonts"):
        FontBank.from_directory(tmp_path)
    (tmp_path / "print").mkdir()
    (tmp_path / "print" / "wrong.ttf").write_bytes(b"no font")
    with pytest.raises(FontsError, match=r"wrong\.ttf"):
        FontBank.from_directory(tmp_path).pick(np.random.default_rng(1), ("print",), "0")


def test_glyphs_are_scaled_to_a_height() -> None:
    cover = built_in().fonts["print"][0].glyph("8").cover
    for height in (10, 20, 90):
        assert shrink(cover, height).shape[0] == pytest.approx(height, abs=height * 0.05 + 1)
    assert shrink(cover, 20, slant=0.3).shape[1] > shrink(cover, 20).shape[1]
