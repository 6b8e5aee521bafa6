// Moves tenants on the plan, by pointer and by keyboard.

import { isRentable, obstacle, roomOf, withMove, withValue } from "./draft.js";
import { el } from "./dom.js";
import { notify } from "./notice.js";
import { goTo } from "./plan_view.js";
import { change, keyOf, leastShare, movesOfScenario, ownValue, select, showLevel, state, unitOf } from "./store.js";
import { number, whole, words } from "./words.js";

const STARTS_PX = 5; // a press that moves less is a click
const SPRING_MS = 450; // over a level's tab, before that level opens

/** Return whether a press on the plan is one on a tenant that can be dragged. */
export function isOnTenant(event) {
  const unit = event.target.dataset?.unit;
  return state.mode === "tenants" && event.button === 0 && event.isPrimary && Boolean(unit && state.inRoom.get(unit));
}

/** Let tenants be dragged from room to room, and chosen by arrow keys; `askWhere(who)` opens the list of rooms. */
export function makeMovable(view, askWhere) {
  view.picture.addEventListener("pointerdown", (event) => isOnTenant(event) && press(view, event));
  view.picture.addEventListener("click", (event) => {
    const who = state.inRoom.get(event.target.dataset?.unit);
    if (state.mode === "tenants" && !who) select(null);
  });
  view.picture.addEventListener("keydown", (event) => onKey(view, event, askWhere));
  view.picture.addEventListener("focusin", (event) => rove(view, event.target));
}

function press(view, event) {
  const from = event.target.dataset.unit;
  const who = state.inRoom.get(from);
  const [startX, startY] = [event.clientX, event.clientY];
  let drag = null;
  const end = new AbortController();
  const listen = (name, act) => window.addEventListener(name, act, { signal: end.signal });
  event.preventDefault(); // no text selection; the focus is set below
  listen("pointermove", (moved) => {
    if (moved.pointerId !== event.pointerId) return;
    if (!drag && Math.hypot(moved.clientX - startX, moved.clientY - startY) < STARTS_PX) return;
    drag ??= begin(view, who);
    drag.over(moved);
  });
  const finish = (isDropped) => (ended) => {
    if (ended.pointerId !== undefined && ended.pointerId !== event.pointerId) return;
    end.abort();
    const to = drag?.end();
    if (!drag && isDropped) {
      select(who);
      view.rooms.get(from).shape.focus({ preventScroll: true });
    } else if (isDropped && to && to !== from) moveTenant(who, to);
  };
  listen("pointerup", finish(true));
  listen("pointercancel", finish(false));
  listen("keydown", (key) => key.key === "Escape" && finish(false)(key));
}

/** Begin a drag: the tenant's name follows the pointer, rooms in which it does not fit step back. */
function begin(view, who) {
  const ghost = el("div", { class: "ghost" }, unitOf(who).name);
  document.body.append(ghost);
  select(who);
  for (const room of view.rooms.values()) {
    if (!isRentable(room.unit)) continue;
    room.shape.classList.toggle("no-fit", state.inRoom.get(room.unit.id) !== who && obstacle(state.plan, state.inRoom, who, room.unit.id, leastShare()) !== null);
  }
  view.node.classList.add("dragging");
  let goal = null;
  let spring = { tab: null, timer: 0 };
  const mark = (id) => {
    if (goal) view.rooms.get(goal)?.shape.classList.remove("goal");
    goal = id;
    if (goal) view.rooms.get(goal).shape.classList.add("goal");
  };
  return {
    over(event) {
      ghost.style.transform = `translate(${event.clientX + 12}px, ${event.clientY + 8}px)`;
      const under = document.elementFromPoint(event.clientX, event.clientY);
      const id = under?.dataset?.unit;
      mark(id && isRentable(unitOf(id)) && state.inRoom.get(id) !== who ? id : null);
      const tab = under?.closest?.("[data-level-tab]") ?? null;
      if (tab === spring.tab) return;
      clearTimeout(spring.timer);
      spring = { tab, timer: tab ? setTimeout(() => showLevel(tab.dataset.levelTab || null), SPRING_MS) : 0 };
    },
    end() {
      clearTimeout(spring.timer);
      ghost.remove();
      view.node.classList.remove("dragging");
      for (const room of view.rooms.values()) room.shape.classList.remove("no-fit");
      const dropped = goal;
      mark(null);
      return dropped;
    },
  };
}

