// Opens the page: asks the server what there is, builds the panels, and joins them with the plan.

import { makeChangesPanel } from "./changes_panel.js";
import { el, refill } from "./dom.js";
import { makeJobsPanel, rejoin } from "./jobs_panel.js";
import { makeKeysPanel } from "./keys_panel.js";
import { makeLiveLayer } from "./live_layer.js";
import { notify } from "./notice.js";
import { isOnTenant, makeMovable, showSelected } from "./plan_drag.js";
import { drawPlan, drawTenants, fitLevel, goTo, makePlanView, showLevels } from "./plan_view.js";
import { makePoliciesPanel } from "./policies_panel.js";
import { makeProblemMarks } from "./problem_marks.js";
import { makeProblemsPanel } from "./problems_panel.js";
import { get, Refusal, takeToken } from "./server.js";
import { change, on, open, redo, select, setMode, showLevel, state, tell, undo } from "./store.js";
import { askWhere, makeTenantsPanel } from "./tenants_panel.js";
import { currentLanguage, setLanguage, words, wordsOr } from "./words.js";
import { makeWifiPanel } from "./wifi_panel.js";

const OPENED_FIRST = "everyday";
const LEVELS_AT_ONCE = 3; // a plan with more opens on the level with most tenants
const LANGUAGES = { en: "English", zh: "中文" };
const TABS = ["tenants", "policies", "wifi", "keys", "problems"];

const byId = (id) => document.getElementById(id);

async function begin() {
  addEventListener("hashchange", () => location.hash.length > "#map".length && location.reload()); // the address of another start, pasted into this tab
  setLanguage(currentLanguage());
  document.title = words("title");
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = words(node.dataset.word);
  if (!takeToken()) return refill(document.querySelector("main"), el("p", { class: "apart" }, words("no_token")));
  try {
    state.start = await get(`/api/start?language=${currentLanguage()}`);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    return refill(document.querySelector("main"), el("p", { class: "apart" }, refusal.message));
  }
  const inPolicies = state.start.policies.flatMap((policy) => policy.keys);
  state.keys = new Map([...inPolicies, ...state.start.parameters].map((key) => [key.key, key]));
  const kept = keptDraft();
  const jobs = build();
  const names = state.start.scenarios.map((scenario) => scenario.name);
  on("draft", () => sessionStorage.setItem(KEPT_DRAFT, JSON.stringify(state.draft)));
  await openScenario(names.includes(kept?.base) ? kept.base : names.includes(OPENED_FIRST) ? OPENED_FIRST : names[0]);
  if (kept && kept.base === state.scenario?.name) await resume(kept);
  await rejoin(jobs);
}

/** The tab keeps the draft, so that a reload or another language loses nothing. */
const KEPT_DRAFT = "galleria-draft";

function keptDraft() {
  const text = sessionStorage.getItem(KEPT_DRAFT);
  return text ? JSON.parse(text) : null;
}

/** Go on with a kept draft, unless its plan has been drawn anew since and lacks what the draft names. */
async function resume(draft) {
  try {
    const plan = draft.floorplan === state.draft.floorplan ? state.plan : await get(`/api/plan/${encodeURIComponent(draft.floorplan)}`);
    const has = (found, id) => found.some((each) => each.id === id);
    const fits = draft.moves.every(({ who, to }) => has(plan.units, who) && has(plan.units, to)) && (draft.accessPoints ?? []).every((point) => has(plan.levels, point.level));
    if (fits) change(draft, plan);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    notify(refusal.message);
  }
}

function build() {
  const view = makePlanView(byId("map"), (event) => mayPan(event));
  const show = (unitId) => showUnit(view, unitId);
  const askFor = (who) => askWhere(who, show);
  buildHead();
  buildTools(view, show);
  buildStage(view);
  const live = makeLiveLayer(view, byId("live"), byId("stage-foot"), () => leaveLive(live));
  makeChangesPanel(byId("changes"), show, openFloorplan);
  const jobs = makeJobsPanel(byId("job"), { show: live.show, clear: () => leaveLive(live) });
  makeMovable(view, askFor);
  on("opened", () => {
    state.level = firstLevel();
    drawPlan(view);
    tell("level");
  });
  on("draft", () => {
    drawTenants(view);
    showSelected(view);
  });
  makeProblemMarks(view);
  on("selected", () => showSelected(view));
  on("level", () => showLevels(view));
  document.addEventListener("keydown", (event) => shortcuts(event, view, askFor));
  return jobs;
}

