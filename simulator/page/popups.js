// Small menus: one open at a time, closed by a click elsewhere or Escape.

import { $, make } from "./api.js";

const PAIRS = { "attach-button": "attach-menu", "commands-button": "commands" };
let floating = null;

export function hidePopups() {
  for (const menu of Object.values(PAIRS)) $(menu).hidden = true;
  floating?.remove();
  floating = null;
}

export function showPopup(anchor, entries) {
  const again = floating?.anchor === anchor;
  hidePopups();
  if (again) return;
  floating = make("div", "popup message-actions");
  floating.anchor = anchor;
  for (const [sign, label, act] of entries) {
    const button = make("button");
    button.type = "button";
    button.append(make("i", "", sign), label);
    button.addEventListener("click", () => {
      hidePopups();
      act();
    });
    floating.append(button);
  }
  document.body.append(floating);
  const at = anchor.getBoundingClientRect();
  const { width, height } = floating.getBoundingClientRect();
  floating.style.left = `${Math.max(8, Math.min(at.right - width, innerWidth - width - 8))}px`;
  floating.style.top = `${at.bottom + height + 8 > innerHeight ? at.top - height - 4 : at.bottom + 4}px`;
}

export function startPopups() {
  for (const [button, menu] of Object.entries(PAIRS))
    $(button).addEventListener("click", () => {
      const wasHidden = $(menu).hidden;
      hidePopups();
      $(menu).hidden = !wasHidden;
    });
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".popup, #attach-button, #commands-button, #chat-menu-button, .message-menu")) hidePopups();
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && hidePopups());
}
