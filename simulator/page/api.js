// What the page asks the simulator; every address is on this very server.

export async function ask(path, body, method) {
  const options = { method: method ?? (body === undefined ? "GET" : "POST") };
  if (body instanceof FormData) options.body = body;
  else if (body !== undefined) {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  const answer = await fetch(`/sim${path}`, options);
  const json = await answer.json();
  if (!answer.ok) throw new Error(json.error ?? answer.statusText);
  return json;
}

export const $ = (id) => document.getElementById(id);

export function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

let zone = "";
let words = {};

// The zone of the institution, which the clock says.
export function setZone(name) {
  if (name === zone) return;
  zone = name;
  const format = (options) => new Intl.DateTimeFormat("id-ID", { timeZone: zone, ...options });
  words = {
    time: format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
    longDate: format({ weekday: "long", day: "numeric", month: "long", year: "numeric" }),
    shortDate: format({ day: "numeric", month: "short" }),
    day: format({ day: "numeric", month: "long", year: "numeric" }),
  };
}
setZone("Asia/Makassar"); // WITA, until the clock is asked

export const timeOf = (date) => words.time.format(date).replace(":", ".");
export const longDateOf = (date) => words.longDate.format(date);
export const shortDateOf = (date) => words.shortDate.format(date);
export const dayOf = (date) => words.day.format(date);