function leaveLive(live) {
  live.clear();
  legend();
}

/** Say whether a press on the plan moves the whole of it. */
function mayPan(event) {
  if (event.button === 1) return true;
  return event.button === 0 && !isOnTenant(event) && !event.target.closest(".point");
}

/** Open the level with most tenants; all levels where they are few. */
function firstLevel() {
  if (state.plan.levels.length <= LEVELS_AT_ONCE) return null;
  const let_ = (level) => state.plan.units.filter((unit) => unit.level === level.id && unit.is_let).length;
  return [...state.plan.levels].sort((one, another) => let_(another) - let_(one))[0].id;
}

function showUnit(view, unitId) {
  const level = state.plan.units.find((unit) => unit.id === unitId).level;
  if (state.level !== null && state.level !== level) showLevel(level);
  if (state.plan.levels.length > LEVELS_AT_ONCE) goTo(view, unitId);
}

function buildHead() {
  const option = (name) => el("option", { value: name }, name.replaceAll("_", " "));
  const scenario = el("select", { id: "scenario", onchange: () => openScenario(scenario.value) }, state.start.scenarios.map((each) => option(each.name)));
  const plan = el("select", { id: "floorplan", onchange: () => openFloorplan(plan.value) }, state.start.floorplans.map((each) => option(each.name)));
  const language = el("select", { id: "language", "aria-label": words("language"), onchange: () => switchLanguage(language.value) }, Object.entries(LANGUAGES).map(([code, name]) => el("option", { value: code }, name)));
  language.value = currentLanguage();
  refill(byId("choices"), el("label", {}, words("scenario"), scenario), el("label", {}, words("floorplan"), plan));
  const back = el("button", { type: "button", id: "undo", onclick: undo, "aria-label": words("undo"), title: `${words("undo")} (Ctrl Z)` }, "↶");
  const forth = el("button", { type: "button", id: "redo", onclick: redo, "aria-label": words("redo"), title: `${words("redo")} (Ctrl Y)` }, "↷");
  refill(byId("history"), back, forth, language);
  on("draft opened", () => {
    back.disabled = !state.past.length;
    forth.disabled = !state.future.length;
    scenario.value = state.scenario.name;
    plan.value = state.draft.floorplan;
    document.title = `${state.scenario.name.replaceAll("_", " ")} · ${words("title")}`;
    refill(byId("question"), state.scenario.question, state.scenario.expects ? el("details", {}, el("summary", { class: "small" }, words("expects")), el("span", { class: "small muted" }, state.scenario.expects)) : null);
  });
}

function switchLanguage(code) {
  setLanguage(code);
  location.reload();
}

