// Whoever's phone is not in hand does by taps what their list asks for today.

import { $, ask } from "./api.js";
import { word } from "./words.js";

const ROUNDS = 15; // of one phone; a day has fewer tasks
const ANSWERS = ["Simpan", "Lewati", "Nanti saja", "Batal"]; // what ends a question that comes after [Selesai]
const QUESTIONS = 4;
const WAIT_S = 5;

export function startOthers(chosen, say) {
  $("others").addEventListener("click", async () => {
    $("others").disabled = true;
    try {
      const others = (await ask("/phones")).filter((phone) => phone.id !== chosen() && phone.started && !phone.blocked);
      let done = 0;
      for (const phone of others) {
        say(word("others.works", { name: phone.name }));
        done += await works(phone.id);
      }
      say(word("others.done", { count: done }));
    } finally {
      $("others").disabled = false;
    }
  });
}

// Returns how many steps were confirmed.
async function works(id) {
  const tried = new Set();
  let done = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const list = await said(id, "text", { text: "/tugas" });
    const line = list && dueToday(list.text).find(({ what }) => !tried.has(what));
    if (!line) break;
    tried.add(line.what);
    let screen = await taps(id, list, line.number);
    screen = screen && (await taps(id, screen, "Selesai"));
    for (let question = 0; screen && !screen.text.includes("✅") && question < QUESTIONS; question += 1)
      screen = await taps(id, screen, ANSWERS.find((label) => buttonOf(screen, label)));
    if (screen?.text.includes("✅")) done += 1;
  }
  return done;
}

// Lines of the list that are late or of today: their number, and their words without it.
function dueToday(text) {
  const [today] = (text ?? "").split(/^Berikutnya/m);
  return [...today.matchAll(/^(\d+)\. (.+)$/gm)].map(([, number, what]) => ({ number, what }));
}

const buttonOf = (screen, label) => screen.inline_keyboard.flat().find((button) => button.text === label);

async function taps(id, screen, label) {
  const button = label && buttonOf(screen, label);
  return button ? said(id, "tap", { message_id: screen.message_id, data: button.callback_data }) : null;
}

// Do something on a phone; what the bot says last after it, or null.
async function said(id, act, body) {
  const before = (await ask(`/phones/${id}/chat`)).revision;
  const sent = await ask(`/phones/${id}/${act}`, body);
  if (sent.callback_query_id) await ask(`/taps/${sent.callback_query_id}?wait=${WAIT_S}`);
  const until = performance.now() + WAIT_S * 1000;
  for (let after = before; performance.now() < until; ) {
    const chat = await ask(`/phones/${id}/chat?after=${after}&wait=1`);
    const told = chat.messages.filter((view) => view.from_bot && !view.deleted && view.text && view.revision > before);
    if (told.length) return told.reduce((last, view) => (view.revision > last.revision ? view : last));
    after = Math.max(after, chat.messages.reduce((last, view) => Math.max(last, view.revision), after));
  }
  return null;
}
