// What is told beside the plan: of a shop, of a visit, of nobody; and the search. Names are only ever set as text.
const DOING = ["walking", "waiting", "in a shop", "riding", "in a line"];
const PARTS = ["walking", "waiting for a lift, for room or for others", "in a shop", "on stairs, escalator or lift", "in a line"];
const FOUND_MOST = 12, LINES_SHOWN = 60;

function made(tag, text = "", props = {}) {
  const element = document.createElement(tag);
  element.textContent = text;
  Object.assign(element, props);
  return element;
}

function whole(value) {
  return Math.round(value).toLocaleString("en-GB");
}

function yuan(fen) {
  return `¥${(fen / 100).toLocaleString("en-GB", { maximumFractionDigits: fen < 100000 ? 2 : 0 })}`;
}

function clock(tick, ticksPerS, withSeconds = false) {
  const seconds = Math.floor(tick / ticksPerS), two = (value) => String(value).padStart(2, "0");
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}${withSeconds ? `:${two(seconds % 60)}` : ""}`;
}

function rows(pairs) {
  const list = made("dl");
  for (const [term, value] of pairs) list.append(made("dt", term), made("dd", String(value)));
  return list;
}

function entriesUntil(sorted, tick) {
  return lowerBound(sorted, tick + 1);
}

function salesUntil(sales, tick) {
  return sales.reduce((sum, [at, fen]) => sum + (at <= tick ? fen : 0), 0);
}

function tellShop(view, unit) {
  const { day, crowd, count } = view, shop = day.shops[unit], facts = day.plan.units[unit], now = crowd.now;
  const entries = entriesUntil(shop.entries, now), sold = shop.sales.filter(([tick]) => tick <= now).length;
  return [
    made("h3", facts.name),
    made("p", `${facts.category.replaceAll("_", " ")} · ${day.plan.levels[facts.level].name} · ${whole(facts.area_m2)} m²`, { className: "muted" }),
    rows([
      ["People inside now", whole(count.inside[unit])],
      ["Parties in its lines now", whole(count.waiting[unit])],
      ["Parties that came in so far", whole(entries)],
      ["Purchases so far", whole(sold)],
      ["Sales so far", yuan(salesUntil(shop.sales, now))],
    ]),
  ];
}

function wordsOfVisit(day, visit) {
  const marks = day.marks[visit], words = [day.words.purposes[day.purpose[visit]] ?? "purpose not known"];
  if (marks & MEMBER) words.push("member");
  if (marks & BY_CAR) words.push("by car");
  if (marks & WITH_CHILDREN) words.push("with children");
  if (marks & PART) words.push("part of a party that has split");
  return words.join(" · ");
}

function tellVisit(view, visit) {
  const { day, crowd } = view, place = crowd.place(visit), now = crowd.now, told = day.told.get(visit);
  const from = day.start[visit], to = day.tick[day.first[visit + 1] - 1];
  const people = day.people[crowd.at[visit] >= 0 ? crowd.at[visit] : day.first[visit]] % BEGINS;
  const doing = place ? (place.unit >= 0 ? `${DOING[place.doing]}: ${day.plan.units[place.unit].name}` : PARTS[place.doing]) : now < from ? "not here yet" : "has left";
  const found = [
    made("h3", `Party ${whole(visit + 1)}`),
    made("p", wordsOfVisit(day, visit), { className: "muted" }),
    rows([
      ["Now", doing],
      ["People", people],
      ["Floor", place ? day.plan.levels[place.level].name : "–"],
      ["In the mall", `${clock(from, day.ticksPerS)} to ${clock(to, day.ticksPerS)}`],
      ["Spent so far", yuan(salesUntil(day.sales.get(visit) ?? [], now))],
      ["Offers held", crowd.offersHeld(visit, now)],
    ]),
  ];
  if (told) found.push(...tellInFull(view, told, now));
  else found.push(made("p", "Of 500 parties everything is told: “Follow somebody” picks one of them.", { className: "muted small" }));
  found.push(made("p", `Number ${numberOf(day, visit)}`, { className: "muted small" }));
  return found;
}

function tellInFull(view, told, now) {
  const { day } = view, found = [], past = told.lines.filter(([tick]) => tick <= now);
  if (told.agenda?.length) found.push(made("p", `Came for: ${told.agenda.map((need) => need.replaceAll("_", " ")).join(", ")}`));
  if (told.points_centi !== undefined) {
    const points = past.reduce((sum, line) => sum + line[2], told.points_centi) / 100;
    found.push(made("p", told.is_member ? `Wallet: ${whole(points)} points` : "Wallet: no member, no points"));
  }
  const held = new Map();
  for (const [, , , more, offer] of past) if (more) held.set(offer, (held.get(offer) ?? 0) + more);
  const offers = [...held].filter(([, count]) => count > 0).map(([offer]) => offer);
  if (offers.length) found.push(made("p", `Offers held: ${offers.join(", ")}`));
  const seen = told.fixes.filter((fix) => fix.tick <= now);
  if (told.fixes.length) {
    const last = seen.at(-1), place = view.crowd.place(told.visit);
    const wrong = last && place ? (last.level === place.level ? `${whole(Math.hypot(last.x - place.x, last.y - place.y))} m from where it is now` : "on another floor") : "";
    found.push(made("p", `Wi-Fi fixes so far: ${seen.length} (squares); the last ${last ? `at ${clock(last.tick, day.ticksPerS)}${wrong && ", "}` : "not yet"}${wrong}`));
  } else found.push(made("p", day.words.has_fixes ? "The Wi-Fi never located it." : "Wi-Fi fixes were not kept in this run (recording=replay keeps them).", { className: "muted small" }));
  found.push(made("h4", "What befell it, and why"));
  const list = made("ol", "", { className: "journal" });
  for (const [tick, sentence] of past.slice(-LINES_SHOWN).toReversed()) {
    const item = made("li");
    item.append(made("time", clock(tick, day.ticksPerS)), made("span", sentence));
    list.append(item);
  }
  found.push(past.length ? list : made("p", "Nothing yet.", { className: "muted" }));
  return found;
}

// Returns shops by name, trade or id, and visits by their number or their place in the order of coming.
function search(day, words) {
  const wanted = words.trim().toLowerCase(), found = [];
  if (!wanted) return found;
  day.plan.units.forEach((unit, number) => {
    if ([unit.name, unit.id, unit.category].some((text) => text.toLowerCase().includes(wanted)))
      found.push({ unit: number, text: `${unit.name} · ${day.plan.levels[unit.level].name}` });
  });
  const digits = wanted.replace(/^(party|#)\s*/, "").replaceAll(/[,\s]/g, "");
  if (/^\d+$/.test(digits)) {
    let visit = digits.length < 9 ? Number(digits) - 1 : -1;
    if (digits.length >= 9) visit = rowOf(day, Number(BigInt(digits) >> 32n), Number(BigInt(digits) & 0xffffffffn));
    if (visit >= 0 && visit < day.visits) found.unshift({ visit, text: `Party ${whole(visit + 1)} · ${clock(day.start[visit], day.ticksPerS)}` });
  }
  return found.slice(0, FOUND_MOST);
}
