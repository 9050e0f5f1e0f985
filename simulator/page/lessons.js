// Lessons of three minutes, one a role, and single things to try. Each ticks itself off when the bot has said what it
// says after it; what the chat held before the page was opened does not count.

import { $, longDateOf, make, shortDateOf } from "./api.js";
import { simulatedNow } from "./clock.js";
import { language, word } from "./words.js";

const KEPT = "pandu-lessons"; // phone id -> for each step, then each thing to try, when it was done (simulated), or null
const BESIDES = "+1 hari"; // what is tapped beside the phone
const narrow = matchMedia("(max-width: 760px)");
const seen = new Map(); // phone id -> the last revision of its chat that was looked at
let lessons = { first: [], roles: {}, more: {} };
let ticks = null; // kept ones, once the clock is known
let shown = null; // the chat whose lesson is shown
let tried = null; // what was chosen on the map: { id, index }
let phones = [];

const roleOf = (phone) => phone.name.split(" · ")[1];
const lessonOf = (phone) => lessons.roles[roleOf(phone)] ?? [];
const everythingOf = (phone) => [...lessonOf(phone), ...(lessons.more[roleOf(phone)] ?? [])];
const isDone = (phone, index) => Boolean(ticks?.[phone.id]?.[index]);

export async function startLessons(choose) {
  $("lesson-again").addEventListener("click", () => keep({ ...ticks, [shown.id]: [] }));
  $("lesson-begin").addEventListener("click", () => document.querySelector("[data-begin='day-10']").click());
  $("lesson-next").addEventListener("click", () => choose(nextPhone().id));
  $("lesson-button").addEventListener("click", () => ($("lesson").classList.toggle("open"), draw()));
  narrow.addEventListener("change", place);
  place();
  lessons = await (await fetch("/page/lessons.json")).json();
  draw();
}

// The lessons of the first ten minutes, then those of the other phones: { phone, done, count }.
export function lessonsInOrder() {
  const place = (phone) => (lessons.first.includes(roleOf(phone)) ? lessons.first.indexOf(roleOf(phone)) : lessons.first.length);
  return phones
    .filter((phone) => lessonOf(phone).length)
    .map((phone) => ({ phone, isFirst: lessons.first.includes(roleOf(phone)), done: lessonOf(phone).filter((_, index) => isDone(phone, index)).length, count: lessonOf(phone).length }))
    .sort((one, other) => place(one.phone) - place(other.phone));
}

// What can be tried on this phone: { index, what, acts, isDone }; `acts` as in lessons.json.
export function triesOf(phone) {
  const all = everythingOf(phone);
  return all.flatMap((step, index) => {
    if (!step.try) return [];
    const acts = all.slice((step.from ?? index + 1) - 1, index + 1).flatMap((one) => one.do);
    return [{ index, what: step.try[language], acts, isDone: isDone(phone, index) }];
  });
}

// One line of buttons and words: "[x]" is a button in the chat, "{x}" a key below it, all else is typed.
export function drawActs(acts) {
  const line = make("span", "acts");
  acts.forEach((act, index) => {
    if (index) line.append(" › ");
    if (/^[[{]/.test(act)) line.append(make("kbd", "", act.slice(1, -1).replace("☐ ", "")));
    else if (act === BESIDES) line.append(word("map.clock", { button: word("clock.day") }));
    else line.append(word("map.type"), " ", make("b", "", act));
  });
  return line;
}

// Show above the chat what was chosen on the map, until it is done.
export function tryOut(id, index) {
  tried = { id, index };
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
  if (tried && tried.id !== id) tried = null;
  shown = { id, name: chat.name };
  const before = seen.get(id);
  const said = before === undefined ? [] : chat.messages.filter((view) => view.from_bot && !view.deleted && view.revision > before);
  seen.set(id, Math.max(before ?? 0, chat.revision));
  const texts = said.map((view) => view.text ?? view.caption ?? "");
  const done = [...(ticks[id] ?? [])];
  let fresh = false;
  everythingOf(chat).forEach((step, index) => {
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

const nextPhone = () => lessonsInOrder().find(({ done, count }) => done < count)?.phone;

function draw() {
  drawTry();
  const steps = shown ? lessonOf(shown) : [];
  $("map-button").hidden = !lessonsInOrder().length;
  $("lesson").hidden = $("lesson-button").hidden = !steps.length;
  if (!steps.length) return;
  const done = steps.map((_, index) => isDone(shown, index));
  const count = `${done.filter(Boolean).length}/${steps.length}`;
  $("lesson-count").textContent = count;
  $("lesson-button").textContent = word("lesson.count", { count });
  $("lesson-button").ariaExpanded = String($("lesson").classList.contains("open"));
  const next = done.indexOf(false);
  $("lesson-steps").replaceChildren(
    ...steps.map((step, index) => {
      const item = make("li", done[index] ? "done" : index === next ? "next" : "");
      item.dataset.number = index + 1;
      step.say[language].split("*").forEach((part, place) => item.append(place % 2 ? make("b", "", part) : part));
      return item;
    }),
  );
  const day = new Date(`${lessons.day}T12:00:00+08:00`);
  const isLate = shortDateOf(day) !== shortDateOf(simulatedNow()) && !done.includes(true); // a lesson itself may move the clock
  const other = next < 0 && nextPhone();
  $("lesson-note").textContent = isLate ? word("lesson.day", { day: longDateOf(day) }) : next < 0 ? `${word("lesson.done")} ${other ? "" : word("lesson.all_done")}` : "";
  $("lesson-next").hidden = !other;
  if (other) $("lesson-next").textContent = word("lesson.next", { name: other.name.split(" · ")[0] });
  $("lesson-begin").hidden = !isLate || document.querySelector("[data-begin='day-10']").hidden;
  $("lesson-again").hidden = !done.includes(true);
}

function drawTry() {
  const one = tried && triesOf(phones.find((phone) => phone.id === tried.id)).find(({ index }) => index === tried.index);
  $("try").hidden = !one;
  document.querySelector(".phone").classList.toggle("trying", Boolean(one));
  if (!one) return;
  const stop = make("button", "icon", "✕");
  stop.type = "button";
  stop.ariaLabel = word("side.close");
  stop.addEventListener("click", () => {
    tried = null;
    draw();
  });
  const text = make("div");
  text.append(make("strong", one.isDone ? "done" : "", one.what), drawActs(one.acts));
  $("try").replaceChildren(text, stop);
}
