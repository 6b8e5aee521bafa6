// What came of a run or a comparison: headline KPIs, the verdict in words, and the changes with their intervals.

import { el, svg } from "./dom.js";
import { state } from "./store.js";
import { amount, percent, signed, words } from "./words.js";

// As the comparison's own page has them.
const HEADLINES = [
  "footfall_visits", "dwell_min_mean", "stores_per_visit_mean", "conversion_share", "sales_fen", "basket_fen_mean", "mall_income_fen",
  "owner_income_fen", "los_d_or_worse_share", "cold_area_share", "walk_m_mean", "queue_wait_s_mean", "queue_abandon_share",
  "parking_search_s_mean", "satisfaction_mean",
];
const TILES_MOST = 10;
const NAMED_MOST = 4;

const kpiOf = (name) => state.start.kpis.find((kpi) => kpi.name === name);
const labelOf = (name) => kpiOf(name)?.label ?? name;

/** Return the result of one run. */
export function runResult(done) {
  const known = HEADLINES.filter((name) => kpiOf(name) && done.kpis?.[name] !== null && done.kpis?.[name] !== undefined);
  return el("section", { class: "result" }, el("h2", { tabindex: -1 }, words("result_run")),
    el("dl", { class: "tiles" }, known.slice(0, TILES_MOST).map((name) => el("div", {}, el("dt", { title: kpiOf(name).definition }, labelOf(name)), el("dd", {}, amount(done.kpis[name], kpiOf(name).unit))))),
    el("p", { class: "small muted" }, words("result_run_hint")), links(done, "open_report"));
}

function links(done, name) {
  const link = (path, words_, isMain) => path && el("a", { href: path, target: "_blank", rel: "noopener", class: isMain ? "button main" : "button" }, words_);
  return [
    el("div", { class: "buttons" }, link(done.report, words(name), true), link(done.replay, words("open_replay"), false)),
    el("p", { class: "small muted" }, `${words("folder")}: `, el("code", {}, done.folder)),
  ];
}

/** Return the result of a comparison: the one arm that is the draft, against the scenario. */
export function comparisonResult(done) {
  const { comparison } = done;
  const summary = comparison.summary[0];
  const rows = rowsOf(comparison, summary);
  return el("section", { class: "result" }, el("h2", { tabindex: -1 }, words("result_compare")), el("p", {}, verdict(comparison, summary)),
    ["better", "worse", "moved"].map((tone) => listed(summary[tone], tone, rows)),
    forest(rows.filter((row) => HEADLINES.includes(row.name) || row.isSure)), links(done, "open_comparison"),
    el("p", { class: "small muted" }, words("outside_forest")));
}

function rowsOf(comparison, summary) {
  const shares = new Map(summary.kpis.map((each) => [each.name, each]));
  const sure = new Set([...summary.better, ...summary.worse, ...summary.moved]);
  return comparison.kpis.filter((entry) => entry.arm === summary.arm && entry.difference_mean !== null).map((entry) => ({
    ...entry, ...shares.get(entry.name), label: labelOf(entry.name), isSure: sure.has(entry.name),
    tone: ["better", "worse", "moved"].find((tone) => summary[tone].includes(entry.name)) ?? "unsure",
  }));
}

function verdict(comparison, summary) {
  const moved = summary.better.length + summary.worse.length + summary.moved.length;
  if (comparison.confidence === null) return words("verdict_one");
  if (summary.compared && summary.the_same === summary.compared) return words("verdict_same", { compared: summary.compared });
  if (!moved) return words("verdict_none", { compared: summary.compared });
  return words("verdict_moved", { compared: summary.compared, moved, better: summary.better.length, worse: summary.worse.length, other: summary.moved.length });
}

function listed(names, tone, rows) {
  if (!names.length) return null;
  const order = (name) => (HEADLINES.includes(name) ? HEADLINES.indexOf(name) : HEADLINES.length);
  const sorted = names.map((name) => rows.find((row) => row.name === name)).filter(Boolean).sort((one, another) => order(one.name) - order(another.name) || Math.abs(another.share ?? 0) - Math.abs(one.share ?? 0));
  return el("div", { class: `moved ${tone}` }, el("h3", {}, words(tone)),
    el("ul", {}, sorted.slice(0, NAMED_MOST).map((row) => el("li", { class: "small" }, `${row.label} `, el("b", {}, change(row)), el("span", { class: "muted" }, ` ${words("from_to", { from: amount(row.baseline_mean, row.unit), to: amount(row.arm_mean, row.unit) })}`))),
      sorted.length > NAMED_MOST ? el("li", { class: "small muted" }, words("and_more", { count: sorted.length - NAMED_MOST })) : null));
}

const change = (row) => (row.share === null ? signed(amount(row.difference_mean, row.unit), row.difference_mean) : grown(row.share));
const grown = (share) => signed(percent(share), share);

const ROW_PX = 30;
const WIDE_PX = 300;

/** Draw changes in per cent with their intervals, one KPI a row. */
function forest(all) {
  const rows = all.filter((row) => row.share !== null && row.share_low !== null).sort((one, another) => HEADLINES.indexOf(one.name) - HEADLINES.indexOf(another.name)).slice(0, 16);
  if (!rows.length) return null;
  const sizes = rows.flatMap((row) => [Math.abs(row.share_low), Math.abs(row.share_high)]).sort((a, b) => a - b);
  const most = Math.max(sizes[Math.floor(sizes.length * 0.9)], ...rows.map((row) => Math.abs(row.share)), 1e-4) * 1.1;
  const at = (share) => WIDE_PX / 2 + (Math.max(-1, Math.min(1, share / most)) * (WIDE_PX - 16)) / 2;
  const height = rows.length * ROW_PX + 34;
  const axis = [-most / 1.1, 0, most / 1.1];
  return el("figure", { class: "forest" }, svg("svg", { viewBox: `0 0 ${WIDE_PX} ${height}`, role: "img", "aria-label": `${words("forest_label")}. ${rows.map(sayRow).join("; ")}` },
    svg("line", { class: "zero", x1: at(0), x2: at(0), y1: 0, y2: height - 30 }),
    rows.map((row, index) => svg("g", { class: `interval ${row.tone}`, transform: `translate(0 ${index * ROW_PX})` },
      svg("title", {}, sayRow(row)), svg("text", { x: 2, y: 11 }, row.label), svg("text", { class: "value", x: WIDE_PX - 2, y: 11 }, grown(row.share)),
      svg("line", { x1: at(row.share_low), x2: at(row.share_high), y1: 20, y2: 20 }), svg("circle", { cx: at(row.share), cy: 20, r: 3.4 }))),
    axis.map((share) => svg("text", { class: "tick", x: Math.min(WIDE_PX - 18, Math.max(18, at(share))), y: height - 16 }, percent(share).replace("-", "−")))),
  el("figcaption", { class: "small muted" }, words("forest_label")));
}

function sayRow(row) {
  return words("forest_row", { label: row.label, difference: grown(row.share), low: grown(row.share_low), high: grown(row.share_high), verdict: words(row.isSure ? "surely" : "may_be_chance") });
}
