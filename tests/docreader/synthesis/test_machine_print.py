import numpy as np
import pytest

from docreader.synthesis import STYLES
from docreader.synthesis.machine_print import render_printed


@pytest.mark.parametrize("style", sorted(STYLES))
def test_machine_print_has_a_single_line(style: str) -> None:
    for seed in range(4):
        made = render_printed(np.random.default_rng(seed), style)
        assert made.style == style
        assert made.marks == ()
        assert made.label == "".join(c for c in made.text if c.isdigit())
        assert made.image.min() < np.median(made.image) - 40
        again = render_printed(np.random.default_rng(seed), style)
        np.testing.assert_array_equal(made.image, again.image)
