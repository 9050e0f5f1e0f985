"""What officers send, made fit to be kept: pictures without what the phone wrote into them, no locked papers."""

from dataclasses import replace
from io import BytesIO

from handlers.ui.request import Failed, SentFile

MEGAPIXELS_MAX = 50  # of one picture: decoded it takes three bytes a pixel of memory
SIDE_MAX = 3000  # pixels; a page photographed so is still read easily
QUALITY = 85  # of JPEG
HEIC = (
    b"ftypheic",
    b"ftypheix",
    b"ftypmif1",
    b"ftypmsf1",
)  # how the file of an iPhone begins, after its length
LOCKED = b"/Encrypt"  # stands in the trailer of a PDF with a password


class UnfitFileError(Exception):
    """A file that is not kept, and why."""

    def __init__(self, fault: Failed) -> None:
        super().__init__(fault)
        self.fault = fault


def cleaned(sent: SentFile) -> SentFile:
    """The file as it is kept: a picture upright and without place, time and camera; HEIC as JPEG. Others as they are.

    Raises UnfitFileError.
    """
    if sent.content.startswith(b"%PDF") and LOCKED in sent.content:
        raise UnfitFileError("locked")
    if not (sent.photo or sent.mime.startswith("image/") or _begins_as_picture(sent.content)):
        return sent
    content, mime = _picture(sent.content)
    return replace(sent, content=content, mime=mime)


def _begins_as_picture(content: bytes) -> bool:
    """Whether it is a JPEG, PNG or HEIC, whatever the phone calls it."""
    return content.startswith((b"\xff\xd8\xff", b"\x89PNG")) or content[4:12] in HEIC


def _picture(content: bytes) -> tuple[bytes, str]:
    from PIL import Image, ImageOps, UnidentifiedImageError  # 0.1 s to import: only when a picture comes
    from pillow_heif import register_heif_opener

    register_heif_opener()
    try:
        with Image.open(BytesIO(content)) as opened:
            if opened.width * opened.height > MEGAPIXELS_MAX * 1_000_000:
                raise UnfitFileError("pixels")
            keeps_png = opened.format == "PNG"
            opened.draft("RGB", (SIDE_MAX, SIDE_MAX))
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((SIDE_MAX, SIDE_MAX))
            fresh = Image.new("RGB", upright.size, "white")  # nothing of the former file comes along
            drawn = upright.convert("RGBA") if "A" in upright.getbands() else upright.convert("RGB")
            fresh.paste(drawn, mask=drawn if drawn.mode == "RGBA" else None)
    except Image.DecompressionBombError as error:
        raise UnfitFileError("pixels") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise UnfitFileError("broken") from error
    made = BytesIO()
    if keeps_png:
        fresh.save(made, "PNG", optimize=True)
    else:
        fresh.save(made, "JPEG", quality=QUALITY)
    return made.getvalue(), "image/png" if keeps_png else "image/jpeg"
