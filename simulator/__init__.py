"""A Bot API server on loopback, a phone in the browser and a clock that can be moved.

It refuses what Telegram refuses, in Telegram's words. It imports no other room, and none imports it.
"""
