"""What may be uploaded as a logo: judged by its content, never by its name (pure)."""

from __future__ import annotations

MAX_BYTES = 512 * 1024
CONTENT_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}


class NotALogoError(ValueError):
    """The message says what is wrong, for the person who uploads."""


def kind_of(content: bytes) -> str:
    """The file extension that the content deserves: "png", "jpg" or "webp".

    SVG is refused: it is a document that can carry scripts.

    Raises:
        NotALogoError: too large, empty, or another format.
    """
    if len(content) > MAX_BYTES:
        raise NotALogoError(f"The file is larger than {MAX_BYTES // 1024} kB.")
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        return "png"
    if content.startswith(b"\xff\xd8\xff") and content.rstrip(b"\x00").endswith(b"\xff\xd9"):
        return "jpg"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    raise NotALogoError("Upload a PNG, JPEG or WebP picture.")
