"""A group as its members see it: the bot is added, hears what is meant for it, and is thrown out."""

from typing import TYPE_CHECKING, Any

from simulator.bot_json import member_change
from simulator.entities import find_entities
from simulator.phones import Chat, Phone, PhoneError
from simulator.state import Group, Message, Tap

if TYPE_CHECKING:
    from simulator.world import World

JSON = dict[str, Any]


class GroupChat(Chat):
    """A group, seen by its members."""

    def __init__(self, world: "World", group: Group) -> None:
        super().__init__(world, group.id)
        self.group = group

    def adds_bot(self, by: Phone) -> None:
        with self.world.lock:
            before, self.group.bot_status = self.group.bot_status, "member"
            self._tell("my_chat_member", member_change(self.world, self.id, by.id, before, "member"))
            joined = {"new_chat_members": [self.world.bot_user()]}
            message = self.world.post(Message(0, self.id, by.id, 0, content=joined))
            self._tell("message", self.world.message_json(message))

    def removes_bot(self, by: Phone) -> None:
        with self.world.lock:
            self.group.bot_status = "kicked"
            self._tell("my_chat_member", member_change(self.world, self.id, by.id, "member", "kicked"))

    def says(self, by: Phone, text: str, reply_to: Message | None = None) -> Message:
        """`by` writes; the bot hears it if it is in the group and, with privacy on, is meant."""
        with self.world.lock:
            entities = find_entities(text)
            message = self.world.post(
                Message(0, self.id, by.id, 0, text, entities, reply_to=reply_to.id if reply_to else None)
            )
            meant = (
                any(e["type"] == "bot_command" for e in entities)
                or f"@{self.world.bot_username}" in text
                or (reply_to is not None and reply_to.sender_id == self.world.bot_id)
            )
            if self.group.bot_status == "member" and (meant or not self.world.switches.group_privacy):
                self._tell("message", self.world.message_json(message))
            return message

    def taps(self, by: Phone, label: str) -> Tap | Message:
        """`by` taps the lowest inline button in the group that says `label`."""
        for message in reversed(self.received):
            for row in message.inline_rows:
                for button in row:
                    if button["text"] == label:
                        return by.presses(message, button)
        raise PhoneError(f"no button {label!r} in {self.group.title}")

    def _tell(self, kind: str, payload: JSON) -> None:
        self.world.queue_update(kind, payload)
