// The policies of the catalogue: what each does, what can be lost, a switch, and its settings.

import { withPolicy } from "./draft.js";
import { el, finds, keepingFocus, refill } from "./dom.js";
import { keyControl } from "./key_control.js";
import { change, on, state } from "./store.js";
import { words } from "./words.js";

/** Build the panel. */
export function makePoliciesPanel(node) {
  const search = el("input", { type: "search", placeholder: words("search_policies"), "aria-label": words("search_policies"), oninput: () => list() });
  const rows = el("ul", { class: "policies" });
  const count = el("p", { class: "small muted" });
  const unfolded = new Set();
  node.append(search, count, rows);

  function list() {
    const isOn = (policy) => state.draft.policies.includes(policy.name);
    const found = state.start.policies.filter((policy) => finds(search.value, policy.name, policy.name.replaceAll("_", " "), policy.meaning));
    found.sort((one, another) => Number(isOn(another)) - Number(isOn(one)));
    count.textContent = found.length ? words("policies_on", { count: state.draft.policies.length }) : words("nothing_found");
    keepingFocus(rows, () => refill(rows, found.map((policy) => row(policy, isOn(policy), unfolded))));
  }
  on("opened draft", list);
}

function row(policy, isOn, unfolded) {
  const id = `policy-${policy.name}`;
  const isOpen = unfolded.has(policy.name) || (isOn && !unfolded.has(`-${policy.name}`));
  const settings = el("details", { class: "settings", open: isOpen },
    el("summary", { class: "small", "data-focus": `settings ${policy.name}` }, policy.keys.length ? words("settings_of", { count: policy.keys.length }) : words("can_lose")));
  const fill = () => settings.childElementCount === 1 && settings.append(...inner(policy));
  if (isOpen) fill(); // settings of eighty policies would be slow to make anew with each change
  settings.addEventListener("toggle", () => {
    if (settings.open) fill();
    unfolded.delete(settings.open ? `-${policy.name}` : policy.name);
    unfolded.add(settings.open ? policy.name : `-${policy.name}`);
  });
  return el("li", { class: isOn ? "policy is-on" : "policy" },
    el("div", { class: "policy-head" },
      el("input", { type: "checkbox", class: "switch", role: "switch", id, checked: isOn, "data-focus": policy.name, onchange: (event) => change(withPolicy(state.draft, policy.name, event.target.checked)) }),
      el("label", { for: id }, policy.name.replaceAll("_", " "))),
    el("p", { class: "small" }, policy.meaning), settings);
}

function inner(policy) {
  const kpi = state.start.kpis.find((each) => each.name === policy.shows);
  return [
    policy.can_lose ? el("p", { class: "small muted" }, el("b", {}, `${words("can_lose")}: `), policy.can_lose) : null,
    kpi ? el("p", { class: "small muted" }, `${words("shows_in")}: ${kpi.label}`) : null,
    policy.scenario ? el("p", { class: "small muted" }, words("measured_in", { name: policy.scenario.replaceAll("_", " ") })) : null,
    ...policy.keys.map(keyControl),
  ].filter(Boolean);
}
