// The list of tenants, the one selected, and the list of rooms that it can move to.

import { isRentable, obstacle, roomOf } from "./draft.js";
import { el, finds, keepingFocus, refill } from "./dom.js";
import { moveTenant } from "./plan_drag.js";
import { leastShare, on, select, state, unitOf } from "./store.js";
import { amount, whole, words, wordsOr } from "./words.js";

const SHOWN_MOST = 400;

/** Build the panel; `goToUnit(id)` shows a unit on the plan. */
export function makeTenantsPanel(node, goToUnit) {
  const search = el("input", { type: "search", oninput: () => list() });
  const card = el("div", { class: "card-place" });
  const count = el("p", { class: "small muted" });
  const rows = el("ul", { class: "rows" });
  const hint = el("p", { class: "small muted" });
  node.append(card, search, count, rows, hint);

  function list() {
    const tenants = state.plan.units.filter((unit) => unit.is_let).sort((one, another) => one.name.localeCompare(another.name));
    const found = tenants.filter((unit) => finds(search.value, unit.name, unit.id, unit.category, wordsOr(`category_${unit.category}`, "")));
    count.textContent = words("tenants_shown", { shown: found.length, count: tenants.length });
    keepingFocus(rows, () => refill(rows, found.slice(0, SHOWN_MOST).map((unit) => row(unit, goToUnit))));
  }
  const label = () => {
    search.placeholder = words("search_tenants");
    search.setAttribute("aria-label", words("search_tenants"));
    hint.textContent = words("drag_hint");
  };
  on("opened draft", list);
  on("selected draft opened", () => keepingFocus(card, () => refill(card, state.selected ? selectedCard(goToUnit) : null)));
  on("selected", () => {
    for (const button of rows.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.dataset.focus === state.selected));
  });
  label();
}

function row(unit, goToUnit) {
  const room = roomOf(state.inRoom, unit.id);
  const choose = () => {
    select(unit.id);
    goToUnit(room);
  };
  return el("li", {}, el("button", { type: "button", class: "row", "data-focus": unit.id, "aria-pressed": state.selected === unit.id, onclick: choose },
    el("span", { class: "swatch", "data-trade": unit.category }), el("span", { class: "grow" }, unit.name), el("span", { class: room === unit.id ? "muted" : "tag" }, room)));
}

function selectedCard(goToUnit) {
  const who = state.selected;
  const tenant = unitOf(who);
  const room = unitOf(roomOf(state.inRoom, who));
  const level = state.plan.levels.find((each) => each.id === room.level);
  return el("section", { class: "card", "aria-label": words("selected") },
    el("h3", {}, el("span", { class: "swatch", "data-trade": tenant.category }), tenant.name),
    el("p", { class: "small muted" }, `${wordsOr(`category_${tenant.category}`, tenant.category)} · ${room.id} · ${level.name} · ${whole(room.area_m2)} m²`),
    tenant.rent_fen_month === null ? null : el("p", { class: "small muted" }, `${words("rent")}: ${words("rent_month", { value: amount(tenant.rent_fen_month, "fen") })}`),
    room.id === who ? null : el("p", { class: "small" }, words("moved_from", { unit: who })),
    el("div", { class: "buttons" }, el("button", { type: "button", class: "main", "data-focus": "move", onclick: () => askWhere(who, goToUnit) }, words("move_to"))));
}

/** Ask to which room a tenant should go: rooms in which it fits first, those of about its size before others. */
export function askWhere(who, goToUnit) {
  const search = el("input", { type: "search", placeholder: words("search_units"), "aria-label": words("search_units"), oninput: () => list() });
  const rows = el("ul", { class: "rows tall" });
  const dialog = el("dialog", { "aria-label": words("move_title", { name: unitOf(who).name }), onclose: () => dialog.remove() },
    el("h2", {}, words("move_title", { name: unitOf(who).name })), search, rows,
    el("div", { class: "buttons" }, el("button", { type: "button", onclick: () => dialog.close() }, words("cancel"))));
  const here = roomOf(state.inRoom, who);
  const size = unitOf(here).area_m2;
  const rooms = state.plan.units.filter((unit) => isRentable(unit) && unit.id !== here).map((unit) => ({
    unit, other: state.inRoom.get(unit.id), short: obstacle(state.plan, state.inRoom, who, unit.id, leastShare()),
  }));
  rooms.sort((one, another) => Number(Boolean(one.short)) - Number(Boolean(another.short)) || Math.abs(Math.log(one.unit.area_m2 / size)) - Math.abs(Math.log(another.unit.area_m2 / size)));
  const choose = (unit) => {
    dialog.close();
    moveTenant(who, unit.id);
    goToUnit(unit.id);
  };
  function list() {
    const found = rooms.filter(({ unit, other }) => finds(search.value, unit.id, other ? unitOf(other).name : ""));
    refill(rows, found.slice(0, 80).map((each) => roomRow(each, () => choose(each.unit))),
      found.length > 80 ? el("li", { class: "small muted" }, words("more", { count: found.length - 80 })) : null,
      found.length ? null : el("li", { class: "small muted" }, words("nothing_found")));
  }
  list();
  document.body.append(dialog);
  dialog.showModal();
}

function roomRow({ unit, other, short }, act) {
  const taken = other ? words("swap_with", { name: unitOf(other).name }) : words("is_empty");
  const fit = short ? words("too_small", { name: unitOf(short.who).name, has: whole(short.has_m2), needs: whole(short.needs_m2) }) : "";
  return el("li", {}, el("button", { type: "button", class: short ? "row dim" : "row", onclick: act },
    el("span", { class: "swatch", "data-trade": other ? unitOf(other).category : "" }),
    el("span", { class: "grow" }, el("b", {}, unit.id), ` · ${whole(unit.area_m2)} m²`, el("br"), el("span", { class: "small muted" }, taken), fit ? el("span", { class: "small warn" }, el("br"), fit) : null)));
}
