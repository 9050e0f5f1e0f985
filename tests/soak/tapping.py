"""Officers who tap at an even rate, and how long each waits for the answer."""

import random
import threading
import time
from collections.abc import Sequence

from simulator.state import Call, Message
from tests.soak.far_telegram import FarTelegram

REST_S = 3.0  # between two taps of one officer: Telegram takes three messages in three seconds in one chat
ANSWERED_WITHIN_S = 30.0


class Tappers:
    """Each has a list of tasks on the screen, and opens a card and the list again by turns.

    Attributes:
        waits: seconds from a tap to the changed message, with the moment of the tap (monotonic).
    """

    def __init__(self, chats: Sequence[int]) -> None:
        self._chats = chats
        self._screens: dict[int, Message] = {}
        self._waiting: dict[int, float] = {}
        self._tapped: dict[int, float] = {}
        self.waits: list[tuple[float, float]] = []

    def hear(self, at: float, call: Call) -> None:
        """A call of the bot: what changes the screen of somebody who waits is the answer."""
        if call.method == "editMessageText" and call.status == 200:
            since = self._waiting.pop(int(call.params["chat_id"]), None)
            if since is not None:
                self.waits.append((since, at - since))

    def begin(self, telegram: FarTelegram) -> None:
        """Everybody asks for the list of tasks once."""
        for chat in self._chats:
            with telegram.world.lock:
                telegram.world.phone_of(chat).types("/tugas")
            until = time.monotonic() + ANSWERED_WITHIN_S
            while not telegram.world.phone_of(chat).received:
                assert time.monotonic() < until, "no list of tasks came"
                time.sleep(0.02)
            self._screens[chat] = telegram.world.phone_of(chat).last_message

    def tap(self, telegram: FarTelegram, a_second: float, enough: threading.Event, seed: int) -> None:
        """Tap at that rate until it is enough, then wait for the last answers. Raises when one does not come."""
        dice = random.Random(seed)
        while not enough.wait(dice.expovariate(a_second)):
            now = time.monotonic()
            idle = [
                c for c in self._chats if c not in self._waiting and now - self._tapped.get(c, 0) > REST_S
            ]
            if idle:
                self._tap(telegram, dice.choice(idle))
        until = time.monotonic() + ANSWERED_WITHIN_S
        while self._waiting:
            assert time.monotonic() < until, f"{len(self._waiting)} taps were never answered"
            time.sleep(0.05)

    def _tap(self, telegram: FarTelegram, chat: int) -> None:
        screen = self._screens[chat]
        with telegram.world.lock:
            pressed = [b["callback_data"] for row in screen.inline_rows for b in row if "callback_data" in b]
            data = next(one for one in pressed if one.startswith(("1.task_open.", "1.task_list")))
            self._waiting[chat] = self._tapped[chat] = time.monotonic()
            telegram.world.phone_of(chat).taps_data(screen.id, data)
