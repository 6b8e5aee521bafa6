// What is wrong with the plan or to be confirmed, each leading to its place.

import { el, refill } from "./dom.js";
import { on, state } from "./store.js";
import { words } from "./words.js";

/** Return the unit, connector, entrance or access point that a problem's place names, or null. */
export function placeOf(problem) {
  const named = `${problem.place} ${problem.value}`;
  const all = ["units", "connectors", "entrances", "access_points"].flatMap((kind) => state.plan[kind].map((each) => ({ kind, each })));
  const found = all.filter(({ each }) => named.includes(each.id) || (each.name && problem.place.includes(each.name)));
  return found.sort((one, another) => another.each.id.length - one.each.id.length)[0] ?? null;
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
  const place = problem.x_m === undefined ? placeOf(problem) : problem;
  return el("button", { type: "button", class: `problem ${problem.weight}`, disabled: place === null, title: place ? "" : words("no_place"), onclick: () => show(place) },
    el("b", {}, `${words(`weight_${problem.weight}`)}: `), `${problem.place}: ${problem.rule}`,
    problem.value ? el("span", { class: "muted" }, ` (${words("found")} ${problem.value})`) : null,
    problem.way_out ? el("span", { class: "way-out" }, problem.way_out) : null);
}
