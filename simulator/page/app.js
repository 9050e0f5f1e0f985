// The phone in hand: who one is, what one writes, taps and sends. One loop waits for whatever changes.

import { $, ask, make, shortDateOf, timeOf } from "./api.js";
import { clearChat, isAtBottom, isEmpty, pointAt, showMessages, toBottom } from "./chat.js";
import { startBeginnings } from "./begin.js";
import { showClock, simulatedNow, startClock } from "./clock.js";
import { drawSigns } from "./emoji.js";
import { showLesson, startLessons } from "./lessons.js";
import { startOthers } from "./others.js";
import { hidePopups, showPopup, startPopups } from "./popups.js";
import { showGlance, startSheets } from "./sheets.js";
import { startWords, word } from "./words.js";

const MATARAM = { lat: -8.5833, lon: 116.1167 }; // middle of the city, nobody's address
const COLOURS = ["#c0637d", "#4d8fc3", "#5a9a6f", "#b9813f", "#7d6cc0", "#3f9aa1", "#c46a4a", "#6d83a6"];

const state = { phones: [], chosen: null, revision: 0, chatRevision: 0, composing: null, isBlocked: false };

// people

function showPhones(phones) {
  state.phones = phones;
  const items = phones.map((phone, index) => {
    const item = make("li");
    const button = make("button");
    button.type = "button";
    button.dataset.phoneId = phone.id;
    button.ariaCurrent = String(phone.id === state.chosen);
    const avatar = make("span", "avatar", initials(phone.name));
    avatar.style.background = COLOURS[index % COLOURS.length];
    const text = make("span");
    const [who, role] = phone.name.split(" · ");  // "Ibu Sari · TU": the role has a line of its own
    text.append(make("div", "who", who));
    if (role) text.append(make("div", "role", role));
    text.append(make("div", "last", lastOf(phone)));
    const side = make("span", "side");
    if (phone.last_at) side.append(make("span", "time", whenOf(new Date(phone.last_at))));
    if (phone.unread) side.append(make("span", "badge", String(phone.unread)));
    button.append(avatar, text, side);
    button.addEventListener("click", () => choose(phone.id));
    item.append(drawSigns(button));
    return item;
  });
  const scrolled = $("phones").scrollTop;
  $("phones").replaceChildren(...items);
  $("phones").scrollTop = scrolled;
}

const lastOf = (phone) => (phone.typing ? word("people.typing") : phone.last_text || word(phone.last_kind ? `kind.${phone.last_kind}` : "people.nothing"));
const initials = (name) => name.split(/\s+/).slice(0, 2).map((word) => word[0]?.toUpperCase() ?? "").join("");
const whenOf = (date) => (shortDateOf(date) === shortDateOf(simulatedNow()) ? timeOf(date) : shortDateOf(date));

// Take this phone; what was said last stands at the bottom, or `messageId` in the middle.
async function choose(id, messageId) {
  state.chosen = id;
  state.chatRevision = 0;
  stopComposing();
  clearChat();
  history.replaceState(null, "", `#${id}`);
  showPhones(state.phones);
  document.querySelector("[data-phone-id][aria-current=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  await refreshChat();
  if (!pointAt(messageId)) toBottom();
  if (matchMedia("(min-width: 761px)").matches) $("text").focus();
}

// the chat

async function refreshChat() {
  const id = state.chosen;
  if (id === null) return;
  const wasAtBottom = isAtBottom();
  const chat = await ask(`/phones/${id}/chat?after=${state.chatRevision}`);
  if (id !== state.chosen || chat.revision < state.chatRevision) return;
  state.chatRevision = chat.revision;
  const fresh = showMessages(chat.messages, acts);
  $("you").textContent = word("chat.you", { name: chat.name });
  $("chat-state").textContent = word(chat.blocked ? "chat.blocked" : chat.typing ? "people.typing" : "chat.bot");
  $("text").disabled = chat.blocked;
  state.isBlocked = chat.blocked;
  showEmpty(chat);
  showReplyKeyboard(chat);
  showCommands(chat.commands);
  showLesson(chat, state.phones);
  if (chat.messages.length && (fresh || wasAtBottom)) toBottom(fresh && wasAtBottom);
  if (chat.unread && document.visibilityState === "visible") ask(`/phones/${id}/read`, {}).catch(() => {});
}

function showEmpty(chat) {
  $("empty").hidden = !isEmpty() && !chat.blocked;
  const text = word(chat.blocked ? "chat.is_blocked" : "chat.is_empty");
  const button = make("button", "", word(chat.blocked ? "chat.unblock" : "chat.start"));
  button.type = "button";
  button.dataset.testid = "start";
  button.addEventListener("click", () => (chat.blocked ? act("unblock", {}) : send("/start")));
  $("empty").replaceChildren(make("p", "", text), button);
}

function showReplyKeyboard(chat) {
  const rows = chat.reply_keyboard ?? [];
  $("reply-keyboard").replaceChildren(
    ...rows.map((row) => {
      const line = make("div", "row");
      for (const { text } of row) {
        const button = make("button", "", text);
        button.type = "button";
        button.addEventListener("click", () => send(text));
        line.append(button);
      }
      return line;
    }),
  );
  $("keyboard-button").hidden = !rows.length;
  $("reply-keyboard").hidden = !rows.length || $("reply-keyboard").dataset.folded === "yes";
  $("text").placeholder = chat.placeholder || word("composer.text");
}

function showCommands(commands) {
  $("commands-button").hidden = !commands.length;
  $("commands").replaceChildren(
    ...commands.map(({ command, description }) => {
      const button = make("button");
      button.type = "button";
      button.append(make("b", "", `/${command}`), make("span", "", description));
      button.addEventListener("click", () => send(`/${command}`));
      return button;
    }),
  );
}

// what one does

function failed(problem) {
  console.info(problem.message); // in English, for whoever writes tests
  say(word("chat.impossible"));
}

function act(what, body) {
  return ask(`/phones/${state.chosen}/${what}`, body).catch(failed);
}

async function send(text) {
  hidePopups();
  if (state.chosen === null || !text.trim()) return;
  const { kind, id } = state.composing ?? {};
  stopComposing();
  await (kind === "edit" ? act("edit", { message_id: id, text }) : act("text", { text, reply_to: id }));
  toBottom();
}

async function tap(view, button, element) {
  if (button.callback_data === undefined) {
    const start = button.url?.match(/t\.me\/\w+\?start=([\w-]+)/);
    if (start) return send(`/start ${start[1]}`);
    if (button.copy_text) return navigator.clipboard?.writeText(button.copy_text.text).then(() => say(word("chat.copied")));
    return window.open(button.url, "_blank", "noreferrer");
  }
  element.classList.add("waiting");
  try {
    const sent = await ask(`/phones/${state.chosen}/tap`, { message_id: view.message_id, data: button.callback_data });
    const answer = await ask(`/taps/${sent.callback_query_id}?wait=15`);
    if (answer.text && answer.show_alert) {
      $("alert-text").textContent = answer.text;
      $("alert").showModal();
    } else if (answer.text) say(answer.text);
  } catch (problem) {
    failed(problem);
  } finally {
    element.classList.remove("waiting");
  }
}

function menu(view, event) {
  const entries = [["↩︎", word("message.reply"), () => compose("reply", view)]];
  if (!view.from_bot && view.text) entries.push(["✎", word("message.edit"), () => compose("edit", view)]);
  if (!view.protect_content) entries.push(["➜", word("message.forward"), () => act("forward", { from_message: view.message_id })]);
  showPopup(event.currentTarget, entries);
}

const acts = {
  tap,
  send,
  menu,
  enlarge(url) {
    $("picture-image").src = url;
    $("picture").showModal();
  },
};

function compose(kind, view) {
  state.composing = { kind, id: view.message_id };
  $("composing").hidden = false;
  $("composing-what").textContent = word(kind === "edit" ? "composer.edit" : view.from_bot ? "composer.reply" : "composer.reply_own");
  $("composing-text").textContent = view.text ?? view.caption ?? "";
  if (kind === "edit") $("text").value = view.text;
  $("text").focus();
}

function stopComposing() {
  state.composing = null;
  $("composing").hidden = true;
}

let toastTimer;
function say(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => ($("toast").hidden = true), 3500);
}

