// Lessons of three minutes, one a role. A step ticks itself off when the bot has said what it says after it; what the
// chat held before the page was opened does not count.

import { $, longDateOf, make, shortDateOf } from "./api.js";
import { simulatedNow } from "./clock.js";

const KEPT = "pandu-lessons"; // phone id -> for each step when it was done (simulated), or null
const narrow = matchMedia("(max-width: 760px)");
const seen = new Map(); // phone id -> the last revision of its chat that was looked at
let lessons = { roles: {} };
let ticks = null; // kept ones, once the clock is known
let shown = null; // the chat whose lesson is shown
let phones = [];

const roleOf = (name) => name.split(" · ")[1];
const stepsOf = (name) => lessons.roles[roleOf(name)] ?? [];
const doneOf = (id) => stepsOf(phones.find((phone) => phone.id === id)?.name ?? "").map((_, index) => Boolean(ticks?.[id]?.[index]));

export async function startLessons() {
  $("lesson-again").addEventListener("click", () => keep({ ...ticks, [shown.id]: [] }));
  $("lesson-begin").addEventListener("click", () => document.querySelector("[data-begin='day-10']").click());
  $("lesson-button").addEventListener("click", () => ($("lesson").classList.toggle("open"), draw()));
  narrow.addEventListener("change", place);
  place();
  lessons = await (await fetch("/page/lessons.json")).json();
  draw();
}

function keptTicks() {
  const now = simulatedNow().toISOString(); // what is later was done in a demo that has been forgotten since
  const kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
  for (const id of Object.keys(kept)) kept[id] = kept[id].map((at) => (at && at <= now ? at : null));
  return kept;
}

export function forgetLessons() {
  localStorage.removeItem(KEPT);
}

// Beside the phone where there is room, in it below its head where there is none.
function place() {
  if (narrow.matches) document.querySelector(".chat-head").after($("lesson"));
  else document.querySelector(".clock").prepend($("lesson"));
}

// What the chat has said since it was last looked at ticks steps off.
export function showLesson(chat, everybody) {
  const { id } = chat;
  ticks ??= keptTicks();
  phones = everybody;
  shown = { id, name: chat.name };
  const before = seen.get(id);
  const said = before === undefined ? [] : chat.messages.filter((view) => view.from_bot && !view.deleted && view.revision > before);
  seen.set(id, Math.max(before ?? 0, chat.revision));
  const texts = said.map((view) => view.text ?? view.caption ?? "");
  const done = [...(ticks[id] ?? [])];
  let fresh = false;
  stepsOf(chat.name).forEach((step, index) => {
    if (done[index] || !texts.some((text) => new RegExp(step.seen, "m").test(text))) return;
    done[index] = simulatedNow().toISOString();
    fresh = true;
  });
  if (fresh) keep({ ...ticks, [id]: done });
  else draw();
}

function keep(changed) {
  ticks = changed;
  localStorage.setItem(KEPT, JSON.stringify(ticks));
  draw();
}

function draw() {
  const steps = shown ? stepsOf(shown.name) : [];
  $("lesson").hidden = $("lesson-button").hidden = !steps.length;
  if (!steps.length) return;
  const done = doneOf(shown.id);
  const count = `${done.filter(Boolean).length}/${steps.length}`;
  $("lesson-count").textContent = count;
  $("lesson-button").textContent = `Latihan ${count}`;
  $("lesson-button").ariaExpanded = String($("lesson").classList.contains("open"));
  const next = done.indexOf(false);
  $("lesson-steps").replaceChildren(
    ...steps.map((step, index) => {
      const item = make("li", done[index] ? "done" : index === next ? "next" : "");
      step.say.split("*").forEach((part, place) => item.append(place % 2 ? make("b", "", part) : part));
      return item;
    }),
  );
  const day = new Date(`${lessons.day}T12:00:00+08:00`);
  const isItsDay = shortDateOf(day) === shortDateOf(simulatedNow());
  const other = next < 0 && phones.find((phone) => doneOf(phone.id).includes(false));
  $("lesson-note").textContent = next < 0 ? `Bagus, selesai. ${other ? `Coba juga HP ${other.name}.` : "Semua latihan sudah selesai."}` : isItsDay ? "" : `Latihan ini untuk ${longDateOf(day)}.`;
  $("lesson-begin").hidden = isItsDay || next < 0 || document.querySelector("[data-begin='day-10']").hidden;
  $("lesson-again").hidden = !done.includes(true);
}
