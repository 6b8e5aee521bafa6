// The clock, the controls and the loop. Everything shown follows from one instant, `now`, in ticks since midnight.
const at = (id) => document.getElementById(id);
const SPEEDS = [1, 5, 15, 60, 120, 300, 600];
const TELL_EVERY_MS = 200; // words beside the picture: laying out a page costs more than moving a crowd

class Replay {
  constructor(days) {
    this.days = days;
    this.theme = new Theme();
    this.camera = { x: 0, y: 0, k: 1 };
    this.views = days.map((day, index) => new View(document.querySelectorAll(".stage")[index], day, this.theme, this.camera));
    const { ticksPerS } = days[0];
    this.ticksPerS = ticksPerS;
    this.begin = Math.min(...days.map((day) => (day.visits ? day.start[0] : (day.words.run.opens_us / 1e6) * ticksPerS)));
    this.end = Math.max(this.begin + 600, ...days.map((day) => day.tick.reduce((last, tick) => Math.max(last, tick), 0)));
    this.now = this.firstBusy();
    this.speed = 60;
    this.isPlaying = false;
    this.frames = [];
    for (const view of this.views) Object.assign(view, { followed: -1, chosenUnit: -1, showsNumbers: true, showsMessages: true, showsDensity: false });
    this.connect();
    this.resize();
    this.show();
    this.say();
  }

  // The first instant with half as many people inside as there will ever be: a page that opens on an empty mall says little.
  firstBusy() {
    const { inside } = this.days[0].words, most = Math.max(...inside, 0);
    const minute = inside.findIndex((people) => people >= most / 2);
    return Math.min(Math.max(minute * 60 * this.ticksPerS, this.begin), this.end);
  }

  seek(tick) {
    this.now = Math.min(Math.max(tick, this.begin), this.end);
    this.show();
  }

  // Draws everything at `now`.
  show() {
    for (const view of this.views) view.crowd.seek(this.now);
    this.keepInSight();
    for (const view of this.views) {
      view.draw(this.speed, this.isPlaying);
    }
    const now = performance.now();
    if (this.isPlaying && now - (this.told ?? 0) < TELL_EVERY_MS) return;
    this.told = now;
    const scrub = at("scrub");
    scrub.value = String(Math.round(this.now / this.ticksPerS));
    scrub.setAttribute("aria-valuetext", clock(this.now, this.ticksPerS));
    at("time").textContent = clock(this.now, this.ticksPerS, true);
    at("needle").style.left = `${(100 * (this.now - this.begin)) / (this.end - this.begin)}%`;
    this.tell();
  }

  loop(stamp) {
    if (!this.isPlaying) return;
    this.now += Math.min((stamp - this.stamp) / 1000, 0.25) * this.speed * this.ticksPerS;
    this.stamp = stamp;
    this.frames.push(stamp);
    if (this.now >= this.end) {
      this.now = this.end;
      this.pause();
    }
    this.show();
    requestAnimationFrame((next) => this.loop(next));
  }

  play() {
    if (this.now >= this.end) this.now = this.begin;
    this.isPlaying = true;
    this.frames = [];
    at("play").textContent = "Pause";
    this.say();
    requestAnimationFrame((stamp) => {
      this.stamp = stamp;
      this.loop(stamp);
    });
  }

  pause() {
    this.isPlaying = false;
    at("play").textContent = "Play";
    this.say();
  }

  setSpeed(speed) {
    this.speed = speed;
    at("speed").value = String(speed);
    this.say();
  }

  // Says the state in one sentence, for whoever does not see the picture; on what a person does, never by the frame.
  say() {
    const told = this.views.map((view, index) => {
      const { people } = view.crowd.count();
      return `${this.days.length > 1 ? `${String.fromCharCode(65 + index)}: ` : ""}${whole(people)} people inside`;
    });
    const whom = this.views[0].followed >= 0 ? `, following party ${whole(this.views[0].followed + 1)}` : "";
    at("status").textContent = `${clock(this.now, this.ticksPerS)}, ${this.isPlaying ? `playing at ${this.speed} times` : "paused"}; ${told.join("; ")}${whom}.`;
  }

