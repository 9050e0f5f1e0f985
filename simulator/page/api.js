// What the page asks the simulator; every address is on this very server.

import { locale } from "./words.js";

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
let formats = {};

// The zone of the institution, which the clock says.
export function setZone(name) {
  if (name === zone) return;
  zone = name;
  const format = (options) => new Intl.DateTimeFormat(locale, { timeZone: zone, ...options });
  formats = {
    time: format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
    longDate: format({ weekday: "long", day: "numeric", month: "long", year: "numeric" }),
    shortDate: format({ day: "numeric", month: "short" }),
    day: format({ day: "numeric", month: "long", year: "numeric" }),
  };
}
setZone("Asia/Makassar"); // until the clock is asked

// As the institution calls it: WITA.
export const zoneName = () => new Intl.DateTimeFormat("id-ID", { timeZone: zone, timeZoneName: "short" }).formatToParts().find(({ type }) => type === "timeZoneName").value;

export const timeOf = (date) => formats.time.format(date).replace(":", locale === "id-ID" ? "." : ":");
export const longDateOf = (date) => formats.longDate.format(date);
export const shortDateOf = (date) => formats.shortDate.format(date);
export const dayOf = (date) => formats.day.format(date);
