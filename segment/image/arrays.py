"""Array types of images, ink maps and masks."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

GrayImage: TypeAlias = NDArray[np.uint8]
"""(H, W) uint8 gray levels, 0 black .. 255 white."""

InkArray: TypeAlias = NDArray[np.float32]
"""(H, W) float32 ink density, 0 paper .. 1 full ink."""

Mask: TypeAlias = NDArray[np.bool_]
"""(H, W) bool, true on ink."""

Flags: TypeAlias = NDArray[np.uint8]
"""(H, W) uint8, a mask of 0 and 1 for OpenCV."""

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