  tell() {
    this.views.forEach((view, index) => {
      const people = view.count.people;
      document.querySelectorAll(".inside")[index].textContent = `${whole(people)} people inside, in ${whole(view.count.parties)} parties`;
      const panel = document.querySelectorAll(".told")[index];
      const scrolled = panel.parentElement.scrollTop;
      if (view.followed >= 0) panel.replaceChildren(...tellVisit(view, view.followed));
      else if (view.chosenUnit >= 0) panel.replaceChildren(...tellShop(view, view.chosenUnit));
      else if (this.sought) panel.replaceChildren(made("p", this.sought, { className: "muted" }));
      else panel.replaceChildren(made("p", "Click a shop or a person, or search for one.", { className: "muted" }));
      panel.parentElement.scrollTop = scrolled;
    });
  }

  chooseUnit(unit, from) {
    this.sought = "";
    const id = unit >= 0 ? this.days[from].plan.units[unit].id : "";
    for (const view of this.views) {
      view.followed = -1;
      view.chosenUnit = view.day.plan.units.findIndex((each) => each.id === id);
    }
    this.show();
    this.tell();
  }

  // Follows one visit, in the other run the one with the same number: under common random numbers the same people.
  follow(visit, from = 0) {
    const { number_high: high, number_low: low } = this.days[from].columns;
    this.views.forEach((view, index) => {
      view.chosenUnit = -1;
      view.followed = visit < 0 || index === from ? visit : rowOf(view.day, high[visit], low[visit]);
    });
    this.sought = visit >= 0 ? "This party did not come in this run." : "";
    this.show();
    this.tell();
    this.say();
  }

  followSomebody() {
    const view = this.views[0], rows = [...this.days[0].told.keys()], here = rows.filter((visit) => view.crowd.isPresent(visit));
    const known = here.length ? here : rows;
    if (!known.length) return;
    const next = known.find((visit) => visit > view.followed) ?? known[0];
    if (!here.length) this.now = this.days[0].start[next] + 1;
    this.follow(next);
    this.centreOn(next);
  }

  // Comes near to a visit, on its floor where only one is shown.
  centreOn(visit) {
    const place = this.views[0].crowd.place(visit);
    if (!place) return;
    this.showFloorOf(place);
    this.camera.k = Math.max(this.camera.k, 4 * this.views[0].ratio);
    this.aimAt(place);
    this.moved();
  }

  showFloorOf(place) {
    if (this.views[0].offsets[place.level * 3 + 2]) return;
    at("floors").value = String(place.level);
    for (const view of this.views) view.arrange(String(place.level));
  }

  aimAt(place) {
    const view = this.views[0];
    this.camera.x = place.x + view.offsets[place.level * 3];
    this.camera.y = -place.y + view.offsets[place.level * 3 + 1];
    for (const each of this.views) each.isPlanOld = true;
  }

  // Lets the camera go after whoever is followed while the day plays, when it leaves the window.
  keepInSight() {
    const view = this.views[0], place = this.isPlaying && view.followed >= 0 ? view.crowd.place(view.followed) : null;
    if (!place) return;
    this.showFloorOf(place);
    const [x, y] = view.pixel(place.level, place.x, place.y), { width, height } = view.planCanvas;
    if (x < 0.08 * width || x > 0.92 * width || y < 0.08 * height || y > 0.92 * height) this.aimAt(place);
  }

  moved() {
    for (const view of this.views) view.isPlanOld = true;
    if (!this.isPlaying) this.show();
  }

  zoom(times, x, y) {
    const { camera } = this, { width, height } = this.views[0].planCanvas;
    const awayX = (x ?? width / 2) - width / 2, awayY = (y ?? height / 2) - height / 2, before = camera.k;
    camera.k = Math.min(Math.max(camera.k * times, 0.4), 120);
    camera.x += awayX / before - awayX / camera.k;
    camera.y += awayY / before - awayY / camera.k;
    this.moved();
  }

  arrange(how) {
    for (const view of this.views) view.arrange(how);
    this.views[0].fit();
    this.moved();
  }

  resize() {
    for (const view of this.views) {
      view.resize();
      view.arrange(view.how);
    }
    this.views[0].fit();
    drawCurve(this);
    this.moved();
  }
}
