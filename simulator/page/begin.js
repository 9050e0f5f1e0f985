// The demo forgets everything and begins with other days; the page waits for it.

import { $, ask } from "./api.js";
import { forgetLessons } from "./lessons.js";
import { word } from "./words.js";

const LOOK_EVERY_MS = 500;

export async function startBeginnings(failed) {
  const { offers } = await ask("/begin");
  $("begin").hidden = !offers.length;
  for (const button of document.querySelectorAll("[data-begin]")) {
    button.hidden = !offers.includes(button.dataset.begin);
    button.addEventListener("click", () => confirm(word("begin.sure")) && begin(button).catch(failed));
  }
}

async function begin(button) {
  await ask("/begin", { wish: button.dataset.begin });
  button.textContent = word("begin.wait");
  const look = setInterval(async () => {
    const there = await ask("/begin").catch(() => null);
    if (!there?.offers.length || there.wish) return;
    clearInterval(look);
    forgetLessons();
    location.reload();
  }, LOOK_EVERY_MS);
}
