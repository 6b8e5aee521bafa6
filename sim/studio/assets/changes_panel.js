// "Your changes": each difference from the scenario with a way to take it back, what the server says of them, the file they make, and saving it.

import { changesOf, forServer, freshDraft } from "./draft.js";
import { el, keepingFocus, later, refill } from "./dom.js";
import { said } from "./key_control.js";
import { notify } from "./notice.js";
import { post, Refusal } from "./server.js";
import { change, keyOf, on, ownValue, select, state, tell, unitOf } from "./store.js";
import { words } from "./words.js";

const CHECKED_AFTER_MS = 250;
const ASKED_AGAIN_MS = 3000; // of a server that does not answer
const NAME_TAKEN = 409; // by a file that can be replaced
let asked = 0;

/** Build the panel; `show(unit id)` goes to a unit; `reopen(name)` opens another floor plan. */
export function makeChangesPanel(node, show, reopen) {
  const list = el("div");
  const yaml = el("pre", { class: "yaml", tabindex: 0 });
  const file = el("details", { class: "file" }, el("summary", {}, words("show_yaml")), yaml);
  const save = saveForm();
  node.append(list, file, save);
  const ask = later(check, CHECKED_AFTER_MS);
  on("draft opened", ask);
  on("draft opened checked", () => {
    yaml.textContent = state.checked?.yaml ?? words("checking");
    keepingFocus(list, () => refill(list, content(show, reopen)));
  });
}

/** Hold the draft against the plan and the schema, on the server; only the answer to the last question counts. */
async function check() {
  const mine = ++asked;
  let answer;
  try {
    answer = await post("/api/check", forServer(state.draft, state.scenario, state.plan));
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    // No answer says nothing of the draft: it can be run as soon as the server is there again.
    answer = { yaml: state.checked?.yaml ?? "", differences: [], problems: refusal.problems, isUnanswered: !refusal.status };
  }
  if (mine !== asked) return;
  state.checked = answer;
  tell("checked");
  if (answer.isUnanswered) setTimeout(() => mine === asked && check(), ASKED_AGAIN_MS);
}

function content(show, reopen) {
  const changes = changesOf(state.draft, state.scenario, state.plan);
  const takeBack = (each) => (each.sort === "floorplan" ? reopen(each.to === state.draft.floorplan ? each.from : each.to) : change(each.without));
  return [
    el("div", { class: "panel-head" },
      el("h2", {}, words("your_changes"), changes.length ? el("span", { class: "count" }, String(changes.length)) : null),
      changes.length > 1 ? el("button", { type: "button", class: "quiet", "data-focus": "all", onclick: () => removeAll(changes, reopen) }, words("remove_all")) : null),
    changes.length ? el("ul", { class: "change-list" }, changes.map((each, index) => row(each, index, takeBack, show))) : el("p", { class: "small muted" }, words("no_changes")),
    problemsSaid(),
  ];
}

function removeAll(changes, reopen) {
  if (changes.some((each) => each.sort === "floorplan")) reopen(state.scenario.floorplan);
  else change(freshDraft(state.scenario, state.plan));
}

function row(each, index, takeBack, show) {
  const { head, detail } = told(each);
  const label = el("span", { class: "grow" }, el("span", { class: "change-head" }, head), detail ? el("span", { class: "small muted" }, detail) : null);
  const go = () => {
    select(each.who);
    show(each.to);
  };
  return el("li", { "data-change": each.sort },
    each.sort === "move" ? el("button", { type: "button", class: "row plain", "data-focus": `go ${index}`, onclick: go }, label) : label,
    el("button", { type: "button", class: "quiet", "data-focus": `remove ${index}`, "aria-label": words("remove_change", { change: head }), title: words("remove_change", { change: head }), onclick: () => takeBack(each) }, "×"));
}

function told(each) {
  const named = (name) => name.replaceAll("_", " ");
  if (each.sort === "floorplan") return { head: words("change_floorplan", { from: named(each.from), to: named(each.to) }) };
  if (each.sort === "move") {
    const detail = words("change_move_detail", { from: each.from, to: each.to });
    if (each.other) return { head: words("change_swap", { name: unitOf(each.who).name, other: unitOf(each.other).name }), detail };
    return { head: words("change_move", { name: unitOf(each.who).name, to: each.to }), detail };
  }
  if (each.sort === "policy_on" || each.sort === "policy_off") {
    return { head: words(`change_${each.sort}`, { name: named(each.name) }), detail: state.start.policies.find((policy) => policy.name === each.name)?.meaning };
  }
  if (each.sort === "access_points") return { head: words("change_points"), detail: words("change_points_detail", each) };
  const key = keyOf(each.key);
  return { head: named(each.key.split(".").slice(-1)[0]), detail: `${each.key}: ${words("change_value_detail", { from: said(key ? ownValue(key) : undefined), to: said(each.to) })}` };
}

function problemsSaid() {
  if (!state.checked?.problems.length) return null;
  if (state.checked.isUnanswered) return el("p", { class: "refused", role: "alert" }, words("unreachable"));
  return el("div", { class: "refused", role: "alert" }, el("p", {}, el("b", {}, words("check_problems"))),
    el("ul", {}, state.checked.problems.map((problem) => el("li", {}, [problem.place, problem.rule].filter(Boolean).join(": "),
      problem.value ? el("span", { class: "muted" }, ` (${words("found")} ${problem.value})`) : null,
      problem.way_out ? el("span", { class: "way-out" }, `${words("way_out")}: ${problem.way_out}`) : null))));
}

function saveForm() {
  const name = el("input", { type: "text", id: "save-name", pattern: "[a-z0-9][a-z0-9_]{0,59}", required: true, maxLength: 60, autocomplete: "off", spellcheck: false });
  const question = el("textarea", { id: "save-question", rows: 2, required: true, maxLength: 2000 });
  const answer = el("div", { role: "status" });
  const button = el("button", { type: "submit", class: "main" }, words("save"));
  const form = el("form", { onsubmit: (event) => { event.preventDefault(); send({ name, question, answer, button }, false); } },
    el("label", { for: "save-name" }, words("save_name"), el("span", { class: "small muted" }, ` ${words("save_name_hint")}`)), name,
    el("label", { for: "save-question" }, words("save_question"), el("span", { class: "small muted" }, ` ${words("save_question_hint")}`)), question,
    el("div", { class: "buttons" }, button), answer);
  return el("details", { class: "save" }, el("summary", {}, words("save_title")), form);
}

/** Save the draft; where a file has the name, offer to replace that one, which asks again with `overwrite`. */
async function send(form, overwrite) {
  const { name, question, answer, button } = form;
  const sent = name.value;
  refill(answer);
  button.disabled = true;
  try {
    const saved = await post("/api/save", { name: sent, question: question.value, overwrite, draft: forServer(state.draft, state.scenario, state.plan) });
    refill(answer, el("p", { class: "small" }, words("saved_said", { path: saved.path })), el("pre", { class: "yaml", tabindex: 0 }, saved.command));
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    if (!refusal.status) notify(words("unreachable"));
    const replace = () => (name.value === sent ? send(form, true) : refill(answer));
    refill(answer, refusal.problems.map((problem) => el("p", { class: "small warn" }, [problem.place, problem.rule].filter(Boolean).join(": "), problem.way_out ? el("span", { class: "way-out" }, problem.way_out) : null)),
      refusal.status === NAME_TAKEN ? el("div", { class: "buttons" }, el("button", { type: "button", id: "replace", onclick: replace }, words("replace"))) : null);
  }
  button.disabled = false;
}
