// What a planner has changed, as plain data and pure functions: who rents which room, what differs from the scenario, what the server is sent.

/** Return the draft of a scenario that nobody has changed yet. Moves are {who: unit of the drawing, to: unit}, one after the other. */
export function freshDraft(scenario, plan) {
  const points = scenario.access_points?.map(({ level, x_m, y_m }, index) => ({ id: `own-${index}`, level, x_m, y_m })) ?? null;
  return { base: scenario.name, floorplan: scenario.floorplan, policies: [...scenario.policies], overrides: {}, moves: ownMoves(scenario, plan), accessPoints: points };
}

/** Return the moves that a scenario itself makes, which name tenants or units. */
function ownMoves(scenario, plan) {
  const named = (word) => (plan.units.find((unit) => unit.id === word) ?? plan.units.find((unit) => unit.is_let && unit.name === word))?.id;
  const moves = [];
  for (const { tenant, to } of scenario.moves ?? []) {
    const inRoom = occupants(plan, moves);
    const isUnit = plan.units.some((unit) => unit.id === tenant);
    const who = isUnit ? inRoom.get(tenant) : named(tenant);
    const goal = plan.units.some((unit) => unit.id === to) ? to : named(to) && roomOf(inRoom, named(to));
    if (who && goal) moves.push({ who, to: goal });
  }
  return moves;
}

/** Return for each unit id the tenant in it after the moves: the id of the unit in which the drawing has it, or null. */
export function occupants(plan, moves) {
  const inRoom = new Map(plan.units.map((unit) => [unit.id, unit.is_let ? unit.id : null]));
  for (const { who, to } of moves) {
    const from = roomOf(inRoom, who);
    if (from === null || from === to || !inRoom.has(to)) continue;
    inRoom.set(from, inRoom.get(to));
    inRoom.set(to, who);
  }
  return inRoom;
}

export function roomOf(inRoom, who) {
  for (const [room, tenant] of inRoom) if (tenant === who) return room;
  return null;
}

/** Return whether a room can be rented: shafts, toilets and back rooms cannot. */
export function isRentable(unit) {
  return unit.is_let || (unit.kind ?? "vacant") === "vacant";
}

/**
 * Return what keeps a tenant from a room: null where it fits, else {who, needs_m2, has_m2, share}: the tenant that lacks floor, and the
 * share of its floor that it would have. A tenant can do with `least` of the floor that it has as drawn; so must the one it changes with.
 */
export function obstacle(plan, inRoom, who, to, least) {
  const unit = new Map(plan.units.map((each) => [each.id, each]));
  const from = roomOf(inRoom, who);
  const other = inRoom.get(to);
  const wanting = [[who, to], ...(other === null || other === undefined ? [] : [[other, from]])];
  const short = wanting
    .map(([tenant, room]) => ({ who: tenant, needs_m2: floorOf(unit.get(tenant)) * least, has_m2: unit.get(room).area_m2, share: unit.get(room).area_m2 / floorOf(unit.get(tenant)) }))
    .filter((each) => each.has_m2 < each.needs_m2 - 1e-6);
  return short.sort((one, another) => one.share - another.share)[0] ?? null;
}

const floorOf = (unit) => unit.floor_area_m2 ?? unit.area_m2;

/** Return a draft with a tenant moved once more; `own` are the scenario's own moves, which come first. Moves that undo each other leave no trace. */
export function withMove(draft, plan, who, to, own = []) {
  return { ...draft, moves: tidied(plan, [...draft.moves, { who, to }], own) };
}

/** Return a draft without one of its moves. */
export function withoutMove(draft, plan, index, own = []) {
  return { ...draft, moves: tidied(plan, draft.moves.filter((_, place) => place !== index), own) };
}

/** Leave out moves of tenants to where they are already, and all but the scenario's own where they come to nothing. */
function tidied(plan, moves, own) {
  const kept = [];
  for (const move of moves) if (occupants(plan, kept).get(move.to) !== move.who) kept.push(move);
  const isOwn = same(moves.slice(0, own.length), own);
  return isOwn && same([...occupants(plan, kept)], [...occupants(plan, own)]) ? [...own] : kept;
}

