// Chapter 9: draw a digit, and see what the trained network makes of it.
import { axis, button, choice, clamp, figure, handle, isNarrow, show, toggle } from "./kit.js";
import { argmax, softmax } from "./mathematics.js";

const SIDE = 8; // cells of the picture that the network sees
const BLOCK = 4; // pixels of the drawing on each side of a cell
const PIXELS = SIDE * BLOCK;
const BRUSH = 2.3; // pixels: strokes come out as wide as those of the training pictures
const EMPTY = Array(SIDE * SIDE).fill(0);

// The network. The numbers of a layer lie in one row: channel by channel, line by line.

// Each weight of a kernel takes the picture, moved, as in the product of chapter 9; what would come
// from outside is left out.
function convolve(inputs, size, kernels, biases) {
  const area = size ** 2;
  const channels = inputs.length / area;
  const outputs = new Float64Array(biases.length * area);
  biases.forEach((bias, f) => outputs.fill(bias, f * area, (f + 1) * area));
  kernels.forEach((weight, i) => {
    const down = (Math.floor(i / 3) % 3) - 1;
    const right = (i % 3) - 1;
    const channel = Math.floor(i / 9) % channels;
    const filter = Math.floor(i / (9 * channels));
    const [from, to] = [Math.max(0, -right), size - Math.max(0, right)];
    for (let row = Math.max(0, -down); row < size - Math.max(0, down); row++) {
      const seen = channel * area + (row + down) * size + right;
      const at = filter * area + row * size;
      for (let s = from; s < to; s++) outputs[at + s] += weight * inputs[seen + s];
    }
  });
  return outputs;
}

const relu = (values) => values.map((value) => Math.max(value, 0));

// The largest of each 2 by 2: `row` counts the lines of all channels.
function pool(inputs, size) {
  const outputs = new Float64Array(inputs.length / 4);
  for (let i = 0; i < outputs.length; i++) {
    const row = 2 * Math.floor((2 * i) / size);
    const at = row * size + ((2 * i) % size);
    outputs[i] = Math.max(inputs[at], inputs[at + 1], inputs[at + size], inputs[at + size + 1]);
  }
  return outputs;
}

const dense = (inputs, weights, biases) =>
  [...biases].map((bias, j) =>
    inputs.reduce((total, value, k) => total + value * weights[k * biases.length + j], bias),
  );