/** Move a tenant, or two; say so, and offer the way out where one has too little floor. */
export function moveTenant(who, to) {
  const unit = unitOf(to);
  if (!isRentable(unit)) return notify(words("not_rentable"));
  const least = leastShare();
  const short = obstacle(state.plan, state.inRoom, who, to, least);
  const own = movesOfScenario();
  if (!short) {
    const other = state.inRoom.get(to);
    change(withMove(state.draft, state.plan, who, to, own));
    select(who);
    return notify(other ? words("swapped_said", { name: unitOf(who).name, other: unitOf(other).name }) : words("moved_said", { name: unitOf(who).name, unit: to }));
  }
  const share = Math.floor(short.share * 100) / 100;
  const said = words("too_small_said", { name: unitOf(short.who).name, needs: whole(short.needs_m2), has: whole(short.has_m2), least: `${number(least * 100)} %` });
  const key = keyOf("layout.least_area_share");
  if (!key || share < key.low) return notify(said);
  return notify(said, words("accept_less", { share: `${number(share * 100)} %` }), () => {
    const wider = withValue(state.draft, key.key, share, ownValue(key));
    change(withMove(wider, state.plan, who, to, own));
    select(who);
  });
}

/** Arrow keys go to the nearest room that way; Enter selects, M asks where to. */
function onKey(view, event, askWhere) {
  const id = event.target.dataset?.unit;
  if (!id || state.mode !== "tenants") return;
  const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
  if (way && !event.shiftKey) {
    const next = nearest(view, id, way);
    if (next) {
      next.shape.focus({ preventScroll: true });
      keepInSight(view, next.unit.id);
    }
  } else if (event.key === "Enter" || event.key === " ") select(state.inRoom.get(id) ?? null);
  else if (event.key.toLowerCase() === "m" && !event.ctrlKey && !event.metaKey && state.inRoom.get(id)) askWhere(state.inRoom.get(id));
  else return;
  event.preventDefault();
}

function nearest(view, id, [wx, wy]) {
  const here = view.rooms.get(id);
  let best = null;
  for (const room of view.rooms.values()) {
    if (room === here || room.unit.level !== here.unit.level || !isRentable(room.unit)) continue;
    const [dx, dy] = [room.middle.x - here.middle.x, room.middle.y - here.middle.y];
    const along = dx * wx + dy * wy;
    const aside = Math.abs(dx * wy) + Math.abs(dy * wx);
    if (along <= 0.2 || aside > 2.5 * along) continue;
    const worth = along + 2 * aside;
    if (!best || worth < best.worth) best = { room, worth };
  }
  return best?.room ?? null;
}

function keepInSight(view, id) {
  const box = view.rooms.get(id).shape.getBoundingClientRect();
  const frame = view.node.getBoundingClientRect();
  if (box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom) goTo(view, id);
}

/** Keep one room in the order of Tab: the one last focused, or the selected tenant's. */
export function rove(view, shape) {
  if (!shape?.dataset?.unit) return;
  view.picture.querySelector('.room[tabindex="0"]')?.setAttribute("tabindex", "-1");
  shape.setAttribute("tabindex", "0");
}

/** Show which tenant is selected. */
export function showSelected(view) {
  view.picture.querySelector(".room.selected")?.classList.remove("selected");
  const room = state.selected ? view.rooms.get(roomOf(state.inRoom, state.selected)) : null;
  if (!room) return;
  room.shape.classList.add("selected");
  room.shape.parentNode.insertBefore(room.shape, view.levels.get(room.unit.level).under); // its outline over its neighbours'
  rove(view, room.shape);
}
