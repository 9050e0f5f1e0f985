"""setWebhook, deleteWebhook, getWebhookInfo, and the part of getUpdates that does not wait."""

import re
from typing import Any
from urllib.parse import urlsplit

from simulator.arguments import Arguments
from simulator.refusals import bad_request, conflict
from simulator.webhook import Webhook
from simulator.world import World

JSON = dict[str, Any]

LOOPBACK = ("127.0.0.1", "localhost", "::1")
WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
OTHER_POLL = "terminated by other getUpdates request; make sure that only one bot instance is running"


def begin_poll(world: World, args: Arguments) -> tuple[int, int, int]:
    """Note what a poll asks for: offset, limit, seconds to wait.

    Raises:
        Refusal: a webhook is set.
    """
    if world.webhook.url:
        raise conflict(WEBHOOK_ACTIVE)
    _note_allowed(world, args)
    limit = min(max(args.integer("limit", 100), 1), 100)
    return args.integer("offset"), limit, min(max(args.integer("timeout"), 0), 50)


def set_webhook(world: World, args: Arguments) -> bool:
    url = args.text("url")
    if not url:
        return delete_webhook(world, args)
    address = urlsplit(url)
    # Telegram wants HTTPS; a bot beside the simulator has no certificate, so loopback may do without.
    if address.scheme != "https" and not (address.scheme == "http" and address.hostname in LOOPBACK):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    secret = args.text("secret_token")
    if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise bad_request("secret token contains unallowed characters")
    _note_allowed(world, args)
    _drop_pending(world, args)
    world.webhook = Webhook(url, secret, args.integer("max_connections", 40))
    world.changed()
    return True


def delete_webhook(world: World, args: Arguments) -> bool:
    _drop_pending(world, args)
    world.webhook = Webhook()
    world.changed()
    return True


def get_webhook_info(world: World, _: Arguments) -> JSON:
    world.updates.drop_old(world.timestamp)
    info: JSON = {
        "url": world.webhook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates.waiting),
    }
    if world.webhook.url:
        info["max_connections"] = world.webhook.max_connections
    if world.webhook.last_error:
        info["last_error_date"] = world.webhook.last_error_at
        info["last_error_message"] = world.webhook.last_error
    if world.updates.allowed:
        info["allowed_updates"] = world.updates.allowed
    return info


def _note_allowed(world: World, args: Arguments) -> None:
    """Telegram keeps the last list given; an empty list means its default."""
    allowed = args.nested("allowed_updates")
    if isinstance(allowed, list):
        world.updates.allowed = [str(kind) for kind in allowed] or None


def _drop_pending(world: World, args: Arguments) -> None:
    if args.flag("drop_pending_updates"):
        world.updates.waiting.clear()
