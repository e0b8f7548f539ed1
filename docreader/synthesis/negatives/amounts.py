"""Clean amounts in one line, with their values: the material that strikes, stains and edges spoil."""

from decimal import Decimal

import numpy as np

from docreader.synthesis.amounts import group_digits


def clean_amount(rng: np.random.Generator, *, decimals: bool = False, least: int = 2) -> tuple[str, Decimal]:
    """Draw an amount in a form of the amount fields.

    Args:
        rng: Random generator.
        decimals: Whether the amount has two decimals.
        least: Smallest number of digits before the decimals.

    Returns:
        Written form in one line, and value.
    """
    whole = random_digits(rng, int(rng.integers(least, max(least + 1, 6))))
    cents = "00" if rng.random() < 0.25 else random_digits(rng, 2, first="0123456789")
    form = rng.random()
    if decimals or form < 0.55:
        if form < 0.45 or (not decimals and form < 0.5):
            text = f"{group_digits(whole, ',' if rng.random() < 0.6 else '')}.{cents}"
        else:
            text = f"{group_digits(whole, '.' if rng.random() < 0.6 else '')},{cents}"
        return text, Decimal(f"{whole}.{cents}")
    if form < 0.75:
        return group_digits(whole, "."), Decimal(whole)
    if form < 0.85:
        return group_digits(whole, ",", indian=True) + "/-", Decimal(f"{whole}.00")
    return whole, Decimal(whole)


def random_digits(rng: np.random.Generator, count: int, first: str = "123456789") -> str:
    """Draw digits, the first one among `first`."""
    head = first[int(rng.integers(len(first)))]
    return head + "".join(str(d) for d in rng.integers(0, 10, count - 1))


def choose(rng: np.random.Generator, *options: str) -> str:
    """Return one of the options."""
    return options[int(rng.integers(len(options)))]
