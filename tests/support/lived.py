"""What was lived once is not lived again: a test gets a copy of what the same acts left for an earlier one.

Most of the time of a test went into the same officers, the same angkatan and the same days up to the morning that it is
about. Each act of an `Institution` or a `Town` has a key: the clock, the pack, what is done and by whom. A path of keys
from the empty database leads to a moment. What a moment left behind (the database byte by byte, the clock, the phones)
is kept when a path is gone for the second time (what takes long at the first), and laid down again from then on, at the
latest when the test looks. A test that does what has no key (writes by itself, changes the house) lives all that follows by itself.
"""

import pickle
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, timedelta
from datetime import time as time_of_day
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from sqlmodel import SQLModel

from simulator.state import Message
from sop_flows.declarations.loader import Pack

Act = TypeVar("Act", bound=Callable[..., Any])
AsyncAct = TypeVar("AsyncAct", bound=Callable[..., Awaitable[Any]])

LONG = 20  # times as long as a copy: kept at the first time already
KEPT_MAX = 400  # moments, in memory: about half a megabyte each


class Medium(Protocol):
    """Where a test's database lies."""

    kind: str
    pays_from_s: float  # acts that take less are lived again: a copy costs more

    def save(self) -> Any:
        """A copy of all of it."""

    def lay(self, saved: Any) -> None:
        """Put a copy in its place."""

    def drop(self, saved: Any) -> None:
        """The copy is not needed any more."""


class Lives(Protocol):
    """What lives on a database, and has a state of its own beside it."""

    @property
    def past(self) -> "Past | None":
        """None: every act is lived."""

    def circumstances(self) -> Hashable:
        """What decides with an act what comes of it; None when that can't be said."""

    def remember(self) -> Any:
        """Its small state, plain values."""

    def recall(self, remembered: Any) -> None:
        """Go on from there."""

    def save(self) -> Any:
        """Its large state, laid down only when somebody looks."""

    def lay(self, saved: Any) -> None:
        """Put it in its place."""


class Moment:
    """A place on the path of acts."""

    def __init__(self) -> None:
        self.then: dict[Hashable, Moment] = {}
        self.times = 0
        self.took_s = 0.0
        self.kept: _Kept | None = None


class _Kept:
    def __init__(self, lives: Lives, medium: Medium, answer: bytes) -> None:
        self.answer = answer
        self.remembered = lives.remember()
        self.beside = lives.save()
        self.medium = medium
        self.database = medium.save()


class NoKeyError(Exception):
    """What an act was given can't be told by its values."""


_beginnings: dict[str, Moment] = {}
_kept: OrderedDict[Moment, None] = OrderedDict()  # the one used last at the end
_packs: dict[int, tuple[Pack, Hashable]] = {}
_within: ContextVar[bool] = ContextVar("within", default=False)


