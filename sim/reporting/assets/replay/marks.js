// What changes on top of the plan: lines at tills and tables, car parks, messages read, density, and whoever is followed.
const POP_S = 60, TRAIL_S = 900, CELL_M = 3, REACH = 1, WAITING_LEAST = 3;
// Level of service of walkways, in m2 a person from A to F (Fruin 1971, "Pedestrian planning and design").
const SERVICE_M2 = [3.24, 2.32, 1.39, 0.93, 0.46];
const SERVICE_COLOURS = ["#2c7bb6", "#7fbf9e", "#d9e26a", "#fdae61", "#ee6a3b", "#b2182b"];

function drawMarks(view, speed) {
  const { marks: pen, marksCanvas, crowd } = view, count = crowd.count();
  view.count = count;
  view.marked = []; // boxes of pixels that hold any mark: [left, top, right, bottom]
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, marksCanvas.width, marksCanvas.height);
  if (view.showsDensity) drawDensity(view, pen);
  if (view.showsNumbers) {
    drawLines(view, pen, count);
    drawParks(view, pen);
  }
  if (view.showsMessages) drawMessages(view, pen, speed);
  if (view.chosenUnit >= 0) outlineUnit(view, pen);
  if (view.followed >= 0) drawFollowed(view, pen);
  if (view.showsDensity || view.chosenUnit >= 0 || view.followed >= 0) view.marked = [[0, 0, marksCanvas.width, marksCanvas.height]];
}

function mark(view, left, top, right, bottom) {
  const { width, height } = view.marksCanvas;
  const box = [Math.max(Math.floor(left), 0), Math.max(Math.floor(top), 0), Math.min(Math.ceil(right), width), Math.min(Math.ceil(bottom), height)];
  if (box[0] >= box[2] || box[1] >= box[3]) return;
  // Boxes never overlap, or what lies in two would be laid on twice.
  for (let at = view.marked.length - 1; at >= 0; at--) {
    const other = view.marked[at];
    if (other[0] < box[2] && box[0] < other[2] && other[1] < box[3] && box[1] < other[3]) {
      view.marked.splice(at, 1);
      return mark(view, Math.min(box[0], other[0]), Math.min(box[1], other[1]), Math.max(box[2], other[2]), Math.max(box[3], other[3]));
    }
  }
  view.marked.push(box);
}

