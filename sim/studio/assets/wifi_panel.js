// Access points: placed on the plan by hand, with a live map of how well they cover a level.

import { el, keepingFocus, later, refill, svg } from "./dom.js";
import { gradientOf, pictureOf, rangeOf } from "./coverage_colours.js";
import { notify } from "./notice.js";
import { placeAt } from "./plan_view.js";
import { post } from "./server.js";
import { change, on, state } from "./store.js";
import { number, words } from "./words.js";

const ASKED_AFTER_MS = 350;
const STEP_M = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export const pointsNow = () => state.draft.accessPoints ?? state.plan.access_points;

/** Build the panel and its layer on the plan. */
export function makeWifiPanel(node, view) {
  const panel = { view, node, chosen: null, adding: false, shown: "values", coverage: null, asked: 0, body: el("div"), failed: "" };
  node.append(panel.body);
  const ask = later(() => askCoverage(panel), ASKED_AFTER_MS);
  on("opened mode", () => {
    panel.coverage = null;
    panel.chosen = null;
    redraw(panel);
    ask();
  });
  on("draft", () => { redraw(panel); ask(); });
  on("level", () => { panel.coverage = null; redraw(panel); ask(); });
  view.picture.addEventListener("pointerdown", (event) => state.mode === "wifi" && press(panel, event));
  view.picture.addEventListener("keydown", (event) => state.mode === "wifi" && onKey(panel, event));
}

function redraw(panel) {
  if (!state.draft) return;
  drawPoints(panel);
  drawCoverage(panel);
  if (state.mode === "wifi") keepingFocus(panel.body, () => refill(panel.body, content(panel)));
}

function content(panel) {
  const level = state.plan.levels.find((each) => each.id === state.level);
  if (!level) return [el("p", { class: "small" }, words("wifi_choose_level"))];
  const count = pointsNow().filter((each) => each.level === level.id).length;
  const chosen = pointsNow().find((each) => each.id === panel.chosen);
  return [
    el("p", { class: "small muted" }, words("wifi_hint")),
    el("div", { class: "buttons" },
      el("button", { type: "button", "data-focus": "add", "aria-pressed": panel.adding, onclick: () => { panel.adding = !panel.adding; redraw(panel); } }, words("wifi_add")),
      el("button", { type: "button", "data-focus": "delete", disabled: !chosen, onclick: () => remove(panel) }, words("wifi_delete"))),
    panel.adding ? el("p", { class: "small", role: "status" }, words("wifi_add_hint")) : null,
    el("p", { class: "small" }, count ? words("wifi_level", { count, level: level.name }) : words("wifi_none")),
    el("fieldset", {}, el("legend", {}, words("coverage")), ["values", "error_m", ""].map((kind) => choice(panel, kind))),
    coverageSaid(panel),
  ];
}

function choice(panel, kind) {
  const label = { values: "coverage_signal", error_m: "coverage_error", "": "coverage_none" }[kind];
  return el("label", { class: "radio" }, el("input", { type: "radio", name: "coverage", "data-focus": `coverage ${kind}`, checked: panel.shown === kind, onchange: () => { panel.shown = kind; redraw(panel); } }), words(label));
}

function coverageSaid(panel) {
  if (!panel.shown) return null;
  if (panel.failed) return el("p", { class: "small warn" }, panel.failed);
  if (!panel.coverage) return el("p", { class: "small muted", role: "status" }, words("coverage_counting"));
  const { share_covered, error_m_mean } = panel.coverage;
  const range = rangeOf(panel.shown);
  const bar = el("div", { class: "gradient", "aria-hidden": "true" });
  bar.style.setProperty("background", gradientOf(panel.shown));
  return el("div", { class: "legend-block", role: "status" },
    el("p", { class: "small" }, words(panel.shown === "values" ? "legend_signal" : "legend_error")), bar,
    el("div", { class: "ends small muted" }, range.marks.map((mark) => el("span", {}, number(mark).replace("-", "−")))),
    share_covered === null ? null : el("p", { class: "small" }, words("coverage_share", { share: `${number(100 * share_covered)} %` })),
    error_m_mean === null || error_m_mean === undefined ? null : el("p", { class: "small" }, words("coverage_error_mean", { error: number(error_m_mean) })));
}

/** Ask for the coverage of the level shown; only the answer to the last question counts. */
async function askCoverage(panel) {
  if (state.mode !== "wifi" || state.level === null) return;
  const asked = ++panel.asked;
  const level = state.level;
  panel.failed = "";
  try {
    const points = pointsNow().map(({ level, x_m, y_m }) => ({ level, x_m, y_m }));
    const found = await post("/api/coverage", { floorplan: state.draft.floorplan, access_points: points, level });
    if (asked !== panel.asked) return;
    panel.coverage = { ...found, level };
  } catch (refusal) {
    if (asked !== panel.asked) return;
    panel.coverage = null;
    panel.failed = refusal.message;
  }
  redraw(panel);
}

function drawCoverage(panel) {
  for (const { under } of panel.view.levels.values()) refill(under);
  panel.view.node.classList.toggle("covered", state.mode === "wifi" && Boolean(panel.shown) && panel.coverage !== null);
  if (state.mode !== "wifi" || !panel.shown || !panel.coverage) return;
  const { x0_m, y0_m, step_m, columns, rows, level } = panel.coverage;
  const picture = pictureOf(panel.coverage[panel.shown], columns, rows, panel.shown);
  refill(panel.view.levels.get(level).under, svg("image", { class: "coverage", href: picture, x: x0_m, y: -(y0_m + rows * step_m), width: columns * step_m, height: rows * step_m, preserveAspectRatio: "none" }));
}

