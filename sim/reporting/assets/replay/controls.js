// Buttons, keys, mouse and fingers; the curve of people inside under the scrubber; the legend.
Replay.prototype.connect = function () {
  const scrub = at("scrub");
  scrub.min = String(Math.floor(this.begin / this.ticksPerS));
  scrub.max = String(Math.ceil(this.end / this.ticksPerS));
  scrub.addEventListener("input", () => this.seek(Number(scrub.value) * this.ticksPerS));
  scrub.addEventListener("change", () => this.say());
  at("play").addEventListener("click", () => (this.isPlaying ? this.pause() : this.play()));
  at("speed").addEventListener("change", (event) => this.setSpeed(Number(event.target.value)));
  at("floors").addEventListener("change", (event) => this.arrange(event.target.value));
  at("colour").addEventListener("change", (event) => this.colourBy(event.target.value));
  for (const [id, name] of [["numbers", "showsNumbers"], ["messages", "showsMessages"], ["density", "showsDensity"]])
    at(id).addEventListener("change", (event) => {
      for (const view of this.views) view[name] = event.target.checked;
      this.legend();
      this.show();
    });
  at("nearer").addEventListener("click", () => this.zoom(1.4));
  at("farther").addEventListener("click", () => this.zoom(1 / 1.4));
  at("whole").addEventListener("click", () => this.arrange(this.views[0].how));
  at("somebody").addEventListener("click", () => this.followSomebody());
  at("nobody").addEventListener("click", () => this.follow(-1));
  at("search").addEventListener("input", () => this.offerFound());
  document.addEventListener("keydown", (event) => this.key(event));
  window.addEventListener("resize", () => this.resize());
  this.theme.query.addEventListener("change", () => {
    this.theme.read();
    this.legend();
    drawCurve(this);
    this.moved();
  });
  this.views.forEach((view, index) => this.listenTo(view, index));
  this.legend();
};

Replay.prototype.listenTo = function (view, index) {
  const { stage } = view, fingers = new Map();
  let moved = 0;
  const here = (event) => {
    const box = stage.getBoundingClientRect();
    return [(event.clientX - box.left) * view.ratio, (event.clientY - box.top) * view.ratio];
  };
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY * 0.0015), ...here(event));
  }, { passive: false });
  stage.addEventListener("pointerdown", (event) => {
    fingers.set(event.pointerId, here(event));
    stage.setPointerCapture(event.pointerId);
    moved = fingers.size > 1 ? Infinity : 0;
  });
  stage.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    const [x, y] = here(event), before = fingers.get(event.pointerId), other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    fingers.set(event.pointerId, [x, y]);
    moved += Math.abs(x - before[0]) + Math.abs(y - before[1]);
    if (other) return this.zoom(Math.hypot(x - other[0], y - other[1]) / Math.max(Math.hypot(before[0] - other[0], before[1] - other[1]), 1), (x + other[0]) / 2, (y + other[1]) / 2);
    this.camera.x -= (x - before[0]) / this.camera.k;
    this.camera.y -= (y - before[1]) / this.camera.k;
    this.moved();
  });
  stage.addEventListener("pointerup", (event) => {
    fingers.delete(event.pointerId);
    if (moved < 5 * view.ratio) this.click(view, index, here(event));
  });
  stage.addEventListener("pointercancel", (event) => fingers.delete(event.pointerId));
};

Replay.prototype.click = function (view, index, [x, y]) {
  const visit = this.camera.k > 2.5 * view.ratio ? view.visitAt(x, y) : -1;
  if (visit >= 0) return this.follow(visit, index);
  const place = view.placeAt(x, y), unit = place ? view.unitAt(place) : -1;
  if (unit >= 0) this.chooseUnit(unit, index);
  else this.follow(-1);
};

Replay.prototype.key = function (event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { target } = event, isField = target.matches("input[type=search], select"), minutes = (event.shiftKey ? 10 : 1) * 60 * this.ticksPerS;
  const seek = (tick) => {
    this.seek(tick);
    this.say();
  };
  const acts = {
    " ": () => (this.isPlaying ? this.pause() : this.play()),
    ArrowLeft: () => seek(this.now - minutes),
    ArrowRight: () => seek(this.now + minutes),
    ArrowUp: () => this.setSpeed(SPEEDS[Math.min(SPEEDS.indexOf(this.speed) + 1, SPEEDS.length - 1)]),
    ArrowDown: () => this.setSpeed(SPEEDS[Math.max(SPEEDS.indexOf(this.speed) - 1, 0)]),
    Home: () => seek(this.begin),
    End: () => seek(this.end),
    "+": () => this.zoom(1.4),
    "-": () => this.zoom(1 / 1.4),
    0: () => this.arrange(this.views[0].how),
    f: () => this.followSomebody(),
    Escape: () => this.follow(-1),
  };
  if (isField ? event.key !== "Escape" : !acts[event.key]) return;
  if (event.key === " " && target.matches("button, summary, input[type=checkbox]")) return;
  event.preventDefault();
  acts[event.key]();
};