function badge(view, pen, x, y, text, fill, ink) {
  const { ratio, theme } = view, size = 11 * ratio;
  pen.font = `600 ${size}px ${theme.font}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  const width = pen.measureText(text).width + 8 * ratio;
  pen.fillStyle = fill;
  pen.beginPath();
  pen.roundRect(x - width / 2, y - size * 0.75, width, size * 1.5, 3 * ratio);
  pen.fill();
  pen.fillStyle = ink;
  pen.fillText(text, x, y + 0.5 * ratio);
  mark(view, x - width / 2 - 1, y - size * 0.75 - 1, x + width / 2 + 1, y + size * 0.75 + 1);
}

function drawLines(view, pen, count) {
  const isNear = view.camera.k > 4 * view.ratio;
  count.waiting.forEach((waiting, unit) => {
    if (waiting < (isNear ? 1 : WAITING_LEAST)) return;
    const { box } = view.unitShape[unit], at = view.pixel(view.day.plan.units[unit].level, (box[0] + box[2]) / 2, -box[1]);
    if (at) badge(view, pen, at[0], at[1] + 7 * view.ratio, String(waiting), view.theme.alarm, view.theme.onAlarm);
  });
}

function drawParks(view, pen) {
  const { day } = view, minute = Math.floor(view.crowd.now / (60 * day.ticksPerS));
  day.plan.parks.forEach((park, index) => {
    const series = day.parked[index], taken = series[Math.min(Math.max(minute, 0), series.length - 1)] ?? 0;
    const box = park.rings.length ? boxOf(park.rings) : null;
    const at = box ? view.pixel(park.level, (box[0] + box[2]) / 2, -(box[1] + box[3]) / 2) : view.pixel(park.level, park.x_m, park.y_m);
    const isFull = taken >= 0.95 * park.bays, name = view.camera.k > 3 * view.ratio ? `${park.name}  ` : "", { theme } = view;
    if (at) badge(view, pen, at[0], at[1], `${name}${taken}/${park.bays}`, isFull ? theme.alarm : theme.badge, isFull ? theme.onAlarm : theme.onBadge);
  });
}

function drawMessages(view, pen, speed) {
  const { happened, ticksPerS } = view.day, { now } = view.crowd, { ratio } = view, span = Math.max(POP_S, speed) * ticksPerS;
  let index = lowerBound(happened.tick, now - span);
  for (; index < happened.tick.length && happened.tick[index] <= now; index++) {
    const place = view.crowd.place(happened.visit[index]), at = place && view.pixel(place.level, place.x, place.y);
    if (!at || happened.what[index] > 2) continue;
    const age = (now - happened.tick[index]) / span;
    pen.strokeStyle = happened.what[index] === 0 ? view.theme.message : view.theme.alarm;
    pen.globalAlpha = 1 - age;
    pen.lineWidth = 2 * ratio;
    pen.beginPath();
    pen.arc(at[0], at[1], (4 + 9 * age) * ratio, 0, 7);
    pen.stroke();
    pen.strokeRect(at[0] - 5 * ratio, at[1] - 19 * ratio, 10 * ratio, 7 * ratio);
    pen.beginPath();
    pen.moveTo(at[0] - 5 * ratio, at[1] - 19 * ratio);
    pen.lineTo(at[0], at[1] - 15 * ratio);
    pen.lineTo(at[0] + 5 * ratio, at[1] - 19 * ratio);
    pen.stroke();
    pen.globalAlpha = 1;
    mark(view, at[0] - 16 * ratio, at[1] - 21 * ratio, at[0] + 16 * ratio, at[1] + 16 * ratio);
  }
}

function lowerBound(sorted, value) {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function outlineUnit(view, pen) {
  const { unit, path } = view.unitShape[view.chosenUnit];
  if (!view.offsets[unit.level * 3 + 2]) return;
  view.onFloor(pen, unit.level);
  pen.lineWidth = (3 * view.ratio) / view.camera.k;
  pen.strokeStyle = view.theme.accent;
  pen.stroke(path);
  pen.setTransform(1, 0, 0, 1, 0, 0);
}

// Draws where the followed visit has been of late, its Wi-Fi fixes beside it, and itself in a ring.
function drawFollowed(view, pen) {
  const { day, crowd, ratio, theme, followed: visit } = view, since = crowd.now - TRAIL_S * day.ticksPerS;
  pen.strokeStyle = theme.accent;
  pen.lineWidth = 2.5 * ratio;
  pen.beginPath();
  let level = -1;
  const to = (onLevel, x, y) => {
    const at = view.pixel(onLevel, x, y);
    if (at) onLevel === level ? pen.lineTo(...at) : pen.moveTo(...at);
    level = at ? onLevel : -1;
  };
  for (let index = day.first[visit]; index < day.first[visit + 1] && day.tick[index] <= crowd.now; index++)
    if (day.tick[index] >= since) to(day.look[index] & LEVELS, day.x[index] * day.metres + day.corner[0], day.y[index] * day.metres + day.corner[1]);
  const place = crowd.place(visit), here = place && view.pixel(place.level, place.x, place.y);
  if (here) to(place.level, place.x, place.y);
  pen.stroke();
  for (const fix of day.told.get(visit)?.fixes ?? []) {
    const at = fix.tick <= crowd.now && fix.tick >= since && view.pixel(fix.level, fix.x, fix.y);
    if (!at) continue;
    pen.lineWidth = 1.5 * ratio;
    pen.strokeStyle = theme.message;
    pen.strokeRect(at[0] - 3.5 * ratio, at[1] - 3.5 * ratio, 7 * ratio, 7 * ratio);
  }
  if (!here) return;
  pen.lineWidth = 3 * ratio;
  pen.strokeStyle = theme.paper;
  pen.beginPath();
  pen.arc(here[0], here[1], 11 * ratio, 0, 7);
  pen.stroke();
  pen.strokeStyle = theme.accent;
  pen.beginPath();
  pen.arc(here[0], here[1], 9 * ratio, 0, 7);
  pen.stroke();
}

// Counts people on foot in squares with their neighbours, and colours by the level of service of the walkable floor there.
function drawDensity(view, pen) {
  const { crowd, day, shapes } = view;
  view.floorCells ??= shapes.map((shape) => walkableCells(shape));
  const grids = view.floorCells.map(({ columns, rows }) => new Float32Array(columns * rows));
  for (const visit of crowd.present.subarray(0, crowd.inside)) {
    const doing = crowd.looks[visit * 4 + 1];
    if (doing !== WALKING && doing !== STANDING) continue;
    const place = crowd.place(visit), { box } = shapes[place.level], { columns, rows } = view.floorCells[place.level];
    const column = Math.floor((place.x - box[0]) / CELL_M), row = Math.floor((-place.y - box[1]) / CELL_M);
    if (column >= 0 && row >= 0 && column < columns && row < rows) grids[place.level][row * columns + column] += place.people;
  }
  shapes.forEach((shape, level) => {
    if (!view.offsets[level * 3 + 2]) return;
    view.onFloor(pen, level);
    const { columns, rows, area } = view.floorCells[level], grid = grids[level];
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        if (area[row * columns + column] < 0.5) continue;
        let people = 0, floor = 0;
        for (let beside = -REACH; beside <= REACH; beside++)
          for (let below = -REACH; below <= REACH; below++) {
            const at = (row + below) * columns + column + beside;
            if (row + below < 0 || row + below >= rows || column + beside < 0 || column + beside >= columns) continue;
            people += grid[at];
            floor += area[at];
          }
        if (people === 0) continue;
        const service = SERVICE_M2.filter((least) => floor / people < least).length;
        pen.fillStyle = SERVICE_COLOURS[service];
        pen.globalAlpha = service ? 0.6 : 0.22;
        pen.fillRect(shape.box[0] + column * CELL_M, shape.box[1] + row * CELL_M, CELL_M, CELL_M);
      }
  });
  pen.globalAlpha = 1;
  pen.setTransform(1, 0, 0, 1, 0, 0);
}

// Returns the walkable m2 of each square of a floor, counted on a small picture of it.
function walkableCells(shape) {
  const [left, top, right, bottom] = shape.box, fine = 2;
  const columns = Math.ceil((right - left) / CELL_M), rows = Math.ceil((bottom - top) / CELL_M);
  const canvas = new OffscreenCanvas(Math.max(columns * CELL_M * fine, 1), Math.max(rows * CELL_M * fine, 1)), pen = canvas.getContext("2d");
  pen.setTransform(fine, 0, 0, fine, -left * fine, -top * fine);
  for (const path of shape.floor) pen.fill(path, "evenodd");
  const { data } = pen.getImageData(0, 0, canvas.width, canvas.height), area = new Float32Array(columns * rows);
  for (let y = 0; y < canvas.height; y++)
    for (let x = 0; x < canvas.width; x++)
      area[Math.floor(y / fine / CELL_M) * columns + Math.floor(x / fine / CELL_M)] += data[(y * canvas.width + x) * 4 + 3] / 255 / fine / fine;
  return { columns, rows, area };
}
