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

const ZONE = "Asia/Makassar"; // WITA
const words = (options) => new Intl.DateTimeFormat("id-ID", { timeZone: ZONE, ...options });
const TIME = words({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const LONG_DATE = words({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const SHORT_DATE = words({ day: "numeric", month: "short" });
const DAY = words({ day: "numeric", month: "long", year: "numeric" });

export const timeOf = (date) => TIME.format(date).replace(":", ".");
export const longDateOf = (date) => LONG_DATE.format(date);
export const shortDateOf = (date) => SHORT_DATE.format(date);
export const dayOf = (date) => DAY.format(date);
