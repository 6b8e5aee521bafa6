// One run on the screen: the plan below, the crowd above it, and marks on top; all floors in one drawing, moved by one camera.
const GAP_M = 14, HEAD_M = 9, NAME_PX = 11, MARKS_EVERY_MS = 150;

function ringPath(path, ring) {
  for (let at = 0; at < ring.length; at += 2) at ? path.lineTo(ring[at], -ring[at + 1]) : path.moveTo(ring[0], -ring[1]);
  path.closePath();
}

function pathOf(rings) {
  const path = new Path2D();
  for (const ring of rings) ringPath(path, ring);
  return path;
}

function boxOf(rings) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings)
    for (let at = 0; at < ring.length; at += 2) {
      box[0] = Math.min(box[0], ring[at]);
      box[1] = Math.min(box[1], -ring[at + 1]);
      box[2] = Math.max(box[2], ring[at]);
      box[3] = Math.max(box[3], -ring[at + 1]);
    }
  return box;
}

class View {
  constructor(stage, day, theme, camera) {
    this.stage = stage;
    this.day = day;
    this.camera = camera;
    this.theme = theme;
    this.crowd = new Crowd(day);
    this.canvas = stage.querySelector("canvas");
    // Plan and marks are painted apart, and laid under and over the crowd: one canvas on the page is far quicker than three.
    [this.planCanvas, this.marksCanvas] = ["canvas", "canvas"].map((name) => document.createElement(name));
    [this.plan, this.marks] = [this.planCanvas, this.marksCanvas].map((canvas) => canvas.getContext("2d", { willReadFrequently: true }));
    this.isSimple = location.hash.includes("canvas");
    try {
      this.points = this.isSimple ? new CanvasPoints(this.canvas, this.crowd) : new GlPoints(this.canvas, this.crowd);
    } catch {
      this.isSimple = true;
      const fresh = this.canvas.cloneNode();
      this.canvas.replaceWith(fresh);
      this.canvas = fresh;
      this.points = new CanvasPoints(fresh, this.crowd);
    }
    this.shapes = day.plan.levels.map((level, index) => {
      const units = day.plan.units.map((unit, number) => ({ unit, number })).filter(({ unit }) => unit.level === index);
      const parks = day.plan.parks.filter((park) => park.level === index);
      const all = [level.outline, level.floor.flat(), level.structure.flat(), units.flatMap(({ unit }) => unit.rings), parks.flatMap((park) => park.rings)].flat();
      return {
        outline: level.outline.length ? pathOf(level.outline) : null,
        floor: level.floor.map(pathOf),
        structure: level.structure.map(pathOf),
        parks: parks.map((park) => pathOf(park.rings)),
        units: units.map(({ unit, number }) => ({ unit, number, path: pathOf(unit.rings), box: boxOf(unit.rings) })),
        box: boxOf(all),
      };
    });
    this.unitShape = [];
    for (const shape of this.shapes) for (const each of shape.units) this.unitShape[each.number] = each;
    this.offsets = new Float32Array(96);
    this.arrange("fit");
  }

