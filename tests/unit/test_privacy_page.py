"""docs/privacy.md says of every sealed column that it is there, and of none that is not."""

import re
from pathlib import Path

from storage.tables import Child
from storage.types import sealed_columns

PAGE = Path(__file__).parents[2] / "docs" / "privacy.md"


def test_every_sealed_column_stands_on_the_page() -> None:
    declared = Child.metadata.tables.values()
    sealed = {f"{one.name}.{cell.name}" for one in declared for cell in sealed_columns(one)}
    said = set(re.findall(r"`([a-z_]+\.[a-z_]+)`", PAGE.read_text("utf-8")))
    assert said == sealed
