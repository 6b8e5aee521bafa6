// The map while a day runs: people in the halls as dots, in the shops as shades, lines as numbers, and the time.

import { el, refill, svg } from "./dom.js";
import { state } from "./store.js";
import { clock, number, whole, words } from "./words.js";

const FULL = 30; // people per 100 m² at which a room has its full shade
const WAITING_LEAST = 3;

/** Return {show(frame), clear()} on a plan view; `strip` holds the time, `foot` what the shades mean; `leave` goes back to the plan. */
export function makeLiveLayer(view, strip, foot, leave) {
  const badges = new Map();
  let last = null;

  function show(frame) {
    if (!last) refill(foot, legend());
    last = frame;
    view.node.classList.add("live");
    refill(strip, el("span", { class: "live-time" }, words("live", { time: clock(frame.time_us), inside: whole(frame.inside) })), parked(frame),
      el("button", { type: "button", class: "quiet", onclick: leave }, words("live_hide")));
    for (const [id, spots] of Object.entries(frame.levels)) dots(id, spots);
    for (const room of view.rooms.values()) shade(room, frame.units[room.unit.id] ?? 0, frame.queues[room.unit.id] ?? 0);
  }

  function dots(id, spots) {
    const level = view.levels.get(id);
    if (!level) return;
    const d = spots.map(([x_m, y_m]) => `M${x_m.toFixed(1)} ${(-y_m).toFixed(1)}h0`).join("");
    if (level.dots?.isConnected) level.dots.setAttribute("d", d);
    else level.over.append((level.dots = svg("path", { class: "dots", d })));
  }

  function shade(room, people, waiting) {
    const density = (100 * people) / room.unit.area_m2;
    room.shape.style.setProperty("--full", String(Math.min(1, density / FULL)));
    const badge = badges.get(room.unit.id);
    if (waiting < WAITING_LEAST) {
      badge?.remove();
      badges.delete(room.unit.id);
      return;
    }
    const text = whole(waiting);
    if (badge) badge.lastChild.textContent = text;
    else badges.set(room.unit.id, makeBadge(room, text));
  }

  function makeBadge(room, text) {
    const mark = svg("g", { class: "badge" }, svg("title", {}, words("legend_queue")), svg("rect", { x: -13, y: -8, width: 26, height: 16, rx: 8 }), svg("text", { y: 4 }, text));
    mark.style.setProperty("transform", `translate(${room.middle.x}px, ${-room.middle.y}px) scale(var(--px)) translate(0, 15px)`);
    view.levels.get(room.unit.level).over.append(mark);
    return mark;
  }

  function clear() {
    if (!last) return;
    last = null;
    view.node.classList.remove("live");
    for (const badge of badges.values()) badge.remove();
    badges.clear();
    for (const level of view.levels.values()) level.dots?.remove();
    for (const room of view.rooms.values()) room.shape.style.removeProperty("--full");
    refill(strip);
  }

  return { show, clear };
}

function legend() {
  return el("span", { class: "small muted live-legend" }, "0 ", el("span", { class: "ramp", "aria-hidden": "true" }), ` ${number(FULL)} ${words("legend_people")} `, el("span", { class: "badge-sample", "aria-hidden": "true" }, "9"), ` ${words("legend_queue")}`);
}

function parked(frame) {
  const bays = state.plan.parkings.reduce((sum, park) => sum + park.bays, 0);
  const taken = Object.values(frame.cars ?? {}).reduce((sum, cars) => sum + cars, 0);
  return bays ? el("span", { class: "small muted" }, `${words("cars_label")}: ${whole(taken)} / ${whole(bays)}`) : null;
}