Replay.prototype.colourBy = function (name) {
  for (const view of this.views) view.crowd.colourBy(name);
  this.legend();
  this.show();
};

Replay.prototype.legend = function () {
  const { colouring } = this.views[0].crowd, words = this.theme.words(colouring);
  const entries = LEGENDS[colouring] ?? [...this.days[0].words.purposes.map((purpose, index) => [purpose, index]), ["not known", 6]];
  const items = entries.map(([text, index]) => legendItem(text, words[index]));
  if (this.views[0].showsDensity) items.push(...SERVICE_COLOURS.map((colour, index) => legendItem(serviceWords(index), colour, true)));
  at("legend").replaceChildren(...items);
};

function legendItem(text, colour, isSquare = false) {
  const item = made("li"), swatch = made("i", "", { className: isSquare ? "square" : "" });
  swatch.style.background = colour;
  item.append(swatch, made("span", text));
  return item;
}

function serviceWords(index) {
  const letter = "ABCDEF"[index];
  if (index === 0) return `${letter}: over ${SERVICE_M2[0]} m² a person`;
  return index < 5 ? `${letter}: ${SERVICE_M2[index]} to ${SERVICE_M2[index - 1]} m²` : `${letter}: under ${SERVICE_M2[4]} m²`;
}

Replay.prototype.offerFound = function () {
  const found = search(this.days[0], at("search").value);
  at("found").replaceChildren(...found.map((each) => {
    const button = made("button", each.text, { type: "button" }), item = made("li");
    button.addEventListener("click", () => {
      at("found").replaceChildren();
      at("search").value = "";
      if (each.unit !== undefined) return this.chooseUnit(each.unit, 0);
      if (!this.views[0].crowd.isPresent(each.visit)) this.now = this.days[0].start[each.visit] + 1;
      this.follow(each.visit);
      this.centreOn(each.visit);
    });
    item.append(button);
    return item;
  }));
  at("status").textContent = at("search").value ? `${found.length} found.` : "";
};

// Draws how many people are inside through the day, each run a line.
function drawCurve(replay) {
  const canvas = at("curve"), ratio = Math.min(window.devicePixelRatio || 1, 2), pen = canvas.getContext("2d");
  canvas.width = Math.max(canvas.clientWidth * ratio, 1);
  canvas.height = Math.max(canvas.clientHeight * ratio, 1);
  const most = Math.max(1, ...replay.days.flatMap((day) => day.words.inside)), perMinute = 60 * replay.ticksPerS;
  const x = (tick) => ((tick - replay.begin) / (replay.end - replay.begin)) * canvas.width, y = (people) => canvas.height - (people / most) * (canvas.height - 14 * ratio);
  pen.font = `${10 * ratio}px ${replay.theme.font}`;
  pen.textAlign = "center";
  const hours = Array.from({ length: 25 }, (_, hour) => hour * 60 * perMinute).filter((tick) => tick > replay.begin && tick < replay.end);
  const every = Math.max(1, Math.ceil((hours.length * 38 * ratio) / canvas.width));
  replay.days.forEach((day, index) => {
    const path = new Path2D();
    path.moveTo(x(replay.begin), canvas.height);
    day.words.inside.forEach((people, minute) => (minute + 1) * perMinute >= replay.begin && path.lineTo(x((minute + 1) * perMinute), y(people)));
    pen.strokeStyle = index ? replay.theme.accent : replay.theme.words("doing")[0];
    pen.lineWidth = 1.5 * ratio;
    pen.stroke(path);
    if (index) return;
    path.lineTo(x(replay.end), canvas.height);
    pen.globalAlpha = 0.18;
    pen.fillStyle = pen.strokeStyle;
    pen.fill(path);
    pen.globalAlpha = 1;
  });
  pen.fillStyle = replay.theme.ink;
  hours.forEach((tick, index) => {
    if (index % every === 0) pen.fillText(clock(tick, replay.ticksPerS), x(tick), 9 * ratio);
  });
}
