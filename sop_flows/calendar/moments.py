"""Times of the day that the whole institution keeps (local time), and the quiet hours."""

from datetime import datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from sop_flows.calendar.errors import NaiveTimeError

MORNING = time(7, 30)  # digest, day leads, "pagi hari H"
THIS_AFTERNOON = time(15, 0)  # "sore ini"
THIS_AFTERNOON_UNTIL = time(14, 30)  # "sore ini" is not offered after this
AFTERNOON_DUE = time(16, 0)  # day n on calendar time ends here
EVENING = time(18, 0)  # "the evening before"
DAILY_DUE = time(20, 0)  # what is done every day is due at the end of its day
QUIET_FROM = time(20, 0)
QUIET_UNTIL = time(6, 0)


def after_quiet(at: datetime, tz: tzinfo | str) -> datetime:
    """`at`, or 06.00 local time when it falls into the quiet hours (20.00 up to 06.00).

    Args:
        at: aware instant.
        tz: the unit's zone, or its name.

    Returns:
        `at` itself outside the quiet hours, else an aware UTC instant.

    Raises:
        NaiveTimeError: `at` has no zone.
    """
    if at.utcoffset() is None:
        raise NaiveTimeError(at)
    zone = ZoneInfo(tz) if isinstance(tz, str) else tz
    local = at.astimezone(zone)
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return at
    on = local.date() + timedelta(days=1) if local.time() >= QUIET_FROM else local.date()
    return datetime.combine(on, QUIET_UNTIL, zone).astimezone(ZoneInfo("UTC"))
