"""Bring locales/id/LC_MESSAGES/pandu.po up to date with the code; exit 1 while anything lacks Indonesian.

Kept beside Babel's own commands because those drop nothing and mark guesses as fuzzy: here an id that the code no
longer uses goes, and nothing is guessed.
"""

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT / "locales" / "id" / "LC_MESSAGES" / "pandu.po"
ROOMS = ("bot", "handlers", "sop_flows")
# Our own header: Babel knows no plural rule for `id` and would take English's two; and no dates, so that a run
# that changes nothing changes no line.
HEADER = """# The Indonesian sentences of Pandu.
msgid ""
msgstr ""
"Project-Id-Version: Pandu\\n"
"Language: id\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}


def used() -> Catalog:
    """A catalogue of the message ids in the code, without translations."""
    catalogue = read_po(io.StringIO(HEADER), locale="id")
    for room in ROOMS:
        found = extract_from_dir(
            ROOT / room, [("**.py", "python")], keywords=KEYWORDS, comment_tags=("i18n:",)
        )
        for name, _line, message, comments, _context in found:
            catalogue.add(message, locations=[(f"{room}/{name}", 0)], auto_comments=comments)
    return catalogue


def missing(catalogue: Catalog) -> list[str]:
    """The ids that have no Indonesian, or a fuzzy one."""
    bare = []
    for message in catalogue:
        strings = message.string if isinstance(message.string, list | tuple) else [message.string]
        if message.id and (message.fuzzy or not all(strings)):
            bare.append(str(message.id))
    return bare


def main() -> int:
    known = read_po(io.StringIO(CATALOGUE.read_text("utf-8")), locale="id")
    fresh = used()
    for message in fresh:
        old = known.get(message.id) if message.id else None
        if old is not None:
            message.string = old.string
    written = io.BytesIO()
    write_po(written, fresh, sort_output=True, include_lineno=False, width=110, omit_header=True)
    CATALOGUE.write_text(HEADER + written.getvalue().decode().lstrip(), "utf-8")
    bare = missing(fresh)
    for message_id in bare:
        sys.stderr.write(f"no Indonesian: {message_id}\n")
    return 1 if bare else 0


if __name__ == "__main__":
    sys.exit(main())
