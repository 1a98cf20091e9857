"""Pictures that the scenarios send, and what they look at in those that come back."""

import hashlib
import os

from PIL import Image


def jpeg(path, width, height, hue=0):
    """A picture with something in it: one colour from left to right, another from top to bottom."""
    across = Image.linear_gradient("L").rotate(90).resize((width, height))
    down = Image.linear_gradient("L").resize((width, height))
    third = Image.new("L", (width, height), hue % 256)
    Image.merge("RGB", (across, down, third)).save(path, "JPEG", quality=92)
    return path


def dimensions(path):
    """Width and height of a picture that decodes to its last pixel."""
    with Image.open(path) as picture:
        picture.load()
        return picture.size


def noise(path, bytes):
    """A file that nothing can make smaller."""
    path.write_bytes(os.urandom(bytes))
    return path


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
