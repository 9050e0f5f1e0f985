"""Write the schemas of docs/schema from the models that read a pack."""

from pathlib import Path

from sop_flows.declarations.schema import as_text, papers_schema, sop_schema, unit_schema

FOLDER = Path(__file__).parent.parent / "docs" / "schema"


def main() -> None:
    """All files, whole."""
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "sop.schema.json").write_text(as_text(sop_schema()), encoding="utf-8")
    (FOLDER / "unit.schema.json").write_text(as_text(unit_schema()), encoding="utf-8")
    (FOLDER / "papers.schema.json").write_text(as_text(papers_schema()), encoding="utf-8")


if __name__ == "__main__":
    main()
