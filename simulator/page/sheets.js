// What lies over the phone when it is asked for: who has heard what, what can be tried, and, where there is no room beside the
// phone, what stands there else.

import { $, make, shortDateOf, timeOf, zoneName } from "./api.js";
import { simulatedNow } from "./clock.js";
import { drawSigns } from "./emoji.js";
import { drawActs, lessonsInOrder, triesOf, tryOut } from "./lessons.js";
import { word } from "./words.js";

const narrow = matchMedia("(max-width: 760px)");
const MOVED = ["map-button", "side", "language"]; // what has no room on a narrow screen
let choose = () => {};
let phones = [];
let drawn = "";

export function startSheets(chooser) {
  choose = chooser;
  for (const [button, sheet, draw] of [["glance-button", "glance", drawGlance], ["map-button", "map", drawMap], ["side-button", "side-sheet", () => {}]]) {
    $(button).addEventListener("click", () => {
      closeAll();
      draw();
      $(sheet).showModal();
    });
    $(sheet).addEventListener("click", (event) => event.target === $(sheet) && $(sheet).close()); // beside it
  }
  const homes = MOVED.map((id) => [$(id), $(id).parentElement, $(id).nextElementSibling]);
  const place = () => homes.forEach(([part, home, before]) => (narrow.matches ? $("side-place").append(part) : home.insertBefore(part, before)));
  narrow.addEventListener("change", () => (closeAll(), place()));
  $("side-place").addEventListener("click", (event) => event.target.closest("button:not([data-begin])") && $("side-sheet").close());
  place();
}

export const closeAll = () => ["glance", "map", "side-sheet"].forEach((sheet) => $(sheet).close());

// Whatever came in: the number on the bell, and the sheet while it is open.
export function showGlance(everybody) {
  phones = everybody;
  const unread = phones.reduce((sum, phone) => sum + phone.unread, 0);
  $("glance-count").textContent = unread > 99 ? "99+" : unread;
  $("glance-count").hidden = !unread;
  if ($("glance").open) drawGlance();
}

function drawGlance() {
  const waiting = phones.filter((phone) => phone.unread);
  const now = JSON.stringify([waiting.map(({ id, unread, news }) => [id, unread, news]), shortDateOf(simulatedNow())]);
  if (now === drawn && $("glance").open) return; // what one is about to tap stays where it is
  drawn = now;
  $("glance-zone").textContent = word("glance.zone", { zone: zoneName() });
  $("glance-list").replaceChildren(...(waiting.length ? waiting.map(newsOf) : [make("p", "nothing", word("glance.none"))]));
  drawSigns($("glance-list"));
}

function newsOf(phone) {
  const part = section(phone);
  part.dataset.testid = "glance-phone";
  part.querySelector("h3").append(make("span", "badge", String(phone.unread)));
  for (const one of phone.news) {
    const at = new Date(one.at);
    const line = row(() => choose(phone.id, one.message_id));
    line.append(make("time", "", shortDateOf(at) === shortDateOf(simulatedNow()) ? timeOf(at) : `${shortDateOf(at)} ${timeOf(at)}`));
    line.append(make("span", "said", one.text || (one.kind ? word(`kind.${one.kind}`) : "")));
    part.append(line);
  }
  if (phone.unread > phone.news.length) part.append(make("p", "more", word("glance.more", { count: phone.unread - phone.news.length })));
  return part;
}

function drawMap() {
  const all = lessonsInOrder();
  const first = make("section");
  first.append(make("h3", "", word("map.first")));
  for (const { phone, done, count } of all.filter(({ isFirst }) => isFirst)) {
    const line = row(() => choose(phone.id));
    line.append(make("strong", done === count ? "done" : "", phone.name), make("span", "acts", word("lesson.count", { count: `${done}/${count}` })));
    first.append(line);
  }
  $("map-list").replaceChildren(first, ...all.map(({ phone }) => thingsOf(phone)));
}

function thingsOf(phone) {
  const part = section(phone);
  for (const { index, what, acts, isDone } of triesOf(phone)) {
    const line = row(() => choose(phone.id).then(() => tryOut(phone.id, index)));
    line.append(make("strong", isDone ? "done" : "", what), drawActs(acts));
    part.append(line);
  }
  return part;
}

function section(phone) {
  const part = make("section");
  const [who, role] = phone.name.split(" · ");
  part.append(make("h3", "", who));
  if (role) part.lastChild.append(make("span", "role", role));
  return part;
}

function row(act) {
  const line = make("button", "line");
  line.type = "button";
  line.addEventListener("click", () => {
    closeAll();
    act();
  });
  return line;
}
