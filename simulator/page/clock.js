// The clock panel: shows simulated time between answers by itself, and moves it.

import { $, ask, longDateOf, setZone, shortDateOf, timeOf, zoneName } from "./api.js";
import { word } from "./words.js";

let base = { simulated: Date.now(), seen: performance.now(), rate: 1 };

export const simulatedNow = () => new Date(base.simulated + (performance.now() - base.seen) * base.rate);

export function showClock(clock) {
  setZone(clock.zone);
  $("clock-zone").textContent = word("clock.zone", { zone: zoneName() });
  base = { simulated: Date.parse(clock.now), seen: performance.now(), rate: clock.rate };
  const playing = clock.rate !== 1;
  $("clock-play").textContent = word(playing ? "clock.pause" : "clock.play");
  $("clock-play").classList.toggle("playing", playing);
  for (const button of document.querySelectorAll(".clock-buttons button")) button.disabled = !clock.can_move;
  const due = clock.next_due && new Date(clock.next_due);
  const ahead = due && due > simulatedNow();
  $("clock-next").disabled = !clock.can_move || !ahead;
  $("clock-next-due").textContent = ahead ? word("clock.next_due", { when: `${longDateOf(due)}, ${timeOf(due)}` }) : "";
  tick();
}

function tick() {
  const now = simulatedNow();
  $("clock-time").textContent = timeOf(now);
  $("clock-date").textContent = longDateOf(now);
  $("clock-short").textContent = `${longDateOf(now).slice(0, 3)}, ${shortDateOf(now)}`;
}

async function move(body) {
  showClock(await ask("/clock", body));
  for (const later of [400, 1000]) setTimeout(refresh, later); // the bot needs a moment to say what is due next
}

const refresh = () => ask("/clock").then(showClock, () => {});

export function startClock(failed) {
  const on = (id, body) => $(id).addEventListener("click", () => move(body()).catch(failed));
  on("clock-hour", () => ({ advance_s: 3600 }));
  on("clock-day", () => ({ advance_s: 86400 }));
  on("clock-next", () => ({ to_next_due: true }));
  on("clock-play", () => ({ rate: base.rate === 1 ? Number($("clock-speed").value) : 1 }));
  $("clock-speed").addEventListener("change", () => base.rate !== 1 && move({ rate: Number($("clock-speed").value) }));
  setInterval(tick, 200);
  setInterval(refresh, 2500);
}

