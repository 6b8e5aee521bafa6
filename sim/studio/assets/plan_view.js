// Draws the plan: every level's floor and rooms, coloured by trade and named, as one SVG in metres.

import { makeCamera } from "./camera.js";
import { isRentable } from "./draft.js";
import { refill, svg } from "./dom.js";
import { boundsOf, labelOf, middleOf, pathOf } from "./geometry.js";
import { state, unitOf } from "./store.js";
import { whole, words, wordsOr } from "./words.js";

const LABEL_LEAST_PX = 6.4;
const LABEL_MOST_PX = 13;
const TITLE_PX = 15;
const GAP = 0.09; // between levels beside each other, of a level's width
const SIGNS = { escalator: "⇅", lift: "▣", stairs: "≡" };

/** Build the view in a node; `mayPan(event)` as in the camera. */
export function makePlanView(node, mayPan) {
  const world = svg("g");
  const picture = svg("svg", { class: "plan", role: "group" }, world);
  node.append(picture);
  const view = { node, picture, world, levels: new Map(), rooms: new Map(), signs: [], camera: null };
  view.camera = makeCamera(picture, world, (scale) => sizeTexts(view, scale), mayPan);
  new ResizeObserver(() => state.plan && view.camera.isHome() && showLevels(view)).observe(node);
  return view;
}

/** Draw another plan. */
export function drawPlan(view) {
  view.levels.clear();
  view.rooms.clear();
  view.signs = [];
  view.picture.setAttribute("aria-label", words("plan_label", { name: state.plan.name }));
  refill(view.world, state.plan.levels.map((level) => drawLevel(view, level)));
  drawTenants(view);
  arrange(view);
  fitLevel(view);
}

function drawLevel(view, level) {
  const floor = svg("path", { class: "floor", "fill-rule": "evenodd", d: level.floor.map(pathOf).join("") });
  const outline = svg("path", { class: "outline", "fill-rule": "evenodd", d: (level.outline ?? []).map(pathOf).join("") });
  const rooms = state.plan.units.filter((unit) => unit.level === level.id).map((unit) => drawRoom(view, unit));
  rooms.sort((one, another) => Number(one.classList.contains("store")) - Number(another.classList.contains("store")));
  const marks = [
    ...state.plan.connectors.filter((each) => each.level === level.id).map((each) => drawSign(view, each, SIGNS[each.kind] ?? "•", `connector ${each.kind}`, each.id)),
    ...state.plan.entrances.filter((each) => each.level === level.id).map((each) => drawSign(view, each, "▲", "entrance", each.id)),
  ];
  const [x0, , , y1] = level.bounds;
  const title = svg("text", { class: "level-title", x: x0, y: -y1 }, level.name);
  const layers = Object.fromEntries(["under", "texts", "over", "marks"].map((name) => [name, svg("g", { class: name })]));
  const labels = state.plan.units.filter((unit) => unit.level === level.id).map((unit) => view.rooms.get(unit.id).label);
  layers.texts.append(...labels);
  const group = svg("g", { class: "level", "data-level": level.id }, title, outline, floor, ...rooms, layers.under, layers.texts, ...marks, layers.over, layers.marks);
  view.levels.set(level.id, { group, title, ...layers, bounds: level.bounds });
  return group;
}

function drawRoom(view, unit) {
  const shape = svg("path", { class: "room", d: pathOf([unit.ring]), "data-unit": unit.id }, svg("title"));
  const label = svg("text", { class: "label" });
  shape.classList.add(isRentable(unit) ? "store" : "structure");
  if (isRentable(unit)) {
    shape.setAttribute("role", "button");
    shape.setAttribute("tabindex", "-1");
  }
  view.rooms.set(unit.id, { unit, shape, label, middle: middleOf(unit.ring), size_m: 0, name: null });
  return shape;
}

function drawSign(view, { x_m, y_m }, text, kind, name) {
  const sign = svg("text", { class: `sign ${kind}`, x: x_m, y: -y_m }, svg("title", {}, name), text);
  view.signs.push(sign);
  return sign;
}

/** Show who is in each room now. */
export function drawTenants(view) {
  for (const room of view.rooms.values()) {
    const who = state.inRoom.get(room.unit.id) ?? null;
    const tenant = who === null ? null : unitOf(who);
    const name = tenant ? tenant.name : isRentable(room.unit) ? "" : room.unit.name;
    const trade = tenant ? tenant.category : "";
    room.shape.classList.toggle("is-moved", who !== null && who !== room.unit.id);
    room.shape.classList.toggle("is-empty", isRentable(room.unit) && who === null);
    if (isRentable(room.unit)) {
      room.shape.dataset.trade = trade;
      room.shape.setAttribute("aria-label", sayRoom(room.unit, tenant));
      room.shape.firstChild.textContent = sayRoom(room.unit, tenant);
    }
    if (name === room.name) continue;
    room.name = name;
    nameRoom(room, name);
  }
  sizeTexts(view, view.camera.scale());
}

/** Return a room in words. */
export function sayRoom(unit, tenant) {
  const level = state.plan.levels.find((each) => each.id === unit.level).name;
  const category = tenant ? wordsOr(`category_${tenant.category}`, tenant.category) : unit.id;
  return words("unit_label", { name: tenant ? tenant.name : words("unit_empty"), category, area: whole(unit.area_m2), level });
}

