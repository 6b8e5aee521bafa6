// Outlines and places on the plan. The drawing's y runs down, the plan's up: everything here takes metres and gives drawing units with y turned.

/** Return the path of rings (outer and holes). */
export function pathOf(rings) {
  return rings.map((ring) => `M${ring.map(([x, y]) => `${x.toFixed(2)} ${(-y).toFixed(2)}`).join("L")}Z`).join("");
}

export function boundsOf(ring) {
  const xs = ring.map(([x]) => x);
  const ys = ring.map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

export function isInside(ring, x, y) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [ax, ay] = ring[i];
    const [bx, by] = ring[j];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

/** Return how far a place inside a ring is from the nearest wall. */
function clearance(ring, x, y) {
  let least = Infinity;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [ax, ay] = ring[i];
    const [bx, by] = ring[j];
    const length2 = (bx - ax) ** 2 + (by - ay) ** 2;
    const share = length2 ? Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length2)) : 0;
    least = Math.min(least, Math.hypot(x - ax - share * (bx - ax), y - ay - share * (by - ay)));
  }
  return least;
}

const TRIED = 9; // places along each side of a room at which its middle is sought

/** Return the place of a room that is farthest from its walls, nearest to the middle of its box where many are. */
export function middleOf(ring) {
  const [x0, y0, x1, y1] = boundsOf(ring);
  const [cx, cy] = [(x0 + x1) / 2, (y0 + y1) / 2];
  const size = Math.max(x1 - x0, y1 - y0);
  let best = { x: cx, y: cy, worth: -Infinity };
  for (let i = 1; i < TRIED; i++) {
    for (let j = 1; j < TRIED; j++) {
      const [x, y] = [x0 + ((x1 - x0) * i) / TRIED, y0 + ((y1 - y0) * j) / TRIED];
      if (!isInside(ring, x, y)) continue;
      const worth = clearance(ring, x, y) - (0.25 * Math.hypot(x - cx, y - cy) * clearance(ring, x, y)) / size;
      if (worth > best.worth) best = { x, y, worth };
    }
  }
  const atMiddle = isInside(ring, cx, cy) ? clearance(ring, cx, cy) : -Infinity;
  return atMiddle >= 0.8 * best.worth ? { x: cx, y: cy } : best;
}

/** Return the direction of a ring's longest wall in degrees, between -45 and 45. */
export function directionOf(ring) {
  let best = 0;
  let degrees = 0;
  for (let i = 1; i < ring.length; i++) {
    const [dx, dy] = [ring[i][0] - ring[i - 1][0], ring[i][1] - ring[i - 1][1]];
    if (Math.hypot(dx, dy) > best + 1e-3) {
      best = Math.hypot(dx, dy);
      degrees = (((Math.atan2(dy, dx) * 180) / Math.PI) % 90 + 90) % 90;
    }
  }
  return degrees > 45 ? degrees - 90 : degrees;
}

/** Return how wide and high an upright box about a place may be in a ring turned by some degrees: the free way along both directions. */
export function roomAbout(ring, { x, y }, degrees) {
  const angle = (degrees * Math.PI) / 180;
  const way = (dx, dy) => {
    let least = Infinity;
    for (let i = 1; i < ring.length; i++) {
      const [ax, ay] = ring[i - 1];
      const [bx, by] = ring[i];
      const across = dx * (by - ay) - dy * (bx - ax);
      if (Math.abs(across) < 1e-9) continue;
      const t = ((ax - x) * (by - ay) - (ay - y) * (bx - ax)) / across;
      const s = ((ax - x) * dy - (ay - y) * dx) / across;
      if (t > 0 && s >= 0 && s <= 1) least = Math.min(least, t);
    }
    return least;
  };
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return { width: 2 * Math.min(way(cos, sin), way(-cos, -sin)), height: 2 * Math.min(way(-sin, cos), way(sin, -cos)) };
}

const pen = document.createElement("canvas").getContext("2d");
pen.font = "500 100px system-ui, sans-serif";
const widths = new Map();

function widthOf(text) {
  if (!widths.has(text)) widths.set(text, pen.measureText(text).width / 100);
  return widths.get(text);
}

/** Return {lines, size_m, degrees} of a name as large as it fits into a ring about a place; on up to three lines, turned where that is larger. */
export function labelOf(name, ring, middle) {
  let best = { lines: [name], size_m: 0, degrees: 0 };
  const turn = directionOf(ring);
  for (const degrees of [turn, turn > 0 ? turn - 90 : turn + 90]) {
    const { width, height } = roomAbout(ring, middle, degrees);
    for (const lines of wrappings(name)) {
      const longest = Math.max(...lines.map(widthOf));
      const size_m = Math.min((0.9 * width) / longest, (0.86 * height) / (1.15 * lines.length)) * (degrees === turn ? 1 : 0.8);
      if (size_m > best.size_m * 1.05) best = { lines, size_m, degrees };
    }
  }
  return best;
}

function wrappings(name) {
  const parts = name.split(/\s+/);
  const found = [[name]];
  for (let cut = 1; cut < parts.length; cut++) found.push([parts.slice(0, cut).join(" "), parts.slice(cut).join(" ")]);
  if (parts.length === 3) found.push(parts);
  return found;
}
