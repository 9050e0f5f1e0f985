"""Shelter cases."""

from typing import Any

from sqlmodel import Session

from storage.tables import Case
from tests.support.builders.officers import build_officer
from tests.support.builders.rows import SOME_TIME, add, id_of, next_number


def build_case(s: Session, **fields: Any) -> Case:
    """An open case of a girl of nine."""
    if "peksos_id" not in fields:
        fields["peksos_id"] = id_of(build_officer(s))
    return add(
        s, Case, fields,
        code_name=f"Kenanga {next_number()}", sex="P", age_years=9, opened_at=SOME_TIME,
        opened_by_id=fields["peksos_id"],
    )  # fmt: skip