  // Places the floors: "fit" beside and above each other as suits the window, "column" above each other, or one floor by its number.
  arrange(how) {
    this.how = how;
    const boxes = this.shapes.map((shape) => shape.box);
    const left = Math.min(...boxes.map((box) => box[0])), right = Math.max(...boxes.map((box) => box[2]));
    const top = Math.min(...boxes.map((box) => box[1])), bottom = Math.max(...boxes.map((box) => box[3]));
    const levels = boxes.map((_, level) => level).filter((level) => !/^\d+$/.test(how) || level === Number(how));
    const width = right - left + GAP_M, height = bottom - top + GAP_M + HEAD_M;
    const wide = this.stage.clientWidth || 800, high = this.stage.clientHeight || 600;
    let columns = 1;
    if (how === "fit")
      for (let tried = 1, best = 0; tried <= levels.length; tried++) {
        const scale = Math.min(wide / (tried * width), high / (Math.ceil(levels.length / tried) * height));
        if (scale > best * 1.02) [best, columns] = [scale, tried];
      }
    this.offsets.fill(0);
    // The top floor comes first, as in a section of the building.
    levels.toReversed().forEach((level, nth) => {
      this.offsets[level * 3] = (nth % columns) * width - left;
      this.offsets[level * 3 + 1] = Math.floor(nth / columns) * height - top + HEAD_M;
      this.offsets[level * 3 + 2] = 1;
    });
    this.extent = [-GAP_M / 2, 0, columns * width - GAP_M / 2, Math.ceil(levels.length / columns) * height - GAP_M / 2];
    if (levels.length === 1) {
      const box = boxes[levels[0]], level = levels[0] * 3;
      this.extent = [box[0] + this.offsets[level] - 4, box[1] + this.offsets[level + 1] - HEAD_M, box[2] + this.offsets[level] + 4, box[3] + this.offsets[level + 1] + 4];
    }
    this.isPlanOld = true;
  }

  resize() {
    this.ratio = Math.min(window.devicePixelRatio || 1, 2);
    const width = Math.max(Math.round(this.stage.clientWidth * this.ratio), 1), height = Math.max(Math.round(this.stage.clientHeight * this.ratio), 1);
    for (const canvas of [this.canvas, this.planCanvas, this.marksCanvas]) {
      if (canvas.width !== width) canvas.width = width;
      if (canvas.height !== height) canvas.height = height;
    }
    this.isPlanOld = true;
  }

  fit() {
    const [left, top, right, bottom] = this.extent, { width, height } = this.planCanvas;
    this.camera.x = (left + right) / 2;
    this.camera.y = (top + bottom) / 2;
    this.camera.k = 0.98 * Math.min(width / (right - left), height / (bottom - top));
  }

  // Makes the pen draw in metres of a floor.
  onFloor(pen, level) {
    const { x, y, k } = this.camera, { width, height } = this.planCanvas;
    pen.setTransform(k, 0, 0, k, (this.offsets[level * 3] - x) * k + width / 2, (this.offsets[level * 3 + 1] - y) * k + height / 2);
  }

  // Returns the pixel of a place of the plan, null where its floor is not shown.
  pixel(level, x, y) {
    if (!this.offsets[level * 3 + 2]) return null;
    const { k } = this.camera, { width, height } = this.planCanvas;
    return [
      (x + this.offsets[level * 3] - this.camera.x) * k + width / 2,
      (-y + this.offsets[level * 3 + 1] - this.camera.y) * k + height / 2,
    ];
  }

  // Returns the floor and the place in metres under a pixel of the canvas.
  placeAt(pixelX, pixelY) {
    const { x, y, k } = this.camera, { width, height } = this.planCanvas;
    const worldX = (pixelX - width / 2) / k + x, worldY = (pixelY - height / 2) / k + y;
    for (let level = 0; level < this.shapes.length; level++) {
      if (!this.offsets[level * 3 + 2]) continue;
      const box = this.shapes[level].box, atX = worldX - this.offsets[level * 3], atY = worldY - this.offsets[level * 3 + 1];
      if (atX >= box[0] - 1 && atX <= box[2] + 1 && atY >= box[1] - 1 && atY <= box[3] + 1) return { level, x: atX, y: -atY };
    }
    return null;
  }

  unitAt(place) {
    const pen = this.plan;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    const found = this.shapes[place.level].units.find(({ path }) => pen.isPointInPath(path, place.x, -place.y, "evenodd"));
    return found ? found.number : -1;
  }

  // Returns the visit nearest to a pixel, -1 where none is within a finger's breadth.
  visitAt(pixelX, pixelY) {
    let best = (12 * this.ratio) ** 2, found = -1;
    for (const visit of this.crowd.present.subarray(0, this.crowd.inside)) {
      const place = this.crowd.place(visit), at = this.pixel(place.level, place.x, place.y);
      const away = at ? (at[0] - pixelX) ** 2 + (at[1] - pixelY) ** 2 : Infinity;
      if (away < best) [best, found] = [away, visit];
    }
    return found;
  }

