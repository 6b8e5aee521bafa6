// Any other setting of the simulated day, found by a word.

import { el, finds, keepingFocus, refill } from "./dom.js";
import { keyControl } from "./key_control.js";
import { on, state } from "./store.js";
import { words } from "./words.js";

const SHOWN_MOST = 25;
const OFTEN = ["population.visits_per_day", "date", "days", "seed", "layout.least_area_share"]; // shown before anything is searched for

/** Build the panel. */
export function makeKeysPanel(node) {
  const search = el("input", { type: "search", placeholder: words("search_keys"), "aria-label": words("search_keys"), oninput: () => list() });
  const rows = el("div", { class: "keys" });
  node.append(search, el("p", { class: "small muted" }, words("keys_hint", { count: state.start.parameters.length })), rows);

  function list() {
    const isFirst = (key) => key.key in state.draft.overrides || OFTEN.includes(key.key);
    const found = state.start.parameters.filter((key) => (search.value.trim() ? finds(search.value, key.key, key.key.replaceAll("_", " "), key.meaning) : isFirst(key)));
    found.sort((one, another) => nearness(search.value, another) - nearness(search.value, one));
    const more = found.length - SHOWN_MOST;
    keepingFocus(rows, () => refill(rows, found.slice(0, SHOWN_MOST).map((key) => named(key)), more > 0 ? el("p", { class: "small muted" }, words("more", { count: more })) : null,
      found.length ? null : el("p", { class: "small muted" }, words("nothing_found"))));
  }
  on("opened draft", list);
}

const named = (key) => {
  const section = key.key.split(".").slice(0, -1).join(".");
  return el("div", {}, section ? el("p", { class: "section small muted" }, section) : null, keyControl(key));
};

/** Return how near a key is to a search: its name says more than its meaning. */
function nearness(search, key) {
  const name = key.key.split(".").slice(-1)[0].replaceAll("_", " ");
  return search.trim() && finds(search, name) ? 1 : 0;
}
