"""What the rules refuse. Each carries what a friendly sentence needs; none is a fault of the program.

RuleError
├── NotYoursError            the step belongs to another role
├── CohortShutError          an angkatan closed longer ago than its children may be looked at
├── NotFoundError            a button or code that leads nowhere (any more)
├── AlreadyDoneError         done or closed meanwhile: who and when
├── AlreadyRunningError      started by hand, and it runs already: since when and by whom
├── NotYetError              it opens, or may be confirmed, from a later time on
├── OutsideWindowError       a date outside what the SOP allows
├── DayTakenError            the angkatan has something else on that day
├── FutureWorkError          work dated in the future, or before the step could begin
├── UndoTooLateError         more than UNDO_MINUTES ago, closed since, followed, undone already
├── UndoNotYoursError        somebody else recorded it
├── TooOldError              the shelter is for younger children
├── ChildLeftError           the child is not here any more
├── ReportedTwiceError       the same incident was reported a moment ago
├── IncidentClosedError      somebody has closed the incident, with a result
├── UndoRefusedError         a later step has been confirmed: by whom
├── DecisionNeededError      decided together, not confirmed
├── NothingProposedError     somebody else has to propose first
├── UnknownChoiceError       not one of the things that can be decided
├── NotOfferedError          the pack does not let an officer choose that
├── NeedsReasonError         skipping and rescheduling need words
├── NeedsFormError           the step is done with its form: its questions have to be answered first
└── NotPermittedError        only an admin, a head, or a given role may do this
"""

from datetime import date, datetime
from typing import Literal


class RuleError(Exception):
    """A refusal with a reason that can be told to the officer."""


class NotYoursError(RuleError):
    """The step is another role's. `roles` own it; `holders` are the officers in charge now (names)."""

    def __init__(self, roles: tuple[str, ...], holders: tuple[str, ...] = ()) -> None:
        super().__init__(f"owned by {roles}")
        self.roles = roles
        self.holders = holders


class NotFoundError(RuleError):
    """Nothing there: a forged or very old button, or a number nobody has."""


class CohortShutError(RuleError):
    """The angkatan `name` was closed at `closed_at`, longer ago than the pack lets its children be looked at."""

    def __init__(self, name: str, closed_at: datetime) -> None:
        super().__init__(f"{name} is closed")
        self.name = name
        self.closed_at = closed_at


class AlreadyDoneError(RuleError):
    """Closed meanwhile. `state` is the task's (or entry's) state word; `who` a name, None when nobody did it."""

    def __init__(
        self, state: str, who: str | None, closed_at: datetime | None, reason: str | None = None
    ) -> None:
        super().__init__(f"already {state}")
        self.state = state
        self.who = who
        self.closed_at = closed_at
        self.reason = reason


class AlreadyRunningError(RuleError):
    """The SOP runs for them already: `run_id`; `who` started it (None: its rule), `since` when."""

    def __init__(self, run_id: int, who: str | None, since: datetime | None) -> None:
        super().__init__(f"run {run_id} is open")
        self.run_id = run_id
        self.who = who
        self.since = since


class NotYetError(RuleError):
    """Too early: possible from `opens_at` (aware UTC) on."""

    def __init__(self, opens_at: datetime) -> None:
        super().__init__(f"opens at {opens_at}")
        self.opens_at = opens_at


class OutsideWindowError(RuleError):
    """The date must lie within `earliest` and `latest`, both inclusive (SOP 9.1.09 step 1)."""

    def __init__(self, wanted: date, earliest: date, latest: date) -> None:
        super().__init__(f"{wanted} is outside {earliest}..{latest}")
        self.wanted = wanted
        self.earliest = earliest
        self.latest = latest


class DayTakenError(RuleError):
    """The angkatan has another event or a weigh-in that day, or there would be no time to prepare; `free` are others."""

    def __init__(self, wanted: date, free: tuple[date, ...]) -> None:
        super().__init__(f"{wanted} is taken")
        self.wanted = wanted
        self.free = free


