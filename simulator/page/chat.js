// Messages as bubbles, each kept under its number, so that an edit changes it where it stands.

import { $, dayOf, make, timeOf } from "./api.js";
import { drawSigns } from "./emoji.js";
import { locale, word } from "./words.js";

const list = $("messages");
const LOCK = '<svg viewBox="0 0 24 24"><path d="M7 10V7a5 5 0 0 1 10 0v3h1.5v11h-13V10zm2.200 0h5.600V7a2.800 2.800 0 0 0-5.600 0z"/></svg>';
const shown = new Map(); // message id -> { view, element }

export function clearChat() {
  shown.clear();
  list.replaceChildren();
}

export const messageOf = (id) => shown.get(id)?.view;

// Put a message into the middle and point at it for a moment; whether it is there.
export function pointAt(id) {
  const element = shown.get(id)?.element;
  element?.scrollIntoView({ block: "center", behavior: "instant" });
  element?.classList.add("pointed");
  return Boolean(element);
}

export const isEmpty = () => shown.size === 0;

// Returns whether something new came in at the bottom.
export function showMessages(views, acts) {
  const last = Math.max(0, ...shown.keys());
  let fresh = false;
  for (const view of views) {
    const before = shown.get(view.message_id);
    if (view.deleted) {
      before?.element.remove();
      shown.delete(view.message_id);
      continue;
    }
    const element = draw(view, acts);
    if (before) {
      keepOpen(before.element, element);
      before.element.replaceWith(element);
    } else {
      list.append(element);
      fresh ||= view.message_id > last;
    }
    shown.set(view.message_id, { view, element });
  }
  markDays();
  return fresh;
}

function keepOpen(before, after) {
  const old = before.querySelectorAll(".expandable, .spoiler");
  after.querySelectorAll(".expandable, .spoiler").forEach((part, i) => old[i]?.classList.contains("open") && part.classList.add("open"));
}

function markDays() {
  let day = "";
  let sender = null;
  for (const { view, element } of shown.values()) {
    const own = dayOf(new Date(view.date));
    if (own === day) delete element.dataset.day;
    else element.dataset.day = own;
    element.classList.toggle("joined", own === day && sender === view.sender_id);
    [day, sender] = [own, view.sender_id];
  }
}

function draw(view, acts) {
  const element = make("article", `message ${view.from_bot ? "from-bot" : "own"}`);
  element.dataset.messageId = view.message_id;
  element.dataset.testid = "message";
  const bubble = make("div", "bubble");
  if (view.forwarded) bubble.append(make("div", "forwarded", word("message.forwarded")));
  const replied = view.reply_to && messageOf(view.reply_to);
  if (replied) bubble.append(make("div", "quote", replied.text ?? replied.caption ?? ""));
  drawContent(view, bubble, element, acts);
  const text = make("div", "text");
  text.innerHTML = view.html; // made by the simulator from entities: everything else in it is escaped
  text.append(meta(view));
  if (view.photo && !view.html) {
    bubble.append(text.lastChild);
    bubble.lastChild.classList.add("on-photo");
    element.classList.add("photo");
  } else bubble.append(text);
  const menu = make("button", "message-menu", "⌄");
  menu.type = "button";
  menu.ariaLabel = word("message.actions");
  menu.addEventListener("click", (event) => acts.menu(view, event));
  bubble.append(menu);
  wireText(text, acts);
  element.append(bubble);
  if (view.inline_keyboard.length) {
    element.classList.add("with-keyboard");
    element.append(keyboard(view, acts));
  }
  return drawSigns(element);
}

function drawContent(view, bubble, element, acts) {
  if (view.photo) {
    const image = make("img", "shown");
    image.src = view.photo.url;
    image.alt = view.caption || word("kind.photo");
    image.width = view.photo.width;
    image.height = view.photo.height;
    image.style.height = "auto";
    image.addEventListener("click", () => acts.enlarge(view.photo.url));
    bubble.append(image);
  }
  if (view.document) {
    const link = make("a", "document");
    link.href = view.document.url;
    link.download = view.document.file_name;
    link.append(make("i", "", "↓"), make("span"));
    link.lastChild.append(make("b", "", view.document.file_name), make("small", "", size(view.document.file_size)));
    bubble.append(link);
  }
  if (view.location) {
    const { latitude, longitude } = view.location;
    const degrees = (value, plus, minus) => `${decimal(Math.abs(value), 5)}° ${word(value < 0 ? minus : plus)}`;
    bubble.append(make("span", "location"), make("small", "", `${degrees(latitude, "message.north", "message.south")}, ${degrees(longitude, "message.east", "message.west")}`));
  }
  if (view.sticker) {
    bubble.append(make("div", "sticker", view.sticker));
    element.classList.add("bare");
  }
}

function meta(view) {
  const span = make("span", "meta");
  if (view.protect_content) {
    const lock = make("span", "protected");
    lock.title = word("message.protected");
    lock.innerHTML = LOCK;
    span.append(lock);
  }
  if (view.edited) span.append(make("span", "edited", word("message.edited")));
  span.append(make("time", "", timeOf(new Date(view.date))));
  if (!view.from_bot) span.append(make("span", "", "✓✓"));
  return span;
}

function keyboard(view, acts) {
  const box = make("div", "keyboard");
  for (const row of view.inline_keyboard) {
    const line = make("div", "row");
    for (const button of row) {
      const element = make("button", `inline-button ${button.style ?? ""}`.trim(), button.text);
      element.type = "button";
      element.addEventListener("click", () => acts.tap(view, button, element));
      line.append(element);
    }
    box.append(line);
  }
  return box;
}

function wireText(text, acts) {
  for (const part of text.querySelectorAll(".expandable, .spoiler")) part.addEventListener("click", () => part.classList.toggle("open"));
  for (const command of text.querySelectorAll("a.command")) command.addEventListener("click", () => acts.send(command.dataset.command));
}

const decimal = (value, places) => value.toLocaleString(locale, { minimumFractionDigits: places, maximumFractionDigits: places });
const size = (bytes) => (bytes < 1024 ? `${bytes} B` : bytes < 1048576 ? `${decimal(bytes / 1024, 1)} KB` : `${decimal(bytes / 1048576, 1)} MB`);

export const isAtBottom = () => list.scrollHeight - list.scrollTop - list.clientHeight < 90;
export const toBottom = (smooth = false) => list.scrollTo({ top: list.scrollHeight, behavior: smooth ? "smooth" : "instant" });