class Past:
    """Where on the path a test is. `moment` is None when nobody knows."""

    def __init__(self, medium: Medium) -> None:
        self._medium = medium
        self.moment: Moment | None = _beginnings.setdefault(medium.kind, Moment())
        self._owed: tuple[Lives, _Kept] | None = None  # to be laid down before anybody looks
        self._is_disturbed = False  # something without a key happens beside an act

    @property
    def is_within(self) -> bool:
        """Whether this is part of an act."""
        return _within.get()

    @contextmanager
    def within(self) -> Iterator[None]:
        """What is done to the database belongs to an act, or only looks."""
        token = _within.set(True)
        try:
            yield
        finally:
            _within.reset(token)

    def catch_up(self) -> None:
        """Somebody looks: lay down what was only recalled."""
        if self._owed is not None:
            (lives, kept), self._owed = self._owed, None
            with self.within():
                self._medium.lay(kept.database)
                lives.lay(kept.beside)

    def touched(self) -> None:
        """Somebody does what has no key, unless it is part of an act."""
        self.catch_up()
        if not self.is_within:
            self.moment = None
            self._is_disturbed = True

    def find(
        self, lives: Lives, name: str, arguments: tuple[Any, ...], named: Mapping[str, Any]
    ) -> Moment | None:
        """The moment to which this act leads; None when nobody knows."""
        circumstances = lives.circumstances()
        if self.moment is not None and circumstances is not None:
            try:
                key = type(lives).__name__, circumstances, name, frozen(arguments), frozen(named)
                return self.moment.then.setdefault(key, Moment())
            except NoKeyError:
                pass
        self.touched()
        return None

    def recall(self, lives: Lives, moment: Moment) -> Any:
        """Go to a moment that was kept. Returns what the act answered then."""
        assert moment.kept is not None
        _kept.move_to_end(moment)
        self.moment, self._owed = moment, (lives, moment.kept)
        lives.recall(moment.kept.remembered)
        return pickle.loads(moment.kept.answer)

    @contextmanager
    def living(self, moment: Moment) -> Iterator[None]:
        """Around the act itself. After an error, or with something else going on meanwhile, nobody knows where this
        leads."""
        self.catch_up()
        self.moment, self._is_disturbed = None, False
        began = time.perf_counter()
        with self.within():
            yield
        moment.took_s = time.perf_counter() - began
        if not self._is_disturbed:
            self.moment = moment

    def came_of_it(self, lives: Lives, answer: Any) -> None:
        """After an act: keep what it left."""
        if self.moment is not None:
            self.moment.times += 1
            is_long = self.moment.took_s >= LONG * self._medium.pays_from_s
            if is_long or (self.moment.times > 1 and self.moment.took_s >= self._medium.pays_from_s):
                self._keep(lives, self.moment, answer)

    def _keep(self, lives: Lives, moment: Moment, answer: Any) -> None:
        try:
            with self.within():
                moment.kept = _Kept(lives, self._medium, pickle.dumps(answer))
        except (pickle.PicklingError, TypeError, AttributeError):
            return  # there is something in it that can't be copied
        _kept[moment] = None
        if len(_kept) > KEPT_MAX:
            oldest, _none = _kept.popitem(last=False)
            assert oldest.kept is not None
            oldest.kept.medium.drop(oldest.kept.database)
            oldest.kept = None


def act(method: Act) -> Act:
    """Mark a method of what `Lives` as an act."""

    @wraps(method)
    def lived(self: Lives, *arguments: Any, **named: Any) -> Any:
        past = self.past
        if past is None or past.is_within:
            return method(self, *arguments, **named)
        moment = past.find(self, method.__name__, arguments, named)
        if moment is None:
            return method(self, *arguments, **named)
        if moment.kept is not None:
            return past.recall(self, moment)
        with past.living(moment):
            answer = method(self, *arguments, **named)
        past.came_of_it(self, answer)
        return answer

    return cast(Act, lived)


def async_act(method: AsyncAct) -> AsyncAct:
    """The same for one that is awaited."""

    @wraps(method)
    async def lived(self: Lives, *arguments: Any, **named: Any) -> Any:
        past = self.past
        if past is None or past.is_within:
            return await method(self, *arguments, **named)
        moment = past.find(self, method.__name__, arguments, named)
        if moment is None:
            return await method(self, *arguments, **named)
        if moment.kept is not None:
            return past.recall(self, moment)
        with past.living(moment):
            answer = await method(self, *arguments, **named)
        past.came_of_it(self, answer)
        return answer

    return cast(AsyncAct, lived)


def pack_key(pack: Pack) -> Hashable:
    """Equal for packs of one unit with equal SOPs."""
    if id(pack) not in _packs:
        _packs[id(pack)] = pack, (id(pack.unit), tuple((n, sop.digest) for n, sop in pack.sops.items()))
    return _packs[id(pack)][1]


def frozen(value: Any) -> Hashable:
    """The value as a key; a row by all that it holds, a message of a chat by its number. Raises NoKeyError."""
    value = getattr(value, "message", value)
    if value is None or isinstance(value, str | int | float | bytes | date | time_of_day | timedelta):
        return type(value).__name__, value
    if isinstance(value, Message):
        return "Message", value.chat_id, value.id
    if isinstance(value, SQLModel):
        held = {name: one for name, one in vars(value).items() if name != "_sa_instance_state"}
        return type(value).__name__, frozen(dict(sorted(held.items())))
    if isinstance(value, Mapping):
        return tuple((frozen(key), frozen(one)) for key, one in value.items())
    if isinstance(value, tuple | list):
        return type(value).__name__, tuple(frozen(one) for one in value)
    raise NoKeyError(type(value).__name__)
