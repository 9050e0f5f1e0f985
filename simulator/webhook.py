"""Delivery of updates to the bot's webhook: in order within a chat, again until it answers 2xx."""

import asyncio
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from simulator.update_queue import Waiting
    from simulator.world import World

JSON = dict[str, Any]

FIRST_PAUSE_S = 0.2  # real seconds before a refused update is sent again; doubled each time
LONGEST_PAUSE_S = 5.0
ANSWER_WITHIN_S = 20.0


@dataclass
class Webhook:
    url: str = ""
    secret_token: str = ""
    max_connections: int = 40
    last_error_at: int | None = None  # simulated, seconds since 1970
    last_error: str | None = None
    pauses: dict[str, float] = field(default_factory=dict)  # by chat: the pause of its next try


def chat_of(update: JSON) -> str:
    """What orders an update: its chat, else its own number."""
    for payload in update.values():
        if isinstance(payload, dict):
            chat = payload.get("chat") or (payload.get("message") or {}).get("chat")
            if isinstance(chat, dict) and "id" in chat:
                return str(chat["id"])
    return f"update {update.get('update_id')}"


class Deliverer:
    """Posts waiting updates to the webhook as long as there is one.

    Args:
        client: an httpx client; a test gives one whose transport is its own ASGI application.
    """

    def __init__(self, world: "World", client: httpx.AsyncClient | None = None) -> None:
        self.world = world
        self._client = client
        self._task: asyncio.Task[None] | None = None

    def ensure_running(self) -> None:
        """Start posting in the running loop, unless it already does."""
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def aclose(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _run(self) -> None:
        client = self._client or httpx.AsyncClient(timeout=ANSWER_WITHIN_S)
        busy: dict[str, asyncio.Task[None]] = {}
        try:
            while self.world.webhook.url and not self.world.bell.closed:
                self.world.updates.drop_old(self.world.timestamp)
                for entry in list(self.world.updates.waiting):
                    chat = chat_of(entry.update)
                    if chat not in busy and len(busy) < self.world.webhook.max_connections:
                        busy[chat] = asyncio.create_task(self._post(client, entry, chat))
                        busy[chat].add_done_callback(partial(self._free, busy, chat))
                await self.world.bell.wait_until(lambda: self._has_work(busy), 60.0)
        finally:
            for task in list(busy.values()):
                task.cancel()
            await asyncio.gather(*busy.values(), return_exceptions=True)
            if self._client is None:
                await client.aclose()

    def _free(self, busy: dict[str, asyncio.Task[None]], chat: str, _: asyncio.Task[None]) -> None:
        busy.pop(chat, None)
        self.world.bell.ring()

    def _has_work(self, busy: dict[str, asyncio.Task[None]]) -> bool:
        waiting = self.world.updates.waiting
        return not self.world.webhook.url or any(chat_of(entry.update) not in busy for entry in waiting)

    async def _post(self, client: httpx.AsyncClient, entry: "Waiting", chat: str) -> None:
        webhook = self.world.webhook
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret_token} if webhook.secret_token else {}
        try:
            answer = await client.post(webhook.url, json=entry.update, headers=headers)
            error = None if answer.is_success else f"Wrong response from the webhook: {answer.status_code}"
        except httpx.HTTPError as problem:
            error = f"Connection failed: {problem}" if str(problem) else "Connection failed"
        if error is None:
            webhook.pauses.pop(chat, None)
            self.world.updates.remove(entry)
            return
        webhook.last_error, webhook.last_error_at = error, int(self.world.timestamp)
        pause = webhook.pauses.get(chat, FIRST_PAUSE_S)
        webhook.pauses[chat] = min(pause * 2, LONGEST_PAUSE_S)
        await asyncio.sleep(pause)
