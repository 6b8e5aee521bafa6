// Marks on the plan where something is wrong or to be confirmed; they stay until it is mended.

import { refill, svg } from "./dom.js";
import { sayRoom } from "./plan_view.js";
import { placeOf, sayProblem } from "./problems_panel.js";
import { on, state, unitOf } from "./store.js";

const WEIGHTS = ["error", "warning", "note"]; // the heaviest gives the mark its colour
const ABOVE_PX = 26; // of a room's middle, where its name stands

/** Keep the marks of a plan view: of the drawing's problems, and of those that the server finds in the draft. */
export function makeProblemMarks(view) {
  let ofDraft = []; // until the next answer, so that marks do not flicker while one types
  const draw = () => drawMarks(view, [...state.plan.problems, ...ofDraft]);
  on("opened", () => {
    ofDraft = [];
    draw();
  });
  on("checked", () => {
    ofDraft = (state.checked?.isUnanswered ? [] : state.checked?.problems ?? []).map((problem) => ({ ...problem, weight: "error" }));
    draw();
  });
  on("draft", draw);
}

function drawMarks(view, problems) {
  const places = new Map();
  for (const problem of problems) {
    const place = placeOf(problem);
    const key = place && `${place.kind} ${place.each.id ?? `${place.each.level} ${place.each.x_m} ${place.each.y_m}`}`;
    if (place) places.set(key, { place, problems: [...(places.get(key)?.problems ?? []), problem] });
  }
  const inLevel = new Map([...view.levels.keys()].map((level) => [level, []]));
  const said = new Map();
  for (const { place, problems: here } of places.values()) {
    const mark = drawMark(view, place, here);
    inLevel.get(place.each.level)?.push(mark);
    if (place.kind === "units") said.set(place.each.id, here);
  }
  for (const [id, level] of view.levels) refill(level.marks, inLevel.get(id));
  for (const room of view.rooms.values()) sayTrouble(room, said.get(room.unit.id) ?? []);
}

function drawMark(view, { kind, each }, problems) {
  const weight = WEIGHTS.find((one) => problems.some((problem) => problem.weight === one)) ?? WEIGHTS[0];
  const middle = kind === "units" ? view.rooms.get(each.id).middle : { x: each.x_m, y: each.y_m };
  const mark = svg("g", { class: `problem-mark ${weight} of-${kind}`, "data-marks": each.id ?? "" },
    svg("title", {}, problems.map(sayProblem).join("\n")), svg("path", { d: "M0 -9 L9.5 7.5 L-9.5 7.5 Z" }), svg("text", { y: 5 }, "!"));
  mark.style.setProperty("transform", `translate(${middle.x}px, ${-middle.y}px) scale(var(--px)) translate(0, ${kind === "units" ? -ABOVE_PX : 0}px)`);
  return mark;
}

/** Let a room's name for pointer and screen reader end with what is wrong there. */
function sayTrouble(room, problems) {
  const who = state.inRoom.get(room.unit.id) ?? null;
  const isStore = room.shape.classList.contains("store");
  const name = isStore ? sayRoom(room.unit, who === null ? null : unitOf(who)) : "";
  const text = [name, ...problems.map(sayProblem)].filter(Boolean).join("\n");
  if (isStore) room.shape.setAttribute("aria-label", text);
  room.shape.firstChild.textContent = text;
}