function nameRoom(room, name) {
  const { lines, size_m, degrees } = name ? labelOf(name, room.unit.ring, room.middle) : { lines: [], size_m: 0, degrees: 0 };
  room.size_m = size_m;
  room.shown = undefined;
  const [x, y] = [room.middle.x, -room.middle.y];
  room.label.setAttribute("transform", `translate(${x.toFixed(2)} ${y.toFixed(2)}) rotate(${(-degrees).toFixed(1)})`);
  refill(room.label, lines.map((line, index) => svg("tspan", { x: 0, dy: index ? "1.15em" : `${(0.35 - 0.575 * (lines.length - 1)).toFixed(3)}em` }, line)));
}

/** Size what is to be read by the zoom: names as large as they fit and no larger than reads well, none that is too small to read. */
function sizeTexts(view, scale) {
  view.node.style.setProperty("--px", String(1 / scale));
  for (const room of view.rooms.values()) {
    const size = Math.min(room.size_m, (room.shape.classList.contains("store") ? LABEL_MOST_PX : 10) / scale);
    const shown = size * scale >= LABEL_LEAST_PX ? size.toFixed(3) : "";
    if (shown === room.shown) continue;
    room.shown = shown;
    room.label.setAttribute("display", shown ? "inline" : "none");
    if (shown) room.label.setAttribute("font-size", shown);
  }
  for (const sign of view.signs) sign.setAttribute("font-size", String(Math.min(11 / scale, 2.6)));
  for (const { title } of view.levels.values()) {
    title.setAttribute("font-size", String(TITLE_PX / scale));
    title.setAttribute("dy", String(-9 / scale));
  }
}

/** Put the levels beside each other so that they are as large as can be, or over each other where one is shown. */
function arrange(view) {
  const levels = [...view.levels.entries()];
  const [width, height] = spanOf(view);
  const together = levels.filter(([id]) => isShownInAll(id));
  const [gapX, gapY] = [width * GAP, Math.max(height * 0.16, width * 0.05)];
  const aspect = (view.node.clientWidth || 600) / (view.node.clientHeight || 400);
  const columns = bestColumns(together.length, width + gapX, height + gapY, aspect);
  levels.forEach(([id, level]) => {
    const isShown = isVisible(id);
    level.group.setAttribute("display", isShown ? "inline" : "none");
    level.title.setAttribute("display", state.level === null ? "inline" : "none");
    const place = together.length - 1 - together.findIndex(([other]) => other === id); // the highest level first, as in a building
    const [column, row] = state.level === null && isShown ? [place % columns, Math.floor(place / columns)] : [0, 0];
    level.offset = [column * (width + gapX), row * (height + gapY)];
    level.group.setAttribute("transform", `translate(${level.offset[0]} ${level.offset[1]})`);
  });
}

/** Return whether a level stands among all of them: car parks do not where there are floors with rooms to let. */
function isShownInAll(id) {
  const hasRooms = (level) => state.plan.units.some((unit) => unit.level === level && isRentable(unit));
  return hasRooms(id) || !state.plan.levels.some((level) => hasRooms(level.id));
}

const isVisible = (id) => (state.level === null ? isShownInAll(id) : state.level === id);

function spanOf(view) {
  const [x0, y0, x1, y1] = wholeOf([...view.levels.values()].map((level) => level.bounds));
  return [x1 - x0, y1 - y0];
}

function bestColumns(count, width, height, aspect) {
  let best = { columns: 1, scale: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const scale = Math.min(aspect / (columns * width), 1 / (Math.ceil(count / columns) * height));
    if (scale > best.scale) best = { columns, scale };
  }
  return best.columns;
}

const wholeOf = (boxes) => [0, 1, 2, 3].map((side) => (side < 2 ? Math.min : Math.max)(...boxes.map((box) => box[side])));

/** Arrange the levels anew and show all that is to be seen. */
export function showLevels(view) {
  arrange(view);
  fitLevel(view);
}

/** Show the whole of the level, or of all levels. */
export function fitLevel(view) {
  const shown = [...view.levels.entries()].filter(([id]) => isVisible(id));
  if (!shown.length) return;
  const boxes = shown.map(([, { bounds: [x0, y0, x1, y1], offset: [dx, dy] }]) => [x0 + dx, -y1 + dy, x1 + dx, -y0 + dy]);
  const [x0, y0, x1, y1] = wholeOf(boxes);
  view.camera.fit([x0, y0 - (state.level === null ? (y1 - y0) * 0.04 : 0), x1, y1]);
}

/** Go to a unit, close enough to read its name. */
export function goTo(view, unitId) {
  const { unit } = view.rooms.get(unitId);
  const [dx, dy] = view.levels.get(unit.level).offset;
  const [x0, y0, x1, y1] = boundsOf(unit.ring);
  const edge = Math.max(18, 1.5 * Math.max(x1 - x0, y1 - y0));
  view.camera.fit([x0 - edge + dx, -y1 - edge + dy, x1 + edge + dx, -y0 + edge + dy], false, 16);
}

/** Return the level and the place in metres under a point of the window; null between levels. */
export function placeAt(view, clientX, clientY) {
  const [x, y] = view.camera.placeOf(clientX, clientY);
  for (const [id, { bounds: [x0, y0, x1, y1], offset: [dx, dy] }] of view.levels) {
    if (!isVisible(id)) continue;
    const [x_m, y_m] = [x - dx, -(y - dy)];
    if (x_m >= x0 && x_m <= x1 && y_m >= y0 && y_m <= y1) return { level: id, x_m: Math.round(x_m * 10) / 10, y_m: Math.round(y_m * 10) / 10 };
  }
  return null;
}
