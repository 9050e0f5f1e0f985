"""What is kept of a picture that an officer sends."""

from io import BytesIO

import pytest
from PIL import Image
from pillow_heif import from_pillow

from bot.clean_files import SIDE_MAX, UnfitFileError, cleaned
from handlers.ui.request import SentFile

GPS, MAKE, ORIENTATION = 0x8825, 0x010F, 0x0112


def sent(content: bytes, mime: str = "image/jpeg", *, photo: bool = False) -> SentFile:
    return SentFile(content, mime, "IMG_0001", photo)


def jpeg(size: tuple[int, int] = (40, 20), orientation: int = 1) -> bytes:
    """A picture that says where and with which phone it was taken."""
    exif = Image.Exif()
    exif[MAKE] = "Telepon Contoh"
    exif[ORIENTATION] = orientation
    exif.get_ifd(GPS)[1] = "S"
    made = BytesIO()
    Image.new("RGB", size, "red").save(made, "JPEG", exif=exif, comment=b"rahasia")
    return made.getvalue()


def opened(file: SentFile) -> Image.Image:
    return Image.open(BytesIO(file.content))


def test_place_phone_and_comment_go_and_it_stands_upright() -> None:
    found = cleaned(sent(jpeg(orientation=6)))
    assert not opened(found).getexif()
    assert b"Telepon Contoh" not in found.content
    assert b"rahasia" not in found.content
    assert opened(found).size == (20, 40)


def test_a_picture_of_an_iphone_becomes_a_jpeg_whatever_it_is_called() -> None:
    made = BytesIO()
    from_pillow(Image.new("RGB", (64, 64), "blue")).save(made)
    found = cleaned(sent(made.getvalue(), "application/octet-stream"))
    assert found.mime == "image/jpeg"
    assert opened(found).size == (64, 64)


def test_a_png_stays_one_and_what_is_transparent_becomes_white() -> None:
    made = BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(made, "PNG")
    found = cleaned(sent(made.getvalue(), "image/png"))
    assert found.mime == "image/png"
    assert opened(found).getpixel((0, 0)) == (255, 255, 255)


def test_a_large_one_is_made_smaller() -> None:
    assert max(opened(cleaned(sent(jpeg((SIDE_MAX + 400, 100))))).size) == SIDE_MAX


def test_two_hundred_megapixels_are_not_opened() -> None:
    made = BytesIO()
    Image.new("1", (20_000, 10_000)).save(made, "PNG")
    with pytest.raises(UnfitFileError, match="pixels"):
        cleaned(sent(made.getvalue(), "image/png"))


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff\xe0 torn", jpeg()[:200], b"<svg/>"])
def test_what_can_not_be_opened_is_said(content: bytes) -> None:
    with pytest.raises(UnfitFileError, match="broken"):
        cleaned(sent(content))


def test_a_locked_paper_is_said_and_others_stay_as_they_are() -> None:
    with pytest.raises(UnfitFileError, match="locked"):
        cleaned(sent(b"%PDF-1.7 ... trailer << /Encrypt 5 0 R >>", "application/pdf"))
    paper = sent(b"%PDF-1.7 /Root", "application/pdf")
    assert cleaned(paper) is paper