function drawPoints(panel) {
  const hadFocus = document.activeElement?.classList?.contains("point");
  for (const { over } of panel.view.levels.values()) for (const each of over.querySelectorAll(".point")) each.remove();
  panel.view.node.classList.toggle("wifi", state.mode === "wifi");
  if (state.mode !== "wifi") return;
  for (const point of pointsNow()) {
    if (state.level !== null && point.level !== state.level) continue;
    const level = state.plan.levels.find((each) => each.id === point.level);
    const label = words("wifi_point", { name: point.id, level: level.name, x: number(point.x_m), y: number(point.y_m) });
    const mark = svg("g", { class: panel.chosen === point.id ? "point chosen" : "point", "data-point": point.id, role: "button", "aria-label": label, tabindex: panel.chosen === point.id ? 0 : -1 }, svg("circle", { r: 6 }), svg("circle", { class: "core", r: 2 }));
    mark.style.setProperty("transform", `translate(${point.x_m}px, ${-point.y_m}px) scale(var(--px))`);
    panel.view.levels.get(point.level).over.append(mark);
    if (hadFocus && panel.chosen === point.id) mark.focus({ preventScroll: true });
  }
  const all = panel.view.picture.querySelectorAll(".point");
  if (all.length && !panel.view.picture.querySelector(".point.chosen")) all[0].setAttribute("tabindex", "0");
}

function press(panel, event) {
  if (event.button !== 0) return;
  const id = event.target.closest?.("[data-point]")?.dataset.point;
  if (id) return drag(panel, event, id);
  const place = placeAt(panel.view, event.clientX, event.clientY);
  if (!panel.adding || !place) return;
  panel.adding = false;
  panel.chosen = nextId();
  become(panel, [...pointsNow(), { id: panel.chosen, ...place }]);
}

/** Return an id that no access point has; the server counts them anew. */
function nextId() {
  const taken = new Set(pointsNow().map((each) => each.id));
  let serial = 1;
  while (taken.has(`new-${serial}`)) serial++;
  return `new-${serial}`;
}

function drag(panel, event, id) {
  event.preventDefault();
  panel.chosen = id;
  redraw(panel);
  const mark = panel.view.picture.querySelector(`[data-point="${CSS.escape(id)}"]`);
  mark.focus({ preventScroll: true });
  let place = null;
  const end = new AbortController();
  const listen = (name, act) => window.addEventListener(name, act, { signal: end.signal });
  listen("pointermove", (moved) => {
    if (!place && Math.hypot(moved.clientX - event.clientX, moved.clientY - event.clientY) < 3) return;
    const point = pointsNow().find((each) => each.id === id);
    const there = placeAt(panel.view, moved.clientX, moved.clientY);
    if (!there || there.level !== point.level) return;
    place = there;
    mark.style.setProperty("transform", `translate(${place.x_m}px, ${-place.y_m}px) scale(var(--px))`);
  });
  listen("pointerup", () => { end.abort(); if (place) put(panel, id, place); });
  listen("pointercancel", () => { end.abort(); redraw(panel); });
}

const put = (panel, id, place) => become(panel, pointsNow().map((each) => (each.id === id ? { id, ...place } : each)));
const remove = (panel) => {
  const gone = panel.chosen;
  panel.chosen = null;
  become(panel, pointsNow().filter((each) => each.id !== gone));
};

function become(panel, points) {
  const plain = points.map(({ id, level, x_m, y_m }) => ({ id, level, x_m, y_m }));
  const drawn = state.plan.access_points.map(({ id, level, x_m, y_m }) => ({ id, level, x_m, y_m }));
  const isDrawn = JSON.stringify(plain) === JSON.stringify(drawn);
  if (!plain.length) return notify(words("wifi_none"));
  change({ ...state.draft, accessPoints: isDrawn ? null : plain });
  redraw(panel);
}

/** Arrow keys move the chosen access point by a metre; with Alt they go to the next; Delete removes it. */
function onKey(panel, event) {
  const id = event.target.closest?.("[data-point]")?.dataset.point;
  if (!id) return;
  const point = pointsNow().find((each) => each.id === id);
  if (event.key === "Delete" || event.key === "Backspace") {
    panel.chosen = id;
    remove(panel);
  } else if (STEP_M[event.key] && event.altKey) {
    const here = pointsNow().filter((each) => each.level === point.level);
    const turn = event.key === "ArrowRight" || event.key === "ArrowDown" ? 1 : here.length - 1;
    panel.chosen = here[(here.findIndex((each) => each.id === id) + turn) % here.length].id;
    redraw(panel);
  } else if (STEP_M[event.key] && !event.shiftKey) {
    const [dx, dy] = STEP_M[event.key];
    panel.chosen = id;
    put(panel, id, { level: point.level, x_m: Math.round((point.x_m + dx) * 10) / 10, y_m: Math.round((point.y_m + dy) * 10) / 10 });
  } else return;
  event.preventDefault();
  panel.view.picture.querySelector(".point.chosen")?.focus({ preventScroll: true });
}

