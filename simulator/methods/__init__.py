"""The Bot API methods that the simulator knows, one file per group."""

from collections.abc import Callable
from typing import Any

from simulator.arguments import Arguments
from simulator.methods import deleting, editing, files, profile, sending, taps, updates
from simulator.world import World

Method = Callable[[World, Arguments], Any]

METHODS: dict[str, Method] = {
    "getMe": profile.get_me,
    "setWebhook": updates.set_webhook,
    "deleteWebhook": updates.delete_webhook,
    "getWebhookInfo": updates.get_webhook_info,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendDocument": sending.send_document,
    "sendLocation": sending.send_location,
    "sendChatAction": sending.send_chat_action,
    "editMessageText": editing.edit_message_text,
    "editMessageCaption": editing.edit_message_caption,
    "editMessageMedia": editing.edit_message_media,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "pinChatMessage": editing.pin_chat_message,
    "unpinChatMessage": editing.unpin_chat_message,
    "deleteMessage": deleting.delete_message,
    "deleteMessages": deleting.delete_messages,
    "answerCallbackQuery": taps.answer_callback_query,
    "getFile": files.get_file,
    "setMyCommands": profile.set_my_commands,
    "deleteMyCommands": profile.delete_my_commands,
    "getMyCommands": profile.get_my_commands,
    "setChatMenuButton": profile.set_chat_menu_button,
    "getChat": profile.get_chat,
    "leaveChat": profile.leave_chat,
    "setMyDescription": profile.accept,
    "setMyShortDescription": profile.accept,
    "setMyName": profile.accept,
}
BY_LOWER_NAME = {name.lower(): name for name in METHODS} | {"getupdates": "getUpdates"}
