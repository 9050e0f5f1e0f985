"""Time, and what happens to the process in it: outages, kills, a Telegram that fails, a clock that is set back."""

from datetime import datetime, timedelta

from hypothesis import strategies as st

from tests.support.year.living import BEGINS, Living, act
from tests.support.year.phones import Fate

MOMENTS_MAX = 3_000  # stops of the clock in one wait; more means that it does not move
BACK_MAX = 2  # times that the clock is set back in a year

fates: st.SearchStrategy[list[Fate]] = st.lists(
    st.sampled_from(["unreachable", "slow down", "lost answer", "killed before", "killed after"]),
    min_size=1,
    max_size=5,
)


class TimeGoesOn(Living):
    """The clock stops at each moment at which the bot has something to do, unless nobody is there to do it."""

    @act(hours=st.sampled_from([5, 26, 72, 24 * 8, 24 * 16]))
    def the_bot_is_there(self, hours: int) -> None:
        """Hours in which all that comes due is said in its own minute."""
        self.lives_until(self.home.now + timedelta(hours=hours))

    @act(hours=st.sampled_from([1, 9, 30, 24 * 4, 24 * 11, 24 * 40]), how=st.sampled_from(["dead", "asleep"]))
    def the_bot_is_off(self, hours: int, how: str) -> None:
        """An outage: the process has died, or the machine slept. Afterwards all that is still true is said."""
        length = timedelta(hours=hours)
        self.home.now += length
        if how == "dead":
            self.process.restart(after=length)
        else:
            self.process.sleep(length)
        self.process.dispatch()

    @act(fates=fates, hours=st.sampled_from([2, 30, 24 * 6]))
    def telegram_fails_and_the_process_is_killed(self, fates: list[Fate], hours: int) -> None:
        """The next messages have these fates, whenever they leave."""
        self.phones.fates.extend(fates)
        self.lives_until(self.home.now + timedelta(hours=hours))

    def lives_until(self, until: datetime) -> None:
        """As `Town.lives_until`."""
        for _moment in range(MOMENTS_MAX):
            self.process.dispatch()
            upcoming = self.process.next_at()
            if upcoming is None or upcoming > until:
                self.home.now = max(until, self.home.now)
                self.process.dispatch()
                return
            assert upcoming > self.home.now, f"what is due at {upcoming} is not done at {self.home.now}"
            self.home.now = upcoming
        raise AssertionError("there is always something to do: time does not pass")


class ClockIsWrong(Living):
    """Now and then somebody sets it right, which sets it back."""

    def __init__(self) -> None:
        super().__init__()
        self.set_back = 0

    @act(dies=st.booleans())
    def the_clock_is_set_back(self, dies: bool) -> None:
        """By two days, under a process that goes on, or over a restart."""
        if self.set_back >= BACK_MAX or self.home.now - BEGINS < timedelta(days=4):
            return
        self.set_back += 1
        self.home.now -= timedelta(days=2)
        if dies:
            self.process.restart()
        self.process.dispatch()
