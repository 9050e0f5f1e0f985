"""Tell whether two spellings are one name."""

import unicodedata


def fold(text: str) -> str:
    """What two spellings of one name or school have in common: letters and digits, case folded."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
