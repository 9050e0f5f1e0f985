"""Pictures and papers, set by Typst from text templates; values come as JSON and stay text."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

Kind = Literal["png", "pdf", "svg"]

TEMPLATES = Path(__file__).parent
FONTS = TEMPLATES / "fonts"  # no font of the machine is asked for: a paper looks the same everywhere
PHONE_PPI = 160  # a template of 6 inches is as wide as a phone: 960 pixels


def typeset(template: Path, values: Mapping[str, Any], kind: Kind, ppi: float = PHONE_PPI) -> bytes:
    """Set the template, which reads `values` by `json(bytes(sys.inputs.values))`, as one file.

    Args:
        ppi: pixels an inch; of PNG alone.

    Raises:
        typst.TypstError: the template has a mistake.
        ValueError: PNG or SVG of more than one page.
    """
    made = _compiled(template, values, kind, ppi)
    if not isinstance(made, bytes):
        raise ValueError(f"{template.name}: {kind} holds one page")
    return made


def typeset_pages(template: Path, values: Mapping[str, Any], ppi: float) -> list[bytes]:
    """The same as one PNG a page. Raises typst.TypstError."""
    made = _compiled(template, values, "png", ppi)
    return [made] if isinstance(made, bytes) else list(made)


def _compiled(template: Path, values: Mapping[str, Any], kind: Kind, ppi: float) -> Any:
    import typst  # 80 MB of engine: only when something is drawn

    return typst.compile(
        template,
        root=template.parent,
        font_paths=[FONTS, template.parent],
        ignore_system_fonts=True,
        format=kind,
        ppi=ppi,
        sys_inputs={"values": json.dumps(values, ensure_ascii=False)},
    )
