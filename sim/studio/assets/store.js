// The one state of the page: what is opened, the draft with its past and future, what is selected; parts listen for what concerns them.

import { freshDraft, occupants, same } from "./draft.js";

const listeners = new Map();

export const state = {
  start: null, // what the server offers: scenarios, floor plans, policies, parameters, KPIs
  scenario: null,
  plan: null,
  draft: null,
  past: [],
  future: [],
  inRoom: new Map(), // of each unit: the tenant in it now
  selected: null, // a tenant, by the unit in which the drawing has it
  level: null, // id of the level shown, null: all of them
  mode: "tenants", // or "wifi": what a drag on the plan moves
  checked: null, // the server's answer to the draft: yaml, differences, problems
};

/** Listen to "opened", "draft", "selected", "level", "mode", "checked" or "language". */
export function on(names, listener) {
  for (const name of names.split(" ")) listeners.set(name, [...(listeners.get(name) ?? []), listener]);
}

export function tell(name) {
  for (const listener of listeners.get(name) ?? []) listener();
}

/** Begin with a scenario and its plan, without past. */
export function open(scenario, plan) {
  Object.assign(state, { scenario, plan, draft: freshDraft(scenario, plan), past: [], future: [], selected: null, checked: null });
  settle();
  tell("opened");
  tell("draft");
}

/** Make a draft the present one; what was before can be had back. */
export function change(draft, plan = state.plan) {
  if (same(draft, state.draft)) return;
  state.past.push({ draft: state.draft, plan: state.plan });
  state.future = [];
  become(draft, plan);
}

export const undo = () => step(state.past, state.future);
export const redo = () => step(state.future, state.past);

function step(from, to) {
  if (!from.length) return;
  to.push({ draft: state.draft, plan: state.plan });
  const { draft, plan } = from.pop();
  become(draft, plan);
}

function become(draft, plan) {
  const isOtherPlan = plan !== state.plan;
  Object.assign(state, { draft, plan, checked: null });
  settle();
  if (isOtherPlan) tell("opened");
  tell("draft");
}

function settle() {
  state.inRoom = occupants(state.plan, state.draft.moves);
}

export function select(who) {
  state.selected = who;
  tell("selected");
}

export function showLevel(level) {
  state.level = level;
  tell("level");
}

export function setMode(mode) {
  if (mode === state.mode) return;
  state.mode = mode;
  tell("mode");
}

/** Return the scenario's own moves, where its floor plan is shown. */
export const movesOfScenario = () => (state.draft.floorplan === state.scenario.floorplan ? freshDraft(state.scenario, state.plan).moves : []);

export const unitOf = (id) => state.plan.units.find((unit) => unit.id === id);
export const keyOf = (name) => state.keys.get(name);

/** Return a key's value without the draft: the scenario's, else the default. */
export function ownValue(key) {
  return key.key in state.scenario.overrides ? state.scenario.overrides[key.key] : key.default;
}

export const valueOf = (key) => (key.key in state.draft.overrides ? state.draft.overrides[key.key] : ownValue(key));

/** Return the share of its floor that a tenant can do with. */
export function leastShare() {
  const key = keyOf("layout.least_area_share");
  return key ? Number(valueOf(key)) : 0.8;
}
