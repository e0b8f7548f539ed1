from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from docreader.decoding.grammar import load_grammar
from docreader.io.ground_truth import read_images
from docreader.recognition.registry import load_recognizer
from docreader.training.locator.reading import AmountPage, CandidateReader, MapRefresh, training_page
from docreader.training.locator.targets import UNREAD
from models.field_locator import FieldLocator
from segment.image.box import Box
from segment.io.pages import load_pages

SAMPLES = Path(__file__).parents[4] / "samples" / "labels.csv"


class InkReader(CandidateReader):
    """Reads the more, the darker a crop is."""

    def __init__(self):
        self.crops = []
        super().__init__(SimpleNamespace(prepare=self._prepare), None)

    def _prepare(self, image, field_box):
        self.crops.append(image)
        x, y, w, h = field_box
        return SimpleNamespace(empty=image.min() > 200, value=float(image[y : y + h, x : x + w].mean()))

    def _likelihoods(self, fields, amount):
        return [-one.value / 20 for one in fields]


def test_a_candidate_is_read_once(pages):
    reader, page = InkReader(), AmountPage(pages[0].image, Decimal(1))
    x, y, right, bottom = (int(value) for value in pages[0].fields[0, :4])
    field = Box(x, y, right - x, bottom - y)
    reader.read(page, [field, Box(x + 1, y, field.w, field.h), Box(0, 60, 30, 10)])
    reader.read(page, [Box(x, y + 1, field.w, field.h)])
    assert [box for box, _ in page.read] == [Box(0, 60, 30, 10), field]
    assert page.read[0][1] == UNREAD
    assert page.read[1][1] == pytest.approx(-1.5, abs=0.2)
    assert np.allclose(training_page(page).fields[1, :4], pages[0].fields[0, :4])


def test_fields_of_the_map_become_candidates(pages):
    reader = InkReader()
    whole = AmountPage(pages[0].image, Decimal(1))
    small = training_page(whole)
    refresh = MapRefresh(reader, {small.image.tobytes(): whole}, 3)
    torch.manual_seed(1)
    renewed = refresh(FieldLocator().eval(), [small, pages[1]])
    assert 1 <= len(renewed[0].fields) <= 3
    assert renewed[1] is pages[1]


def test_the_shipped_reader_reads_the_amount_in_its_field_and_not_elsewhere():
    [item] = [one for one in read_images(SAMPLES) if one.file.endswith("check-us-personal-2-000000.jpg")]
    [loaded] = load_pages(item.path)
    page = AmountPage(loaded.image, Decimal(item.row["amount"]))
    recognizer, _ = load_recognizer(None, None, torch.device("cpu"))
    reader = CandidateReader(recognizer, load_grammar("amount"))
    assert item.field_box is not None
    field, elsewhere = Box(*item.field_box), Box(40, page.image.shape[0] - 140, 300, 60)
    reader.read(page, [field, elsewhere])
    found = dict(page.read)
    assert found[field] > -1
    assert found[elsewhere] < -3


def test_pages_start_with_the_candidates_of_the_rules():
    [item] = [one for one in read_images(SAMPLES) if one.file.endswith("check-us-personal-2-000000.jpg")]
    [loaded] = load_pages(item.path)
    whole = AmountPage(loaded.image, Decimal(item.row["amount"]))
    [page] = InkReader().start([whole])
    assert len(page.fields) == len(whole.read) > 0