// 1898 numbers, four bytes each, in the order of the layers.
function decode(text) {
  const signs = atob(text);
  const bytes = new Uint8Array(signs.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = signs.charCodeAt(i);
  const values = new Float32Array(bytes.buffer);
  let start = 0;
  const next = (count) => Float64Array.from(values.subarray(start, (start += count)));
  return {
    first: [next(8 * 9), next(8)],
    second: [next(16 * 8 * 9), next(16)],
    last: [next(64 * 10), next(10)],
  };
}

let known = {};
const network = (weights) =>
  (known.weights === weights ? known : (known = { weights, layers: decode(weights) })).layers;

export function numbers({ image, weights }) {
  const { first, second, last } = network(weights);
  const ink = Float64Array.from(image, (count) => count / BLOCK ** 2);
  const halved = pool(relu(convolve(ink, SIDE, ...first)), SIDE);
  const features = pool(relu(convolve(halved, SIDE / 2, ...second)), SIDE / 2);
  const logits = dense(features, ...last);
  return { logits, probabilities: softmax(logits), digit: argmax(logits) };
}

// The drawing: each cell of the picture is a block of 4 by 4 pixels, kept as 16 bits.

const cellOf = (row, column) => Math.floor(row / BLOCK) * SIDE + Math.floor(column / BLOCK);
const bitOf = (row, column) => 1 << ((row % BLOCK) * BLOCK + (column % BLOCK));

function count(bits) {
  let ones = 0;
  for (; bits; bits >>= 1) ones += bits & 1;
  return ones;
}

// The picture as a smooth surface, read between the middles of its cells.
function smooth(image, row, column) {
  const at = (r, c) => image[clamp(r, 0, SIDE - 1) * SIDE + clamp(c, 0, SIDE - 1)];
  const [y, x] = [row, column].map((pixel) => (pixel + 0.5) / BLOCK - 0.5);
  const [r, c] = [Math.floor(y), Math.floor(x)];
  const line = (r) => at(r, c) * (c + 1 - x) + at(r, c + 1) * (x - c);
  return line(r) * (r + 1 - y) + line(r + 1) * (y - r);
}

// Ink for a cell of which only the count is known: on the side where its neighbours are dark.
function restored(image, cell) {
  const [top, left] = [Math.floor(cell / SIDE) * BLOCK, (cell % SIDE) * BLOCK];
  const pixels = Array.from({ length: BLOCK ** 2 }, (_, i) => [
    top + Math.floor(i / BLOCK),
    left + (i % BLOCK),
  ]);
  return pixels
    .map(([row, column]) => ({ bit: bitOf(row, column), dark: smooth(image, row, column) }))
    .sort((a, b) => b.dark - a.dark)
    .slice(0, image[cell])
    .reduce((bits, { bit }) => bits | bit, 0);
}

const drawing = ({ image, ink }) =>
  ink.map((bits, cell) => (count(bits) === image[cell] ? bits : restored(image, cell)));

// A stroke of the brush, or of the rubber, from one point to another; counting gives the picture.
export function stroke(state, [x1, y1], [x2, y2]) {
  const ink = drawing(state);
  const length = (x2 - x1) ** 2 + (y2 - y1) ** 2;
  for (let row = 0; row < PIXELS; row++)
    for (let column = 0; column < PIXELS; column++) {
      const [x, y] = [column + 0.5, row + 0.5];
      const along = length && clamp(((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length, 0, 1);
      const distance = Math.hypot(x - x1 - along * (x2 - x1), y - y1 - along * (y2 - y1));
      if (distance > BRUSH) continue;
      const cell = cellOf(row, column);
      if (state.rubber) ink[cell] &= ~bitOf(row, column);
      else ink[cell] |= bitOf(row, column);
    }
  return { ink, image: ink.map(count) };
}

// Where things are: drawing and picture side by side, the bars beside or below them.
function layout(width) {
  const narrow = isNarrow(width);
  const most = narrow ? Math.min(0.56 * width, 190) : Math.min(0.32 * width, 230);
  const paper = { left: 1, top: 20, size: most };
  const left = paper.left + paper.size + 12;
  const size = Math.min((narrow ? width - 1 : 0.54 * width) - left, narrow ? 180 : 150);
  const seen = { left, top: 20, size };
  const bars = narrow
    ? { left: 0, top: paper.size + 52, right: width }
    : { left: left + size + 20, top: 20, right: width };
  return { paper, seen, bars };
}

const frame = ({ left, top, size }, kind) =>
  `<rect x="${left}" y="${top}" width="${size}" height="${size}" class="${kind}"/>`;

const shortly = (value) => value.toFixed(1);

// Neighbouring pixels of a line are one piece of the path.
function inked(bits, { left, top, size }) {
  const pixel = size / PIXELS;
  const set = (row, column) => bits[cellOf(row, column)] & bitOf(row, column);
  let path = "";
  for (let row = 0; row < PIXELS; row++)
    for (let start = 0; start < PIXELS; start++) {
      if (!set(row, start)) continue;
      let end = start;
      while (end < PIXELS && set(row, end)) end++;
      const x = left + start * pixel;
      const y = top + row * pixel;
      const right = left + end * pixel;
      path += `M${shortly(x)} ${shortly(y)}H${shortly(right)}V${shortly(y + pixel)}H${shortly(x)}z`;
      start = end;
    }
  return `<path d="${path}" class="ink"/>`;
}

function cells(image, { left, top, size }) {
  const cell = size / SIDE;
  return image
    .map((value, i) =>
      value === 0
        ? ""
        : `<rect x="${left + (i % SIDE) * cell}" y="${top + Math.floor(i / SIDE) * cell}"` +
          ` width="${cell}" height="${cell}" fill-opacity="${value / 16}" class="ink"/>`,
    )
    .join("");
}

// A row for each digit: the logit to either side of 0, the probability from 0 to 1.
function bars({ logits, probabilities, digit }, { left, top, right }) {
  const room = right - left;
  const score = axis([-20, 20], [left + 20, left + 20 + 0.34 * room]);
  const share = axis([0, 1], [left + 20 + 0.34 * room + 50, right - 44]);
  const row = (i) => {
    const y = top + 22 * i;
    const kind = i === digit ? "chosen" : "";
    const colour = i === digit ? "c1" : "c0";
    const end = score(clamp(logits[i], -20, 20));
    const bar = (from, to, kind) =>
      `<rect x="${Math.min(from, to)}" y="${y + 2}" width="${Math.abs(to - from)}" height="16"` +
      ` class="${kind}"/>`;
    const number = (x, words) =>
      `<text x="${x}" y="${y + 15}" class="number small ${kind}">${words}</text>`;
    return (
      `<text x="${left}" y="${y + 15}" class="${kind}">${i}</text>` +
      bar(score(0), end, colour) +
      number(score(20) + 40, show(logits[i], 1)) +
      bar(share(0), share(1), "track") +
      bar(share(0), share(probabilities[i]), colour) +
      number(right, show(probabilities[i]))
    );
  };
  const zero = `x1="${score(0)}" x2="${score(0)}" y1="${top}" y2="${top + 220}"`;
  return (
    `<text x="${score(0)}" y="${top - 8}" class="middle small">logit</text>` +
    `<text x="${(share(0) + right) / 2}" y="${top - 8}" class="middle small">probability</text>` +
    logits.map((_, i) => row(i)).join("") +
    `<line ${zero} class="axis"/>`
  );
}

function picture(state, values, width) {
  const places = layout(width);
  const title = ({ left, size }, words) =>
    `<text x="${left + size / 2}" y="12" class="middle small">${words}</text>`;
  return (
    title(places.paper, "draw here: 32 × 32") + title(places.seen, "it sees: 8 × 8") +
    frame(places.paper, "paper") + frame(places.seen, "paper") +
    inked(drawing(state), places.paper) +
    cells(state.image, places.seen) +
    bars(values, places.bars)
  );
}

// Reading and controls

const counts = (text) => [...text].map((sign) => parseInt(sign, 17));
const same = (a, b) => a.every((value, i) => value === b[i]);
const chance = (p) =>
  p > 0.9995 ? "more than 0.999" : p < 0.0005 ? "less than 0.001" : show(p);
const a = (digit) => (digit === 8 ? "an 8" : `a ${digit}`);

function reading({ image, examples }, { probabilities, digit }) {
  const order = probabilities.map((_, i) => i).sort((i, j) => probabilities[j] - probabilities[i]);
  const [first, second] = order.map((i) => probabilities[i]);
  const shown = Object.keys(examples).find((name) => same(counts(examples[name]), image));
  const truth = shown && Number(shown.at(-1));
  const late = order.indexOf(truth) > 1 ? `: ${a(truth)} gets ${chance(probabilities[truth])}` : "";
  const empty = image.every((value) => value === 0);
  return (
    (empty ? "Nothing is drawn, and still softmax must share out 1. " : "") +
    (shown ? `Somebody wrote this as ${a(truth)}. ` : "") +
    (first < 0.9 ? `The network is in doubt: it reads ` : `The network reads `) +
    `${a(digit)}, with a probability of ${chance(first)}; next comes ${a(order[1])}, ` +
    `with ${chance(second)}.` +
    (shown && truth !== digit ? ` That is wrong${late}.` : "")
  );
}

// Not a trait of its own: an example is chosen where the picture is that example.
function exampleChoice({ examples }) {
  const names = Object.keys(examples);
  const images = names.map((name) => counts(examples[name]));
  const options = names.map((name, i) => [i, name]);
  const which = ({ image }) => ({ example: images.findIndex((each) => same(each, image)) });
  const radios = choice("example", "an example:", options);
  return {
    markup: (state, name) => radios.markup(which(state), name),
    changes: (state, { input }) => ({ image: images[Number(input.value)], ink: EMPTY }),
    update: (state, element) => radios.update(which(state), element),
  };
}

const help = {
  markup: () =>
    '<p class="control help">Draw with mouse, pen or finger, as tall as the square. ' +
    "By keyboard: go to the cell in the right picture, move it with the arrow keys; " +
    "Space inks or empties it.</p>",
  changes: () => ({}),
  update() {},
};

const controls = (state) => [
  help,
  exampleChoice(state),
  toggle("rubber", "rub out instead of drawing"),
  button("Clear", () => ({ image: EMPTY, ink: EMPTY })),
  button("Back to the beginning", ({ examples }) => ({
    image: examples[3] ? counts(examples[3]) : EMPTY,
    ink: EMPTY,
    cursor: [3, 3],
    rubber: false,
  })),
];

// The cell that the keyboard changes; it can be dragged too.
function handles() {
  const inner = (width) => {
    const { left, top, size } = layout(width).seen;
    const place = (from) => axis([0, SIDE - 1], [from + size / 16, from + (size * 15) / 16]);
    return [place(left), place(top)];
  };
  const cell = ({ cursor: [column, row] }) => row * SIDE + column;
  const mover = handle({
    label: "cell of the 8 by 8 picture",
    colour: "cell",
    value: ({ cursor: [column, row] }) => [column, -row], // up is more, as in all pictures
    pixel: ([x, y], width) => inner(width).map((place, i) => place(i ? -y : x)),
    back: ([px, py], width) => {
      const [across, down] = inner(width);
      return [across.back(px), -down.back(py)];
    },
    moved: (_, [x, y]) => ({ cursor: [Math.round(x), Math.round(-y)] }),
    step: 1,
    range: [[0, SIDE - 1], [1 - SIDE, 0]],
    text: (state) =>
      `row ${state.cursor[1] + 1}, column ${state.cursor[0] + 1}: ` +
      `${state.image[cell(state)]} of 16 inked`,
  });
  const key = (state, event) => {
    if (event.key !== " " && event.key !== "Enter") return mover.key(state, event);
    const at = cell(state);
    return { image: state.image.map((v, i) => (i !== at ? v : v < 8 ? 16 : 0)) };
  };
  return [{ ...mover, key }, pad];
}

// The place to draw on. It lies over the picture, since only there a finger does not scroll.
const pad = {
  place(width) {
    const { left, top, size } = layout(width).paper;
    const across = `left:${(100 * left) / width}%;width:${(100 * size) / width}%`;
    return `${across};top:${top}px;height:${size}px`;
  },
  markup: (_, width) => `<span class="pad" style="${pad.place(width)}"></span>`,
  update: (_, element, width) => (element.style.cssText = pad.place(width)),
};

function attach({ el, state, change }) {
  const element = el.querySelector(".pad");
  const pixel = ({ clientX, clientY }) => {
    const { left, top, width } = element.getBoundingClientRect();
    return [clientX - left, clientY - top].map((value) => (value * PIXELS) / width);
  };
  let last = null;
  const draw = (events) => {
    let now = state();
    for (const point of events.map(pixel)) {
      now = { ...now, ...stroke(now, last ?? point, point) };
      last = point;
    }
    change({ ink: now.ink, image: now.image });
  };
  element.onpointerdown = (event) => {
    if (event.button) return;
    element.setPointerCapture(event.pointerId);
    event.preventDefault();
    draw([event]);
  };
  element.onpointermove = (event) => last && draw(event.getCoalescedEvents?.() ?? [event]);
  element.onlostpointercapture = () => (last = null);
}

export default figure({
  traits: ["image", "ink", "cursor", "rubber", "examples", "weights"],
  height: [254, 464],
  numbers,
  picture,
  reading,
  controls,
  handles,
  attach,
});
