// Colours by light and dark, and what they mean.
const LEGENDS = {
  doing: [["Walking", 0], ["Waiting", 1], ["In a shop", 2], ["Riding", 3], ["In a line", 4]],
  purpose: null,
  party: [["1", 0], ["2", 1], ["3", 2], ["4", 3], ["5", 4], ["6", 5]].map(([size, at]) => [`${size} ${at ? "people" : "person"}`, at]),
  offer: [["No offer held", 0], ["Holds an offer", 1]],
};
const PALETTES = {
  light: {
    doing: ["#1f6fa8", "#7b8490", "#2e8b57", "#8450a8", "#d03a2b"],
    purpose: ["#1f6fa8", "#d9822b", "#2e8b57", "#8450a8", "#b5a21f", "#7b8490", "#b9bec5"],
    party: ["#5aa9d6", "#2f78b3", "#3d9a6b", "#c59a1c", "#d9722b", "#c03030"],
    offer: ["#9aa3ad", "#c0267e"],
  },
  dark: {
    doing: ["#63b8ee", "#9aa5b1", "#5fd08f", "#c39af0", "#ff7a66"],
    purpose: ["#63b8ee", "#f3a552", "#5fd08f", "#c39af0", "#e6d75a", "#9aa5b1", "#6c7682"],
    party: ["#9ad4f5", "#5aaeea", "#63d39b", "#f0c64a", "#f59a55", "#ff6f6f"],
    offer: ["#76808c", "#ff77c4"],
  },
};

class Theme {
  constructor() {
    this.query = window.matchMedia("(prefers-color-scheme: dark)");
    this.font = getComputedStyle(document.body).fontFamily;
    this.read();
  }

  read() {
    const isDark = (this.isDark = this.query.matches), words = getComputedStyle(document.documentElement);
    const of = (name) => words.getPropertyValue(`--${name}`).trim();
    Object.assign(this, {
      paper: of("paper"), ink: of("ink"), accent: of("second"), message: of("message"), alarm: of("alarm"), onAlarm: isDark ? "#20100e" : "#ffffff",
      badge: of("badge"), onBadge: of("ink"), floor: isDark ? "#20262e" : "#fbf9f4", structure: isDark ? "#2c333d" : "#d5d3ce", solid: isDark ? "#171b21" : "#e9e7e2",
      wall: isDark ? "#4a5462" : "#8d8a83", parking: isDark ? "#262d36" : "#e3e8ed",
    });
  }

  // A unit's fill: the trade's colour, in the dark mixed with the floor's.
  unit(colour) {
    if (!this.isDark) return colour;
    const part = (at) => Math.round(0.3 * parseInt(colour.slice(at, at + 2), 16) + 0.7 * [32, 38, 46][(at - 1) / 2]);
    return `rgb(${part(1)} ${part(3)} ${part(5)})`;
  }

  words(colouring) {
    return PALETTES[this.isDark ? "dark" : "light"][colouring];
  }

  colours(colouring) {
    const found = new Float32Array(24);
    this.words(colouring).forEach((word, index) => {
      for (let part = 0; part < 3; part++) found[index * 3 + part] = parseInt(word.slice(1 + 2 * part, 3 + 2 * part), 16) / 255;
    });
    return found;
  }
}
