"""A decision that several roles make together (SOP 9.1.33 step 5)."""

from sop_flows.declarations.declared import Declared, Text


class Decision(Declared):
    """One role proposes, the other executors of the step agree or object; on an objection `settles` decides."""

    field: Text
    """key of a choice in the record of the step; its choices are the outcomes"""
    proposes: Text
    """role"""
    settles: Text
    """role"""
