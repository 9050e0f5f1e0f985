"""A bot of a few lines that shows the page everything it must be able to draw; the real one has tests of its own."""

import asyncio
from typing import Any

import httpx

from simulator.pictures import sample_picture

JSON = dict[str, Any]

CARD = (
    "<b>SOP 9.2.01 Orientasi</b> · langkah 3 dari 6\n"
    "Kumpulkan data sekolah dan calon anak tetirah.\n\n"
    "<b>Pastikan</b>\n☐ minimal 5 SD/MI\n☐ asal sekolah jelas\n☐ jenis kelamin anak jelas\n\n"
    "Waktu baku 1 hari kerja · jatuh tempo <b>Rabu, 2 Desember, 16.00</b>\n"
    "<blockquote expandable>Perlengkapan: ATK, surat tugas, buku agenda, kendaraan dinas.\n"
    "Hambatan yang biasa: pejabat yang berwenang tidak di tempat.\n"
    "Dasar hukum: UU 35/2014, Permensos 30/2011.\nDisahkan: Kepala RPPSA.</blockquote>"
)
DONE = "✅ SOP 9.2.01 langkah 3 selesai · Ani Contoh, 1 Desember 07.30\nLangkah berikutnya: kirim data lokasi, 1 hari kerja."
BUTTONS = [
    [
        {"text": "Selesai", "callback_data": "done", "style": "success"},
        {"text": "Hambatan", "callback_data": "why"},
    ],
    [{"text": "Ingatkan lagi", "callback_data": "later"}, {"text": "Lainnya…", "callback_data": "more"}],
]
MENU = {
    "keyboard": [[{"text": "Tugas saya"}, {"text": "Buku SOP"}], [{"text": "Bantuan"}]],
    "resize_keyboard": True,
}
COMMANDS = [
    {"command": "tugas", "description": "Tugas saya sekarang"},
    {"command": "bantuan", "description": "Bantuan"},
]


class StandInBot:
    """Polls and answers until it is cancelled."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self._client = client
        self._token = token

    async def run(self) -> None:
        await self._call("setMyCommands", commands=COMMANDS)
        offset = 0
        while True:
            for update in await self._call("getUpdates", offset=offset, timeout=20):
                offset = update["update_id"] + 1
                if "callback_query" in update:
                    await self._on_tap(update["callback_query"])
                elif "message" in update:
                    await self._on_message(update["message"])

    async def _on_message(self, message: JSON) -> None:
        chat, text = message["chat"]["id"], message.get("text", "")
        if text.startswith("/start"):
            name = message["from"]["first_name"]
            await self._say(
                chat,
                f"Selamat datang, <b>{name}</b>. Anda terdaftar sebagai Peksos di RPPSA Putra Utama.",
                MENU,
            )
        elif text in ("Tugas saya", "/tugas"):
            await self._say(chat, CARD, {"inline_keyboard": BUTTONS})
        elif text == "rahasia":
            await self._call("sendMessage", chat_id=chat, text="No. 017", protect_content=True)
        elif text == "grafik":
            files = {"photo": ("grafik.jpg", sample_picture(), "image/jpeg")}
            await self._client.post(
                f"/bot{self._token}/sendPhoto", data={"chat_id": str(chat), "caption": "Grafik"}, files=files
            )
            files = {"document": ("berita_acara.pdf", b"%PDF-1.4 invented", "application/pdf")}
            await self._client.post(
                f"/bot{self._token}/sendDocument", data={"chat_id": str(chat)}, files=files
            )
        elif text == "hapus":
            await self._call("deleteMessage", chat_id=chat, message_id=message["message_id"])
        else:
            kind = next((k for k in ("photo", "document", "location", "sticker", "text") if k in message), "")
            await self._say(chat, f"Diterima: {kind}")

    async def _on_tap(self, query: JSON) -> None:
        if query["data"] == "done":
            message = query["message"]
            undo = {"inline_keyboard": [[{"text": "Urungkan", "callback_data": "undo", "style": "danger"}]]}
            await self._call(
                "editMessageText",
                chat_id=message["chat"]["id"],
                message_id=message["message_id"],
                text=DONE,
                reply_markup=undo,
            )
            await self._call("answerCallbackQuery", callback_query_id=query["id"], text="Tercatat.")
        elif query["data"] == "why":
            await self._call(
                "answerCallbackQuery", callback_query_id=query["id"], text="Apa hambatannya?", show_alert=True
            )
        else:
            await self._call("answerCallbackQuery", callback_query_id=query["id"])

    async def _say(self, chat: int, text: str, markup: JSON | None = None) -> None:
        await self._call("sendMessage", chat_id=chat, text=text, parse_mode="HTML", reply_markup=markup)

    async def _call(self, method: str, **params: Any) -> Any:
        answer = await self._client.post(f"/bot{self._token}/{method}", json=params, timeout=30)
        return answer.json().get("result")


def start(client: httpx.AsyncClient, token: str) -> asyncio.Task[None]:
    """The bot as a task of the running loop; cancel it to stop."""
    return asyncio.create_task(StandInBot(client, token).run())