class FutureWorkError(RuleError):
    """The date of the work is after `latest` (today) or before `earliest`."""

    def __init__(self, wanted: date, earliest: date, latest: date) -> None:
        super().__init__(f"{wanted} is outside {earliest}..{latest}")
        self.wanted = wanted
        self.earliest = earliest
        self.latest = latest


class MoveTooFarError(FutureWorkError):
    """A step can't be moved to `wanted`; there may be no day left: then `latest` is before `earliest`.

    Attributes:
        next_on: the day of the next occurrence, which ends this one; None: the end of the stay is in the way.
    """

    def __init__(self, wanted: date, earliest: date, latest: date, next_on: date | None) -> None:
        super().__init__(wanted, earliest, latest)
        self.next_on = next_on

    @property
    def is_hopeless(self) -> bool:
        """Whether it can't be moved to any day."""
        return self.latest < self.earliest


class UndoTooLateError(RuleError):
    """It can not be undone any more.

    Attributes:
        why: "time": more than UNDO_MINUTES ago; "closed": its angkatan or case was closed since; "followed": more
            has followed from it than can be taken back; "undone": it is taken back already; "nothing": nothing of
            the last UNDO_MINUTES is the officer's.
        who: whoever took it back.
    """

    def __init__(
        self, why: Literal["time", "closed", "followed", "undone", "nothing"] = "time", who: str = ""
    ) -> None:
        super().__init__(why)
        self.why = why
        self.who = who


class ChildLeftError(RuleError):
    """The child `number` is not here any more since `until_on`."""

    def __init__(self, number: int, until_on: date | None) -> None:
        super().__init__(f"child {number} has left")
        self.number = number
        self.until_on = until_on


class ReportedTwiceError(RuleError):
    """The same words about the same child were reported a moment ago, at `at`, as `incident_id`."""

    def __init__(self, incident_id: int, at: datetime) -> None:
        super().__init__("reported a moment ago")
        self.incident_id = incident_id
        self.at = at


class IncidentClosedError(RuleError):
    """Somebody, `who`, has closed it already, at `at`."""

    def __init__(self, who: str, at: datetime) -> None:
        super().__init__("closed already")
        self.who = who
        self.at = at


class UndoNotYoursError(RuleError):
    """Somebody else, `who`, recorded it, and only that officer can undo it."""

    def __init__(self, who: str) -> None:
        super().__init__("recorded by somebody else")
        self.who = who


class UndoRefusedError(RuleError):
    """A later step was confirmed by `who`; that has to be undone first. `sop`: its number when it is of another one."""

    def __init__(self, who: str, step: int, sop: str = "") -> None:
        super().__init__(f"step {step} was confirmed")
        self.who = who
        self.step = step
        self.sop = sop


class NotOfferedError(RuleError):
    """The pack does not offer that: a time outside its limits, or to do without a reminder that has to stay."""


class NeedsReasonError(RuleError):
    """A reason in words is required."""


class DecisionNeededError(RuleError):
    """The step is a decision of several sections: propose, agree or object instead of confirming."""


class NothingProposedError(RuleError):
    """There is nothing to agree with yet: `role` has to propose first."""

    def __init__(self, role: str) -> None:
        super().__init__(f"{role} has not proposed")
        self.role = role


class UnknownChoiceError(RuleError):
    """Not one of the things that can be decided; `choices` are."""

    def __init__(self, choices: tuple[str, ...]) -> None:
        super().__init__("no such choice")
        self.choices = choices


class NeedsFormError(RuleError):
    """The step records something, and not every question of its form has an answer."""


class NotPermittedError(RuleError):
    """Only others may do this. `who_may` is a word: "admin", "head", or a duty such as "opens_cohorts"."""

    def __init__(self, who_may: str) -> None:
        super().__init__(f"only {who_may}")
        self.who_may = who_may


class TooOldError(RuleError):
    """The shelter is for children younger than `max_age` years (SOP 9.1.20 step 1)."""

    def __init__(self, max_age: int) -> None:
        super().__init__("too old")
        self.max_age = max_age
