// What is wrong with the plan or to be confirmed, each leading to its place.

import { el, refill } from "./dom.js";
import { on, state } from "./store.js";
import { words } from "./words.js";

const KEY = /^[a-z_]+\.[a-z_.]+$/;
const SPOT = / on level (.+) at \((-?[\d.]+), (-?[\d.]+)\)$/; // as sim/floorplan/check_shapes.py::place_of writes it

/** Return the unit, connector, entrance or access point that a problem's place names, else the spot on a level, or null. */
export function placeOf(problem) {
  if (KEY.test(problem.place) && !problem.place.startsWith("layout.")) return null; // of a setting, whose value may look like an id
  const named = `${problem.place} ${problem.value}`;
  const all = ["units", "connectors", "entrances", "access_points"].flatMap((kind) => state.plan[kind].map((each) => ({ kind, each })));
  const found = all.filter(({ each }) => isNamed(each.id, named) || (each.name && problem.place.includes(each.name)));
  return found.sort((one, another) => another.each.id.length - one.each.id.length)[0] ?? spotOf(problem);
}

/** Return whether an id stands in a text by itself, not as a part of another. */
function isNamed(id, text) {
  for (let at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + 1)) {
    if (!/[\w-]$/.test(text.slice(0, at)) && !/^[\w-]/.test(text.slice(at + id.length))) return true;
  }
  return false;
}

function spotOf({ place }) {
  const [, level, x_m, y_m] = SPOT.exec(place) ?? [];
  return state.plan.levels.some((each) => each.id === level) ? { kind: "spots", each: { level, x_m: Number(x_m), y_m: Number(y_m) } } : null;
}

/** Return a problem in one line: weight, place, rule and what was found. */
export function sayProblem({ weight, place, rule, value }) {
  return `${words(`weight_${weight}`)}: ${[place, rule].filter(Boolean).join(": ")}${value ? ` (${words("found")} ${value})` : ""}`;
}

/** Build the panel; `show(place)` goes to a place of the plan, `count(number)` labels the tab. */
export function makeProblemsPanel(node, show, count) {
  on("opened", () => {
    const { problems } = state.plan;
    count(problems.length);
    refill(node, el("p", { class: "small muted" }, problems.length ? words("problems_count", { count: problems.length }) : words("problems_none")),
      el("ul", { class: "rows" }, problems.map((problem) => el("li", {}, row(problem, show)))));
  });
}

function row(problem, show) {
  const place = placeOf(problem);
  return el("button", { type: "button", class: `problem ${problem.weight}`, disabled: place === null, title: place ? "" : words("no_place"), onclick: () => show(place) },
    el("b", {}, `${words(`weight_${problem.weight}`)}: `), `${problem.place}: ${problem.rule}`,
    problem.value ? el("span", { class: "muted" }, ` (${words("found")} ${problem.value})`) : null,
    problem.way_out ? el("span", { class: "way-out" }, problem.way_out) : null);
}