const upload = (what, file) => {
  const form = new FormData();
  form.append(what, file, file.name);
  return act(what, form);
};

const attach = {
  photo: () => $("photo-file").click(),
  sample: () => act("photo", {}),
  location: () => act("location", MATARAM),
  document: () => $("document-file").click(),
  sticker: () => act("sticker", {}),
};

function wire() {
  const text = $("text");
  const grow = () => {
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight}px`;
  };
  const submit = () => {
    const typed = text.value;
    text.value = "";
    grow();
    send(typed);
  };
  text.addEventListener("input", grow);
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  $("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  $("composing-stop").addEventListener("click", () => {
    if (state.composing?.kind === "edit") text.value = "";
    stopComposing();
  });
  for (const what of ["photo", "document"]) {
    const input = $(`${what}-file`);
    input.addEventListener("change", () => {
      for (const file of input.files) upload(what, file);
      input.value = "";
    });
  }
  for (const button of $("attach-menu").children)
    button.addEventListener("click", () => {
      hidePopups();
      attach[button.dataset.attach]();
    });
  $("keyboard-button").addEventListener("click", () => {
    const box = $("reply-keyboard");
    box.hidden = !box.hidden;
    box.dataset.folded = box.hidden ? "yes" : "";
  });
  $("new-phone").addEventListener("submit", async (event) => {
    event.preventDefault();
    const name = event.target.name.value.trim();
    if (!name) return;
    event.target.reset();
    const phone = await ask("/phones", { name });
    choose(phone.id);
  });
  $("messages").addEventListener("scroll", () => ($("to-bottom").hidden = isAtBottom()));
  $("to-bottom").addEventListener("click", () => toBottom(true));
  new ResizeObserver(() => $("to-bottom").hidden && toBottom()).observe($("messages"));
  $("picture").addEventListener("click", () => $("picture").close());
  $("chat-menu-button").addEventListener("click", (event) => {
    const blocked = state.isBlocked;
    showPopup(event.currentTarget, [["⊘", word(blocked ? "chat.unblock" : "chat.block"), () => act(blocked ? "unblock" : "block", {})]]);
  });
  document.addEventListener("visibilitychange", () => refreshChat());
}

// what changes

async function follow() {
  for (;;) {
    try {
      const news = await ask(`/changes?after=${state.revision}&wait=20`);
      if (news.revision < state.revision) state.chatRevision = 0; // the simulator was started again
      state.revision = news.revision;
      showClock(news.clock);
      showPhones(news.phones);
      showGlance(news.phones);
      if (state.chosen === null && news.phones.length) {
        const wanted = news.phones.find((phone) => String(phone.id) === location.hash.slice(1));
        await choose((wanted ?? news.phones[0]).id);
      } else await refreshChat();
      document.body.dataset.ready = "yes";
    } catch {
      state.revision = 0;
      $("chat-state").textContent = word("chat.offline");
      await new Promise((resolve) => setTimeout(resolve, 1500));
    }
  }
}

startWords();
startClock(failed);
startBeginnings(failed).catch(failed);
startPopups();
startSheets(choose);
startLessons(choose);
startOthers(() => state.chosen, say);
wire();
follow();
