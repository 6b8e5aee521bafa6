// Where everybody is at an instant. For each visit one straight, even motion is kept; it is looked up anew when the clock leaves it,
// forwards or backwards, so that what is drawn depends on the instant only, never on how one came there.
const COLOURINGS = ["doing", "purpose", "party", "offer"];

class Crowd {
  constructor(day) {
    this.day = day;
    this.strolls = new Strolls(day);
    this.motion = new Float32Array(day.visits * 6); // from x, y, to x, y (metres), from, to (ticks)
    this.looks = new Uint8Array(day.visits * 4).fill(ABSENT); // level, what it does, people, colour
    this.since = new Float64Array(day.visits).fill(Infinity); // each motion holds from here ...
    this.until = new Float64Array(day.visits).fill(-Infinity); // ... to before here
    this.at = new Int32Array(day.visits).fill(-1); // its keypoint
    this.out = { fromX: 0, fromY: 0, toX: 0, toY: 0, fromTick: 0, toTick: 0 };
    this.colouring = "doing";
    this.now = NaN;
    this.changed = [0, day.visits];
    this.present = new Uint32Array(day.visits); // the visits that are inside, in order
    this.inside = 0; // how many
  }

  colourBy(name) {
    this.colouring = name;
    this.since.fill(Infinity);
  }

  // Moves to an instant; `changed` grows to the range of visits whose motion is another since it was drawn last.
  seek(now) {
    const { since, until } = this;
    let low = this.day.visits, high = 0;
    for (let visit = 0; visit < this.day.visits; visit++)
      if (now < since[visit] || now >= until[visit]) {
        this.refresh(visit, now);
        if (visit < low) low = visit;
        high = visit + 1;
      }
    this.now = now;
    if (low >= high) return;
    this.changed = [Math.min(low, this.changed[0]), Math.max(high, this.changed[1])];
    this.inside = 0;
    for (let visit = 0; visit < this.day.visits; visit++) if (this.at[visit] >= 0) this.present[this.inside++] = visit;
  }

  refresh(visit, now) {
    const { day, out, motion, looks } = this, first = day.first[visit], last = day.first[visit + 1] - 1;
    looks[visit * 4] = ABSENT;
    this.at[visit] = -1;
    if (now < day.tick[first]) return this.hold(visit, -Infinity, day.tick[first]);
    if (now >= day.tick[last]) return this.hold(visit, day.tick[last], Infinity);
    let low = first, high = last;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (day.tick[middle] <= now) low = middle;
      else high = middle;
    }
    this.at[visit] = low;
    const doing = day.look[low] >> DOING_SHIFT, next = day.tick[low + 1];
    let from = day.tick[low], until = next;
    if (doing === IN_SHOP || doing === QUEUEING) {
      let begin = low;
      while (day.people[begin] < BEGINS) begin--;
      this.strolls.fill(visit, day.unit[low], day.tick[begin], now, out);
      from = Math.max(from, out.fromTick);
      until = Math.min(until, out.toTick);
    } else {
      out.fromX = day.x[low] * day.metres + day.corner[0];
      out.fromY = day.y[low] * day.metres + day.corner[1];
      out.toX = day.x[low + 1] * day.metres + day.corner[0];
      out.toY = day.y[low + 1] * day.metres + day.corner[1];
      out.fromTick = from;
      out.toTick = next;
    }
    motion.set([out.fromX, out.fromY, out.toX, out.toY, out.fromTick, out.toTick], visit * 6);
    const people = day.people[low] % BEGINS;
    looks[visit * 4] = day.look[low] & LEVELS;
    looks[visit * 4 + 1] = doing;
    looks[visit * 4 + 2] = people;
    looks[visit * 4 + 3] = this.colour(visit, doing, people, now);
    if (this.colouring === "offer" && day.held.has(visit))
      for (const [tick] of day.held.get(visit)) {
        if (tick <= now) from = Math.max(from, tick);
        else until = Math.min(until, tick);
      }
    this.hold(visit, from, until);
  }

  hold(visit, since, until) {
    this.since[visit] = since;
    this.until[visit] = until;
  }

  colour(visit, doing, people, now) {
    if (this.colouring === "doing") return doing;
    if (this.colouring === "purpose") return Math.min(this.day.purpose[visit], 6);
    if (this.colouring === "party") return Math.min(Math.max(people, 1), 6) - 1;
    return this.offersHeld(visit, now) > 0 ? 1 : 0;
  }

  offersHeld(visit, now) {
    return (this.day.held.get(visit) ?? []).reduce((held, [tick, more]) => held + (tick <= now ? more : 0), 0);
  }

  isPresent(visit) {
    return this.looks[visit * 4] !== ABSENT;
  }

  // Returns where a visit is now: x, y in metres, level, what it does, its unit; null when it is not inside.
  place(visit) {
    if (!this.isPresent(visit)) return null;
    const [fromX, fromY, toX, toY, from, to] = this.motion.subarray(visit * 6, visit * 6 + 6);
    const share = to > from ? Math.min(Math.max((this.now - from) / (to - from), 0), 1) : 0;
    return {
      x: fromX + share * (toX - fromX), y: fromY + share * (toY - fromY), level: this.looks[visit * 4], doing: this.looks[visit * 4 + 1],
      people: this.looks[visit * 4 + 2], unit: this.day.unit[this.at[visit]],
    };
  }

  // Counts who is inside, and by unit who is in it and who waits there.
  count() {
    const units = this.day.plan.units.length, found = { parties: 0, people: 0, inside: new Int32Array(units), waiting: new Int32Array(units) };
    for (let index = 0; index < this.inside; index++) {
      const visit = this.present[index];
      found.parties++;
      found.people += this.looks[visit * 4 + 2];
      const unit = this.day.unit[this.at[visit]];
      if (unit < 0) continue;
      found.inside[unit] += this.looks[visit * 4 + 2];
      if (this.looks[visit * 4 + 1] === QUEUEING) found.waiting[unit]++;
    }
    return found;
  }
}
