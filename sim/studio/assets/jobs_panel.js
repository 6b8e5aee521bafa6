// Runs a day or a comparison on the server, follows it line by line, and shows what came of it.

import { changesOf, forServer } from "./draft.js";
import { el, refill } from "./dom.js";
import { comparisonResult, runResult } from "./results.js";
import { follow, get, KEPT_JOB, post, Refusal } from "./server.js";
import { on, state } from "./store.js";
import { duration, words } from "./words.js";

const REPLICATIONS = [2, 4, 8, 20, 40];

/** Build the panel and return it; `live` is the layer on the plan. */
export function makeJobsPanel(node, live) {
  const panel = { node, live, days: 8, withReplay: false, job: null, expected: null, actions: el("div", { class: "actions" }), body: el("div", { class: "job-body" }) };
  node.append(panel.actions, panel.body);
  on("draft opened checked", () => refillActions(panel));
  on("opened", () => live.clear());
  return panel;
}

function refillActions(panel) {
  const held = panel.actions.contains(document.activeElement) ? document.activeElement.id : "";
  const isRefused = Boolean(state.checked?.problems.length) && !state.checked.isUnanswered;
  const hasChanges = changesOf(state.draft, state.scenario, state.plan).length > 0;
  const isBusy = panel.job !== null || isRefused;
  const days = el("select", { id: "days", onchange: (event) => { panel.days = Number(event.target.value); refillActions(panel); } }, REPLICATIONS.map((count) => el("option", { value: count }, String(count))));
  days.value = String(panel.days);
  const replay = el("input", { type: "checkbox", id: "with-replay", checked: panel.withReplay, onchange: (event) => { panel.withReplay = event.target.checked; } });
  panel.expected = state.checked?.expected ?? panel.expected; // until the next answer, so that nothing flickers
  const time = hasChanges ? `${sayTime(panel)} ${words("same_luck")}` : words("compare_nothing");
  refill(panel.actions,
    el("div", { class: "buttons" },
      el("button", { type: "button", id: "compare", class: "main", disabled: isBusy || !hasChanges, "aria-describedby": "compare-time", onclick: () => begin(panel, "compare") }, words("compare", { name: state.scenario.name.replaceAll("_", " ") }))),
    el("div", { class: "days" }, el("label", { for: "days" }, words("replications")), days, el("button", { type: "button", id: "run", disabled: isBusy, onclick: () => begin(panel, "run") }, words("run")),
      el("label", { class: "small with-replay", for: "with-replay" }, replay, words("with_replay")),
      el("p", { class: "small muted", id: "compare-time" }, time)));
  if (held) document.getElementById(held)?.focus();
}

/** Say how long a comparison takes, roughly, and what that rests on. */
function sayTime({ days, expected }) {
  if (!expected) return words("compare_days", { count: days });
  const time = duration(expected.begin_s + days * expected.pair_s);
  return words(expected.measured ? "compare_time_known" : "compare_time", { count: days, duration: time });
}

/** Ask for a job with the draft as it is, and follow it. */
function begin(panel, kind) {
  const draft = forServer(state.draft, state.scenario, state.plan);
  return watch(panel, kind, async () => (await post(`/api/${kind}`, kind === "run" ? { draft, replay: panel.withReplay } : { draft, replications: panel.days })).job);
}

/** Follow what runs when the page is opened anew; else show what came of the last job of this tab. */
export async function rejoin(panel) {
  const jobs = await get("/api/jobs").catch(() => []);
  const last = jobs.find((each) => each.job === sessionStorage.getItem(KEPT_JOB) && each.state === "done");
  const found = jobs.find((each) => each.state === "running" || each.state === "waiting") ?? last;
  if (found && !panel.job) watch(panel, found.kind, async () => found.job);
}

/** Show how a job gets on until it is over; `ask` returns its id. */
async function watch(panel, kind, ask) {
  const bar = el("progress", { max: 1, value: 0, "aria-label": words(`running_${kind}`) });
  const text = el("p", { class: "small muted", role: "status" });
  const stop = el("button", { type: "button", id: "stop", onclick: () => job.stop() }, words("stop"));
  const job = { id: null, isStopped: false, stop() {
    job.isStopped = stop.disabled = true;
    if (job.id) post(`/api/jobs/${encodeURIComponent(job.id)}/stop`).catch(() => {});
  } };
  panel.job = job;
  refillActions(panel);
  refill(panel.body, el("section", { class: "running" }, el("h2", {}, words(`running_${kind}`)), bar, text, el("div", { class: "buttons" }, stop)));
  stop.focus();
  let end = { kind: "failed", message: words("unreachable") };
  const onLine = (line) => {
    if (line.kind === "progress") {
      if (line.share !== null) bar.value = line.share;
      text.textContent = line.text;
    } else if (line.kind === "frame") panel.live.show(line);
    else end = line;
  };
  try {
    job.id = await ask();
    sessionStorage.setItem(KEPT_JOB, job.id);
    if (job.isStopped) job.stop();
    await follow(`/api/jobs/${encodeURIComponent(job.id)}/stream`, onLine);
  } catch (refusal) {
    // a stream that breaks off is a TypeError of fetch
    if (!(refusal instanceof Refusal) && !(refusal instanceof TypeError)) throw refusal;
    if (refusal instanceof Refusal && refusal.status) end = { kind: "failed", message: said(refusal) };
  }
  panel.job = null;
  await conclude(panel, job, end);
  refillActions(panel);
}

const said = (refusal) => refusal.problems.map((each) => [each.place, each.rule, each.way_out].filter(Boolean).join(": ")).join("\n");

async function conclude(panel, job, end) {
  panel.live.clear();
  if (end.kind !== "done") {
    const text = job.isStopped ? words("stopped") : end.message;
    refill(panel.body, el("section", { class: job.isStopped ? "" : "refused", role: "status" }, job.isStopped ? null : el("h2", {}, words("failed")), el("p", { class: "small message" }, text)));
    return;
  }
  await post(`/api/jobs/${encodeURIComponent(job.id)}/open`).catch(() => {});
  const result = end.comparison ? comparisonResult(end) : runResult(end);
  refill(panel.body, result);
  result.querySelector("h2").focus({ preventScroll: true });
  result.scrollIntoView({ block: "nearest" });
}