/** Return the draft as the server takes it: each move by the unit in which its tenant stands at that moment; null is "as in the scenario". */
export function forServer(draft, scenario, plan) {
  const own = freshDraft(scenario, plan);
  const isOwnPlan = draft.floorplan === scenario.floorplan;
  const moves = draft.moves.map(({ who, to }, index) => {
    const before = occupants(plan, draft.moves.slice(0, index));
    return { tenant: roomOf(before, who), to };
  });
  const points = draft.accessPoints;
  return {
    base: draft.base, floorplan: draft.floorplan, policies: draft.policies, overrides: draft.overrides,
    moves: isOwnPlan && same(draft.moves, own.moves) ? null : moves,
    access_points: points === null || (isOwnPlan && same(points, own.accessPoints)) ? null : points.map(({ level, x_m, y_m }) => ({ level, x_m, y_m })),
  };
}

/** Return a draft with a value set; the scenario's own value leaves no trace. */
export function withValue(draft, key, value, ownValue) {
  const overrides = { ...draft.overrides };
  if (same(value, ownValue)) delete overrides[key];
  else overrides[key] = value;
  return { ...draft, overrides };
}

export function withPolicy(draft, name, isOn) {
  const others = draft.policies.filter((each) => each !== name);
  return { ...draft, policies: isOn ? [...others, name] : others };
}

export const same = (one, another) => JSON.stringify(one) === JSON.stringify(another);

/** Return each difference from the scenario: {sort, ...} with the draft that is left without it. */
export function changesOf(draft, scenario, plan) {
  const found = [];
  if (draft.floorplan !== scenario.floorplan) {
    found.push({ sort: "floorplan", from: scenario.floorplan, to: draft.floorplan, without: { ...draft, floorplan: scenario.floorplan, moves: [], accessPoints: null } });
  }
  const own = freshDraft(scenario, plan);
  const ownMovesHere = draft.floorplan === scenario.floorplan ? own.moves : [];
  draft.moves.forEach(({ who, to }, index) => {
    if (same(draft.moves[index], ownMovesHere[index])) return;
    const before = occupants(plan, draft.moves.slice(0, index));
    found.push({ sort: "move", who, from: roomOf(before, who), to, other: before.get(to), without: withoutMove(draft, plan, index, ownMovesHere) });
  });
  for (const name of draft.policies.filter((each) => !scenario.policies.includes(each))) {
    found.push({ sort: "policy_on", name, without: withPolicy(draft, name, false) });
  }
  for (const name of scenario.policies.filter((each) => !draft.policies.includes(each))) {
    found.push({ sort: "policy_off", name, without: { ...draft, policies: scenario.policies.filter((each) => each === name || draft.policies.includes(each)) } });
  }
  for (const [key, value] of Object.entries(draft.overrides)) {
    const overrides = Object.fromEntries(Object.entries(draft.overrides).filter(([each]) => each !== key));
    found.push({ sort: "value", key, to: value, without: { ...draft, overrides } });
  }
  if (!same(draft.accessPoints, own.accessPoints)) {
    found.push({ sort: "access_points", ...pointsChanged(own.accessPoints ?? plan.access_points, draft.accessPoints ?? plan.access_points), without: { ...draft, accessPoints: own.accessPoints } });
  }
  return found;
}

function pointsChanged(before, points) {
  const was = new Map(before.map((each) => [each.id, each]));
  const now = new Map(points.map((each) => [each.id, each]));
  const moved = [...was].filter(([id, each]) => now.has(id) && (now.get(id).x_m !== each.x_m || now.get(id).y_m !== each.y_m)).length;
  return { moved, added: [...now].filter(([id]) => !was.has(id)).length, removed: [...was].filter(([id]) => !now.has(id)).length };
}
