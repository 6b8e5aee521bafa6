// Colours of coverage: one scale for signal, one for error, the same to colour-blind eyes (cividis); pictures of one pixel a cell.

const CIVIDIS = [[0, 34, 78], [53, 69, 108], [102, 105, 112], [148, 142, 119], [200, 184, 102], [254, 232, 56]];
const RANGES = {
  values: { low: -90, high: -40, marks: [-90, -67, -40], isGoodHigh: true }, // dBm; -67 is what voice over Wi-Fi is commonly planned for
  error_m: { low: 0, high: 20, marks: [0, 10, 20], isGoodHigh: false },
};
const OPAQUE = 215;

export const rangeOf = (kind) => RANGES[kind];

function colourAt(kind, value) {
  const { low, high, isGoodHigh } = RANGES[kind];
  const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
  const at = (isGoodHigh ? share : 1 - share) * (CIVIDIS.length - 1);
  const [index, rest] = [Math.min(Math.floor(at), CIVIDIS.length - 2), at - Math.min(Math.floor(at), CIVIDIS.length - 2)];
  return CIVIDIS[index].map((part, channel) => Math.round(part + (CIVIDIS[index + 1][channel] - part) * rest));
}

/** Return the scale of a kind as a CSS gradient, low values first. */
export function gradientOf(kind) {
  const { low, high } = RANGES[kind];
  const stops = [0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => `rgb(${colourAt(kind, low + share * (high - low)).join(" ")}) ${share * 100}%`);
  return `linear-gradient(to right, ${stops.join(", ")})`;
}

/** Return values, row by row from the south, as the address of a picture; null is empty. */
export function pictureOf(values, columns, rows, kind) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [columns, rows];
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(columns, rows);
  values.forEach((value, place) => {
    if (value === null) return;
    const at = 4 * ((rows - 1 - Math.floor(place / columns)) * columns + (place % columns));
    image.data.set([...colourAt(kind, value), OPAQUE], at);
  });
  pen.putImageData(image, 0, 0);
  return canvas.toDataURL();
}
