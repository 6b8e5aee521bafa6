// One setting: a slider with a number beside it, a switch, a choice or a text, with its default, source and confidence.

import { withValue } from "./draft.js";
import { el } from "./dom.js";
import { change, ownValue, state, valueOf } from "./store.js";
import { number, words, wordsOr } from "./words.js";

const STEPS = 1000;
const WIDEST = 1e12; // a seed is typed, not slid to
const LEAST_SHARE = 0.06; // a default nearer than this to an end of its range is drawn further in, by a curved scale

let serial = 0;

/** Return the control of a key of the catalogue. */
export function keyControl(key) {
  const id = `key-${serial++}`;
  const value = valueOf(key);
  const isChanged = key.key in state.draft.overrides;
  const set = (chosen) => change(withValue(state.draft, key.key, chosen, ownValue(key)));
  const inputs = { switch: switchOf, choice: choiceOf, text: textOf }[key.kind] ?? numberOf;
  return el("div", { class: isChanged ? "key is-changed" : "key" },
    el("label", { class: "key-name", for: id }, el("code", {}, key.key.split(".").slice(-1)[0]), key.unit && !key.key.endsWith(key.unit) ? el("span", { class: "muted" }, ` ${key.unit}`) : null,
      isChanged ? el("span", { class: "tag" }, words("key_changed")) : null),
    el("p", { class: "small" }, key.meaning),
    el("div", { class: "inputs" }, inputs(key, value, set, id), isChanged ? backButton(key, set) : null),
    about(key));
}

function backButton(key, set) {
  return el("button", { type: "button", class: "quiet", "data-focus": `back ${key.key}`, "aria-label": `${words("back_to_default")}: ${key.key}`, onclick: () => set(ownValue(key)) }, words("back_to_default"));
}

function about(key) {
  const own = ownValue(key);
  const facts = [words("default_value", { value: said(key.default) })];
  if (own !== key.default) facts.push(words("own_value", { value: said(own) }));
  if (key.low !== null && key.high !== null) facts.push(`${words("range")}: ${words("range_of", { low: number(key.low), high: number(key.high) })}`);
  const confidence = { high: "H", medium: "M", low: "L" }[key.confidence] ?? key.confidence;
  return el("details", { class: "about" }, el("summary", { class: "small muted", "data-focus": `about ${key.key}` }, facts.join(" · ")),
    el("p", { class: "small muted" }, el("code", {}, key.key)),
    el("p", { class: "small muted" }, `${words("source")}: ${key.source || "–"}`),
    el("p", { class: "small muted" }, `${words("confidence")}: ${wordsOr(`confidence_${confidence}`, key.confidence || "–")}`));
}

export const said = (value) => (typeof value === "number" ? number(value) : value === true ? words("on") : value === false ? words("off") : Array.isArray(value) ? `[${value.join(", ")}]` : String(value ?? "–") || "–");

function switchOf(key, value, set, id) {
  return el("input", { type: "checkbox", id, class: "switch", role: "switch", checked: value === true, "data-focus": key.key, onchange: (event) => set(event.target.checked) });
}

function choiceOf(key, value, set, id) {
  const box = el("select", { id, "data-focus": key.key, onchange: (event) => set(event.target.value) }, key.choices.map((each) => el("option", { value: each }, each || "–")));
  box.value = value;
  return box;
}

function textOf(key, value, set, id) {
  return el("input", { type: "text", id, value: String(value ?? ""), maxLength: 500, "data-focus": key.key, onchange: (event) => set(event.target.value) });
}

function numberOf(key, value, set, id) {
  const box = el("input", { type: "number", id, class: "number", value: String(value), step: key.kind === "integer" ? "1" : "any", min: key.low, max: key.high, "data-focus": key.key });
  box.addEventListener("change", () => {
    const typed = Number(box.value);
    if (box.value.trim() === "" || !Number.isFinite(typed)) box.value = String(valueOf(key));
    else set(within(key, typed));
  });
  if (key.low === null || key.high === null || key.high <= key.low || key.high > WIDEST) return box;
  const scale = scaleOf(key);
  const slider = el("input", { type: "range", min: 0, max: STEPS, step: 1, value: String(Math.round(scale.shareOf(value) * STEPS)), "aria-label": key.key, "aria-valuetext": said(value), "data-focus": `slider ${key.key}` });
  slider.addEventListener("input", () => {
    box.value = String(scale.valueOf(slider.value / STEPS));
    slider.setAttribute("aria-valuetext", box.value);
  });
  slider.addEventListener("change", () => set(within(key, Number(box.value))));
  const mark = el("span", { class: "mark", "aria-hidden": "true", title: words("default_value", { value: said(key.default) }) });
  mark.style.setProperty("--at", String(scale.shareOf(key.default)));
  return [el("span", { class: "slider" }, slider, mark), box];
}

function within(key, value) {
  const kept = Math.min(key.high ?? Infinity, Math.max(key.low ?? -Infinity, value));
  return key.kind === "integer" ? Math.round(kept) : kept;
}

/** Return how a slider's share and a key's value belong together: straight, or curved so that small defaults in wide ranges can be set. */
export function scaleOf(key) {
  const span = key.high - key.low;
  const straight = (Number(key.default) - key.low) / span;
  const power = straight > 0 && straight < LEAST_SHARE ? Math.log(straight) / Math.log(1 / 3) : 1;
  return {
    valueOf: (share) => rounded(key, key.low + span * share ** power, span * (power > 1 ? share ** (power - 1) : 1)),
    shareOf: (value) => Math.min(1, Math.max(0, (Number(value) - key.low) / span)) ** (1 / power),
  };
}

/** Return a value with as many digits as the slider can tell apart there. */
function rounded(key, value, span) {
  if (key.kind === "integer" && Math.abs(value) < 1000) return Math.round(value);
  const digits = Math.max(0, Math.min(8, 2 - Math.floor(Math.log10(Math.max(span, 1e-9)))));
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(Math.abs(value), 1))) - 2);
  return digits === 0 ? Math.round(value / step) * step : Number(value.toFixed(digits));
}
