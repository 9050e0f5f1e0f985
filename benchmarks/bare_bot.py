"""The floor: a bot on python-telegram-bot that answers and edits, and nothing else. `python -m benchmarks.bare_bot`.

With a file as its argument it also makes two durable commits for each update, the least that a bot can do which keeps
what it was told before it says so.
"""

import itertools
import os
import sqlite3
import sys
import time

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.constants import ParseMode
from telegram.ext import ApplicationBuilder, CallbackQueryHandler, ContextTypes, MessageHandler, filters

KEYBOARD = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton(word, callback_data=f"1.task_done.{n}")]
        for n, word in enumerate(("Selesai", "Hambatan", "Ingatkan lagi", "Lainnya…", "Tugas saya"))
    ]
)
TEXT = (
    "<b>Angkatan Contoh</b> · SOP 9.1.01 · langkah 5 dari 6 · {number}\n"
    "Ajar anak sesuai jadwal; tandai selesai setelah pelajaran terakhir.\n"
    "Target · jatuh tempo Rabu, 16 Desember 2026, 10.00\nPenanggung jawab: Anda"
)

_numbers = itertools.count(1)


class Commits:
    """Two durable commits an update, or none without a file."""

    def __init__(self, path: str | None) -> None:
        self._file = None if path is None else sqlite3.connect(path, isolation_level=None)
        if self._file is not None:
            self._file.execute("PRAGMA journal_mode = WAL")
            self._file.execute("PRAGMA synchronous = FULL")
            self._file.execute("CREATE TABLE IF NOT EXISTS inbox (id INTEGER PRIMARY KEY, raw TEXT, at REAL)")

    def arrived(self, update: Update) -> None:
        """The update is kept."""
        if self._file is not None:
            self._file.execute("INSERT INTO inbox (raw) VALUES (?)", (update.to_json(),))

    def handled(self) -> None:
        """So is what became of it."""
        if self._file is not None:
            self._file.execute(
                "UPDATE inbox SET at = ? WHERE id = (SELECT max(id) FROM inbox)", (time.time(),)
            )


def main() -> None:
    commits = Commits(sys.argv[1] if len(sys.argv) > 1 else None)

    async def on_tap(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        assert query is not None
        commits.arrived(update)
        text = TEXT.format(number=next(_numbers))
        commits.handled()
        await query.answer()
        await query.edit_message_text(text, parse_mode=ParseMode.HTML, reply_markup=KEYBOARD)

    async def on_text(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        commits.arrived(update)
        text = TEXT.format(number=next(_numbers))
        commits.handled()
        await update.message.reply_text(text, parse_mode=ParseMode.HTML, reply_markup=KEYBOARD)

    base_url = f"{os.environ['TELEGRAM_API_BASE_URL']}/bot"
    bot = ApplicationBuilder().token(os.environ["TELEGRAM_BOT_TOKEN"]).base_url(base_url).build()
    bot.add_handler(CallbackQueryHandler(on_tap))
    bot.add_handler(MessageHandler(filters.TEXT, on_text))
    bot.run_polling()


if __name__ == "__main__":
    main()