  drawPlan() {
    const { plan: pen, theme, day } = this, { k } = this.camera;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = theme.paper;
    pen.fillRect(0, 0, this.planCanvas.width, this.planCanvas.height);
    this.shapes.forEach((shape, level) => {
      if (!this.offsets[level * 3 + 2]) return;
      this.onFloor(pen, level);
      pen.lineWidth = Math.min(1 / k, 0.4);
      const paint = (path, fill, line) => {
        pen.fillStyle = fill;
        pen.fill(path, "evenodd");
        if (!line) return;
        pen.strokeStyle = line;
        pen.stroke(path);
      };
      if (shape.outline) paint(shape.outline, theme.solid, null);
      for (const path of shape.parks) paint(path, theme.parking, null);
      for (const path of shape.floor) paint(path, theme.floor, null);
      for (const path of shape.structure) paint(path, theme.structure, theme.wall);
      for (const { unit, path } of shape.units) paint(path, theme.unit(day.plan.colours[unit.category] ?? "#d6d6da"), theme.wall);
      if (shape.outline) {
        pen.lineWidth = 1.6 / k;
        pen.strokeStyle = theme.wall;
        pen.stroke(shape.outline);
      }
    });
    this.drawNames();
    this.isPlanOld = false;
  }

  drawNames() {
    const { plan: pen, theme, day, ratio } = this, { k } = this.camera;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = theme.ink;
    pen.textBaseline = "alphabetic";
    pen.textAlign = "left";
    this.shapes.forEach((shape, level) => {
      if (!this.offsets[level * 3 + 2]) return;
      const at = this.pixel(level, shape.box[0], -shape.box[1]);
      pen.font = `600 ${Math.min(Math.max(7 * k, 11 * ratio), 17 * ratio)}px ${theme.font}`;
      pen.fillText(day.plan.levels[level].name, at[0], at[1] - Math.min(2 * k, 8 * ratio));
    });
    pen.font = `${NAME_PX * ratio}px ${theme.font}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    for (const { unit, box } of this.unitShape) {
      const width = (box[2] - box[0]) * k - 6 * ratio;
      if (!this.offsets[unit.level * 3 + 2] || width < 24 * ratio || (box[3] - box[1]) * k < 16 * ratio) continue;
      const lines = fitted(pen, unit.name, width, Math.floor(((box[3] - box[1]) * k) / (NAME_PX * 1.2 * ratio)));
      const at = this.pixel(unit.level, (box[0] + box[2]) / 2, -(box[1] + box[3]) / 2);
      lines.forEach((line, nth) => pen.fillText(line, at[0], at[1] + (nth - (lines.length - 1) / 2) * NAME_PX * 1.2 * ratio));
    }
  }

  // Draws the instant; marks that follow nobody may be a moment old where `mayLag`.
  draw(speed, mayLag = false) {
    const isPlanNew = this.isPlanOld, since = performance.now() - (this.markedAt ?? -Infinity);
    if (isPlanNew) this.drawPlan();
    const areMarksNew = isPlanNew || !mayLag || this.followed >= 0 || since > MARKS_EVERY_MS;
    if (areMarksNew) {
      drawMarks(this, speed);
      this.markedAt = performance.now();
    }
    this.points.update(this.crowd.changed);
    this.crowd.changed = [this.day.visits, 0];
    const pixels = Math.min(Math.max(1.5 * this.camera.k, 2.2 * this.ratio), 16 * this.ratio);
    this.points.draw(this, pixels, isPlanNew, areMarksNew);
  }
}

// Breaks a name into lines that fit; nothing where even its first word does not.
function fitted(pen, name, width, most) {
  const lines = [];
  for (const word of name.split(/\s+/)) {
    const joined = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && pen.measureText(joined).width <= width) lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  return lines.length <= most && lines.every((line) => pen.measureText(line).width <= width) ? lines : [];
}