function buildTools(view, show) {
  const panels = Object.fromEntries(TABS.map((name) => [name, el("div", { class: "panel", role: "tabpanel", id: `panel-${name}`, "aria-labelledby": `tab-${name}`, hidden: true })]));
  const tabs = TABS.map((name) => el("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}`, onclick: () => openTab(name) }, words(`tab_${name}`)));
  const bar = el("div", { class: "tabs", role: "tablist", "aria-label": words("tools"), onkeydown: (event) => alongTabs(event, tabs) }, tabs);
  byId("tools").append(bar, ...Object.values(panels));
  makeTenantsPanel(panels.tenants, show);
  makePoliciesPanel(panels.policies);
  makeWifiPanel(panels.wifi, view);
  makeKeysPanel(panels.keys);
  makeProblemsPanel(panels.problems, (place) => showPlace(view, place), (count) => {
    refill(tabs[4], words("tab_problems"), count ? el("span", { class: "count" }, String(count)) : null);
  });
  function openTab(name) {
    for (const each of TABS) panels[each].hidden = each !== name;
    tabs.forEach((tab, index) => {
      tab.setAttribute("aria-selected", String(TABS[index] === name));
      tab.tabIndex = TABS[index] === name ? 0 : -1;
    });
    if (state.plan) setMode(name === "wifi" ? "wifi" : "tenants");
  }
  openTab("tenants");
}

function alongTabs(event, tabs) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
  next.focus();
  next.click();
  event.preventDefault();
}

/** Go to what a problem names, and mark it for a moment. */
function showPlace(view, { kind, each }) {
  if (kind === "units") return markUnit(view, each.id);
  if (state.level !== null && state.level !== each.level) showLevel(each.level);
  const [dx, dy] = view.levels.get(each.level).offset;
  view.camera.fit([each.x_m - 20 + dx, -each.y_m - 20 + dy, each.x_m + 20 + dx, -each.y_m + 20 + dy], false, 16);
}

function markUnit(view, id) {
  showUnit(view, id);
  const who = state.inRoom.get(id);
  if (who) select(who);
  view.rooms.get(id).shape.focus({ preventScroll: true });
}

function buildStage(view) {
  const levels = el("div", { class: "levels", role: "group", "aria-label": words("levels") });
  const button = (id, sign) => el("button", { type: "button", id, "aria-label": words(id.replace("-", "_")), title: words(id.replace("-", "_")) }, sign);
  const [out, in_, fit] = [button("zoom-out", "−"), button("zoom-in", "+"), button("zoom-fit", "⤢")];
  out.addEventListener("click", () => view.camera.zoomAt(1 / 1.4));
  in_.addEventListener("click", () => view.camera.zoomAt(1.4));
  fit.addEventListener("click", () => fitLevel(view));
  refill(byId("stage-head"), levels);
  byId("map").append(el("div", { class: "zoom" }, in_, out, fit));
  byId("map").prepend(el("div", { class: "live-strip", id: "live", role: "status", "aria-live": "off" }));
  on("level opened", () => {
    const tab = (id, name) => el("button", { type: "button", "data-level-tab": id ?? "", "aria-pressed": state.level === id, onclick: () => showLevel(id) }, name);
    const held = levels.contains(document.activeElement);
    refill(levels, state.plan.levels.map((level) => tab(level.id, level.name)), state.plan.levels.length > 1 ? tab(null, words("all_levels")) : null);
    if (held) levels.querySelector('[aria-pressed="true"]')?.focus();
    legend();
  });
}

/** Name the colours of the trades that are to be seen. */
function legend() {
  const here = new Set(state.plan.units.filter((unit) => unit.is_let && (state.level === null || unit.level === state.level)).map((unit) => unit.category));
  refill(byId("stage-foot"), el("ul", { class: "legend" }, [...here].sort().map((trade) => el("li", {}, el("span", { class: "swatch", "data-trade": trade }), wordsOr(`category_${trade}`, trade)))));
}

async function openScenario(name) {
  document.body.classList.add("busy");
  try {
    const scenario = await get(`/api/scenario/${encodeURIComponent(name)}`);
    open(scenario, await get(`/api/plan/${encodeURIComponent(scenario.floorplan)}`));
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    notify(refusal.status ? refusal.message : words("unreachable"));
    if (state.scenario) tell("draft");
  }
  document.body.classList.remove("busy");
}

/** Put another plan under the draft: moves and access points belong to the plan and do not go along. */
async function openFloorplan(name) {
  try {
    const plan = await get(`/api/plan/${encodeURIComponent(name)}`);
    state.selected = null;
    change({ ...state.draft, floorplan: name, moves: [], accessPoints: null }, plan);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    notify(refusal.message);
  }
}

function shortcuts(event, view, askFor) {
  const isTyping = event.target.closest?.("input, textarea, select, dialog");
  if ((event.ctrlKey || event.metaKey) && !isTyping) {
    const key = event.key.toLowerCase();
    const act = key === "z" && !event.shiftKey ? undo : key === "y" || key === "z" ? redo : null;
    if (act) {
      event.preventDefault();
      act();
    }
    return;
  }
  if (isTyping || event.altKey || event.ctrlKey || event.metaKey) return;
  const pan = { ArrowRight: [-60, 0], ArrowLeft: [60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
  if (event.key === "+" || event.key === "=") view.camera.zoomAt(1.4);
  else if (event.key === "-") view.camera.zoomAt(1 / 1.4);
  else if (event.key === "0") fitLevel(view);
  else if (pan && event.shiftKey && event.target.closest?.(".map")) view.camera.panBy(...pan);
  else if (event.key.toLowerCase() === "m" && state.selected && state.mode === "tenants" && !event.target.dataset?.unit) askFor(state.selected);
  else if (event.key === "Escape") select(null);
}

begin();
