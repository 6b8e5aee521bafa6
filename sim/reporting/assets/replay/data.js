// Reads a run that the page carries: base64 of gzip, a head in JSON, then columns (see sim/reporting/replay/pack.py).
const BEGINS = 128, LEVELS = 31, DOING_SHIFT = 5, WALKING = 0, STANDING = 1, IN_SHOP = 2, RIDING = 3, QUEUEING = 4, ABSENT = 255;
const MEMBER = 1, BY_CAR = 2, WITH_CHILDREN = 4, PART = 8;

async function unzipped(text) {
  const packed = atob(text), bytes = new Uint8Array(packed.length);
  for (let at = 0; at < packed.length; at++) bytes[at] = packed.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function columnsOf(raw) {
  const view = new DataView(raw.buffer), length = view.getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(raw.subarray(8, 8 + length)));
  const plain = { uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array, int32: Int32Array, float64: Float64Array };
  const columns = {};
  let at = 8 + length;
  for (const column of head.columns) {
    if (column.kind === "varint" || column.kind === "zigzag") columns[column.name] = grouped(raw, at, column.count, column.kind === "zigzag");
    else columns[column.name] = new plain[column.kind](raw.buffer, at, column.count);
    at += column.bytes + ((8 - (column.bytes % 8)) % 8);
  }
  return { columns, words: head.words };
}

function grouped(raw, at, count, isSigned) {
  const values = isSigned ? new Int32Array(count) : new Uint32Array(count);
  for (let index = 0; index < count; index++) {
    let value = 0, place = 0, part;
    do {
      part = raw[at++];
      value |= (part & 127) << place;
      place += 7;
    } while (part > 127);
    values[index] = isSigned ? (value >>> 1) ^ -(value & 1) : value;
  }
  return values;
}

function summed(steps) {
  const values = new Int32Array(steps.length);
  for (let index = 0, sum = 0; index < steps.length; index++) values[index] = sum += steps[index];
  return values;
}

async function readDay(text) {
  const { columns, words } = columnsOf(await unzipped(text));
  const visits = words.visits, points = columns.look.length;
  const day = {
    words, visits, columns, plan: words.plan, metres: words.scale.grid_m, corner: words.scale.corner_m,
    first: new Int32Array(visits + 1), tick: new Int32Array(points), x: new Int16Array(points), y: new Int16Array(points),
    look: columns.look, people: columns.people, unit: new Int16Array(points),
    purpose: columns.purpose, marks: columns.marks, ticksPerS: 1e6 / words.scale.tick_us,
  };
  const starts = summed(columns.start_tick);
  for (let visit = 0, step = 0, stay = 0; visit < visits; visit++) {
    const from = day.first[visit], end = from + columns.keypoint_count[visit];
    day.first[visit + 1] = end;
    let tick = starts[visit], x = columns.start_x[visit], y = columns.start_y[visit], unit = -1;
    for (let index = from; index < end; index++) {
      if (index > from) {
        tick += columns.step_tick[step];
        x += columns.step_x[step];
        y += columns.step_y[step++];
      }
      const doing = day.look[index] >> DOING_SHIFT;
      if (day.people[index] >= BEGINS) unit = columns.stay_unit[stay++];
      else if (doing !== IN_SHOP && doing !== QUEUEING) unit = -1;
      day.tick[index] = tick;
      day.x[index] = x;
      day.y[index] = y;
      day.unit[index] = unit;
    }
  }
  day.start = starts;
  for (const name of ["step_tick", "step_x", "step_y", "keypoint_count"]) delete columns[name];
  readStory(day, columns);
  return day;
}

// Puts in order what is asked by shop or by visit: entries, sales, offers held, fixes.
function readStory(day, columns) {
  const units = day.plan.units.length;
  day.shops = Array.from({ length: units }, () => ({ entries: [], sales: [] }));
  for (let visit = 0; visit < day.visits; visit++)
    for (let index = day.first[visit]; index < day.first[visit + 1]; index++)
      if (day.people[index] >= BEGINS) day.shops[day.unit[index]].entries.push(day.tick[index]);
  for (const shop of day.shops) shop.entries.sort((one, other) => one - other);
  day.sales = new Map();
  const saleVisits = summed(columns.sale_visit);
  for (let sale = 0; sale < saleVisits.length; sale++) {
    const visit = saleVisits[sale], tick = day.start[visit] + columns.sale_tick[sale], fen = columns.sale_fen[sale];
    if (!day.sales.has(visit)) day.sales.set(visit, []);
    day.sales.get(visit).push([tick, fen, columns.sale_unit[sale]]);
    day.shops[columns.sale_unit[sale]].sales.push([tick, fen]);
  }
  for (const shop of day.shops) shop.sales.sort((one, other) => one[0] - other[0]);
  day.happened = { tick: summed(columns.happened_tick), visit: columns.happened_visit, what: columns.happened_what, which: columns.happened_which };
  day.held = new Map();
  day.happened.what.forEach((what, index) => {
    if (what === 0) return;
    const visit = day.happened.visit[index];
    if (!day.held.has(visit)) day.held.set(visit, []);
    day.held.get(visit).push([day.happened.tick[index], what === 1 ? 1 : -1]);
  });
  const parks = day.plan.parks.length, minutes = day.words.minutes;
  day.parked = day.plan.parks.map((_, park) => summed(columns.parked_cars.subarray(park * minutes, (park + 1) * minutes)));
  day.told = new Map(day.words.followed.map((told) => [told.visit, told]));
  let fix = 0;
  day.words.followed.forEach((told, nth) => {
    told.fixes = [];
    for (const end = fix + columns.fix_count[nth]; fix < end; fix++)
      told.fixes.push({
        tick: columns.fix_tick[fix], level: columns.fix_level[fix],
        x: columns.fix_x[fix] * day.metres + day.corner[0], y: columns.fix_y[fix] * day.metres + day.corner[1],
      });
  });
}

function numberOf(day, visit) {
  return ((BigInt(day.columns.number_high[visit]) << 32n) | BigInt(day.columns.number_low[visit])).toString();
}

// Returns the row of a visit by its number's two halves, -1 where the day has none.
function rowOf(day, high, low) {
  day.rows ??= new Map(Array.from(day.columns.number_low, (each, visit) => [`${day.columns.number_high[visit]}:${each}`, visit]));
  return day.rows.get(`${high}:${low}`) ?? -1;
}
