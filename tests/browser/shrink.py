"""Makes a screenshot small enough for the repository: as few colours as that takes. `shrink.py FILE BYTES`."""

import os
import sys

from PIL import Image

COLOURS = (256, 128, 64, 32, 16)


def shrink(path, most_bytes):
    with Image.open(path) as picture:
        picture = picture.convert("RGB")
    for colours in COLOURS:
        fewer = picture.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        fewer.save(path, "PNG", optimize=True)
        if os.path.getsize(path) <= most_bytes:
            return


shrink(sys.argv[1], int(sys.argv[2]))
