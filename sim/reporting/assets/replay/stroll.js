// Where a party is inside a unit: the same addressed spots as sim/crowd/positions.py, from the same mixer (sim/random_streams.py).
const STROLL_S = 60, TRIES = 32;
let HIGH = 0, LOW = 0; // the word that the functions below work on, as two halves

function multiply(high, low) {
  const a0 = LOW & 65535, a1 = LOW >>> 16, b0 = low & 65535, b1 = low >>> 16;
  const p00 = a0 * b0, p01 = a0 * b1, p10 = a1 * b0;
  const middle = (p00 >>> 16) + (p01 & 65535) + (p10 & 65535);
  const carried = a1 * b1 + (p01 >>> 16) + (p10 >>> 16) + (middle >>> 16);
  HIGH = (carried + Math.imul(HIGH, low) + Math.imul(LOW, high)) >>> 0;
  LOW = Math.imul(LOW, low) >>> 0;
}

function fold(places) {
  LOW = (LOW ^ ((LOW >>> places) | (HIGH << (32 - places)))) >>> 0;
  HIGH = (HIGH ^ (HIGH >>> places)) >>> 0;
}

function mix() {
  fold(30);
  multiply(0xbf58476d, 0x1ce4e5b9);
  fold(27);
  multiply(0x94d049bb, 0x133111eb);
  fold(31);
}

function addGolden(high, low, timesHigh, timesLow) {
  HIGH = timesHigh;
  LOW = timesLow;
  multiply(0x9e3779b9, 0x7f4a7c15);
  const sum = LOW + low;
  HIGH = (HIGH + high + (sum > 0xffffffff ? 1 : 0)) >>> 0;
  LOW = sum >>> 0;
}

class Strolls {
  constructor(day) {
    const { ring_start: start, ring_x_m: x, ring_y_m: y } = day.columns;
    this.day = day;
    [this.keyHigh, this.keyLow] = day.words.stroll_key;
    this.boxes = day.plan.units.map((_, unit) => {
      const xs = x.subarray(start[unit], start[unit + 1]), ys = y.subarray(start[unit], start[unit + 1]);
      return [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    });
    this.spot = [0, 0];
  }

  uniform(count) {
    addGolden(this.visitHigh, this.visitLow, 0, count + 1);
    mix();
    return (HIGH * 2097152 + (LOW >>> 11)) * 2 ** -53 + 2 ** -54;
  }

  isInside(unit, x, y) {
    const { ring_start: start, ring_x_m: xs, ring_y_m: ys } = this.day.columns;
    let inside = false;
    for (let corner = start[unit]; corner < start[unit + 1] - 1; corner++)
      if (ys[corner] > y !== ys[corner + 1] > y) {
        const across = xs[corner] + ((y - ys[corner]) / (ys[corner + 1] - ys[corner])) * (xs[corner + 1] - xs[corner]);
        if (x < across) inside = !inside;
      }
    return inside;
  }

  findSpot(unit, stroll) {
    const [lowX, highX, lowY, highY] = this.boxes[unit];
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const count = (stroll * TRIES + attempt) * 2;
      const x = lowX + (highX - lowX) * this.uniform(count), y = lowY + (highY - lowY) * this.uniform(count + 1);
      if (this.isInside(unit, x, y)) {
        this.spot[0] = x;
        this.spot[1] = y;
        return;
      }
    }
    this.spot[0] = this.day.columns.unit_x_m[unit];
    this.spot[1] = this.day.columns.unit_y_m[unit];
  }

  // Fills `out` with the straight, even motion (or the standing) of a visit in a unit at `now`, of a stay since `since`; in ticks and metres.
  fill(visit, unit, since, now, out) {
    addGolden(this.keyHigh, this.keyLow, this.day.columns.number_high[visit], this.day.columns.number_low[visit]);
    mix();
    this.visitHigh = HIGH;
    this.visitLow = LOW;
    const ticks = STROLL_S * this.day.ticksPerS, stroll = Math.floor((now - since) / ticks);
    this.findSpot(unit, stroll);
    const [x, y] = this.spot;
    this.findSpot(unit, stroll + 1);
    const wayX = this.spot[0] - x, wayY = this.spot[1] - y, begin = since + stroll * ticks;
    const crossings = this.crossings(unit, x, y, wayX, wayY), share = (now - begin) / ticks;
    const passed = crossings.filter((crossing) => crossing <= share).length;
    const from = passed ? crossings[passed - 1] : 0, to = passed < crossings.length ? crossings[passed] : 1;
    const moves = passed % 2 === 0;
    out.fromTick = begin + from * ticks;
    out.toTick = begin + to * ticks;
    out.fromX = moves ? x + from * wayX : x;
    out.fromY = moves ? y + from * wayY : y;
    out.toX = moves ? x + to * wayX : x;
    out.toY = moves ? y + to * wayY : y;
  }

  // Returns at which shares of its way a stroll would cross the unit's outline: there a party stands, and stands no longer.
  crossings(unit, x, y, wayX, wayY) {
    const { ring_start: start, ring_x_m: xs, ring_y_m: ys } = this.day.columns, found = [];
    for (let edge = start[unit]; edge < start[unit + 1] - 1; edge++) {
      const edgeX = xs[edge + 1] - xs[edge], edgeY = ys[edge + 1] - ys[edge], across = wayX * edgeY - wayY * edgeX;
      if (across === 0) continue;
      const offX = xs[edge] - x, offY = ys[edge] - y;
      const share = (offX * edgeY - offY * edgeX) / across, along = (offX * wayY - offY * wayX) / across;
      if (share > 0 && share < 1 && along >= 0 && along < 1) found.push(share);
    }
    return found.sort((one, other) => one - other);
  }
}
