// Says what has happened, in one line at the foot of the page, with at most one button; screen readers hear it.

import { el, refill } from "./dom.js";
import { words } from "./words.js";

const SHOWN_MS = 6000;
let timer = 0;

/** Say something; with a button it stays until it is answered or closed. */
export function notify(text, button = "", act = null) {
  const node = document.getElementById("notice");
  const close = () => refill(node);
  clearTimeout(timer);
  refill(
    node,
    el("p", {}, text),
    act && el("button", { class: "main", type: "button", onclick: () => { close(); act(); } }, button),
    el("button", { class: "quiet", type: "button", "aria-label": words("close"), onclick: close }, "×"),
  );
  if (!act) timer = setTimeout(close, SHOWN_MS);
}
