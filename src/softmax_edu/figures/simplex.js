// Chapter 2: three scores as a point of a plane, their probabilities as a point of a triangle.
//
// Each class has a direction, at 120 degrees from the others. A list of three numbers is drawn
// where it leads: number times direction, summed. The directions sum to zero, so adding the same
// number to all scores moves nothing; and probabilities land in the triangle of the three tips.
import { axis, button, escape, figure, handle, isNarrow, reset, show, slider } from "./kit.js";
import { logSumExp, softmax, sum } from "./mathematics.js";

const DIRECTIONS = [
  [-Math.sqrt(3) / 2, -1 / 2],
  [Math.sqrt(3) / 2, -1 / 2],
  [0, 1],
];
const REACH = 5.5; // how far a point of the plane may be from its centre
const HEIGHT = 300; // of one panel, in pixels
const PLANE = { column: 0, scale: 112 / REACH, middle: 158 }; // pixels per unit; of its centre
const TRIANGLE = { column: 1, scale: 150, middle: 196 };
const MARKS = [0.5, 1, 2, 4, 10]; // temperatures that are marked on the path
const TEMPERATURES = Array.from({ length: 71 }, (_, i) => 10 ** ((i - 30) / 20));

const locate = (values) => [0, 1].map((k) => sum(values.map((v, c) => v * DIRECTIONS[c][k])));

// The three numbers with mean zero that lead to a point.
const scoresAt = ([x, y]) => DIRECTIONS.map(([u, v]) => (2 / 3) * (x * u + y * v));

// Winners share: the limit of softmax as T goes to 0.
function hardmaxShared(logits) {
  const largest = Math.max(...logits);
  const winners = logits.map((z) => Number(z === largest));
  return winners.map((w) => w / sum(winners));
}

function entropy(logits, temperature) {
  const scaled = logits.map((z) => z / temperature);
  const rest = logSumExp(scaled);
  return sum(softmax(scaled).map((p, c) => p * (rest - scaled[c])));
}

export function numbers({ logits, temperature }) {
  return {
    probabilities: softmax(logits, temperature),
    entropy: entropy(logits, temperature),
    hardmax: hardmaxShared(logits),
    path: TEMPERATURES.map((T) => softmax(logits, T)),
  };
}

// Where the panels are: two functions from data to pixels, with their way back.
function panels(width) {
  const narrow = isNarrow(width);
  const panel = ({ column, scale, middle }) => {
    const x = narrow ? width / 2 : (width * (1 + 2 * column)) / 4;
    const y = middle + (narrow ? HEIGHT * column : 0);
    const across = axis([0, 1], [x, x + scale]);
    const up = axis([0, 1], [y, y - scale]);
    const place = ([u, v]) => [across(u), up(v)];
    place.back = ([px, py]) => [across.back(px), up.back(py)];
    return place;
  };
  return { plane: panel(PLANE), triangle: panel(TRIANGLE) };
}

const at = ([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`;
const line = (points, name) => `<polyline points="${points.map(at).join(" ")}" class="${name}"/>`;
const circle = ([x, y], r, name) =>
  `<circle cx="${x.toFixed(2)}" cy="${y.toFixed(2)}" r="${r}" class="${name}"/>`;

// Marks on a path, each with its temperature; none where it would stand on another.
function marks(temperatures, way, taken) {
  const used = [...taken];
  let text = "";
  for (const T of temperatures) {
    const [x, y] = way(T);
    if (used.some(([a, b]) => Math.hypot(a - x, b - y) < 22)) continue;
    used.push([x, y]);
    // The number stands beside the path: at a right angle to its direction.
    const [dx, dy] = [way(T * 1.01)[0] - x, way(T * 1.01)[1] - y];
    const side = 14 / Math.hypot(dx, dy);
    text +=
      circle([x, y], 3.5, "dot") +
      `<text x="${(x + side * dy).toFixed(1)}" y="${(y - side * dx + 4).toFixed(1)}"` +
      ` class="small middle">${T}</text>`;
  }
  return text;
}

// Title and the names of the classes stand at the same places in both panels.
function words([x, top], labels, title) {
  const name = (dx, dy, side, c) =>
    `<text x="${x + dx}" y="${top + dy}" class="${side}">${escape(labels[c])}</text>`;
  return (
    `<text x="${x - 136}" y="${top + 14}" class="small">${title}</text>` +
    name(-136, 292, "", 0) + name(136, 292, "number", 1) + name(0, 38, "middle", 2)
  );
}

function plane({ logits, temperature }, place) {
  const centre = place([0, 0]);
  const radius = place([REACH, 0])[0] - centre[0];
  const border = (c) => place(DIRECTIONS[c].map((v) => -REACH * v)); // where class c is least
  const sector = (c) =>
    `<path d="M${at(centre)} L${at(border((c + 1) % 3))} A${radius},${radius} 0 0 0` +
    ` ${at(border((c + 2) % 3))} Z" class="region c${c}"/>`;
  const way = (T) => place(locate(logits).map((v) => v / T));
  const coldest = Math.hypot(...locate(logits)) / REACH; // colder than this lies outside
  const inside = MARKS.filter((T) => T > coldest);
  return (
    [0, 1, 2].map(sector).join("") +
    circle(centre, radius, "axis") +
    (coldest ? line([centre, way(coldest)], "curve") : "") +
    (coldest ? marks(inside, way, [centre, way(1), way(temperature)]) : "") +
    circle(way(1), 8, "dot") +
    (temperature >= coldest ? circle(way(temperature), 11, "curve") : "")
  );
}

function triangle({ logits, temperature }, { probabilities, hardmax, path }, place) {
  const where = (p) => place(locate(p));
  const corners = DIRECTIONS.map(place);
  const centre = where([1 / 3, 1 / 3, 1 / 3]);
  // The point where class c has the share p and class k all the rest.
  const edge = (c, k, p) => where([0, 1, 2].map((i) => (i === c ? p : i === k ? 1 - p : 0)));
  const [next, last] = [(c) => (c + 1) % 3, (c) => (c + 2) % 3];
  const kite = (c) => [centre, edge(c, next(c), 0.5), corners[c], edge(c, last(c), 0.5)];
  const share = (p) => (c) => line([edge(c, next(c), p), edge(c, last(c), p)], "grid");
  const way = (T) => where(softmax(logits, T));
  const moves = hardmax.some((p) => p !== hardmax[0]);
  return (
    [0, 1, 2]
      .map((c) => `<polygon points="${kite(c).map(at).join(" ")}" class="region c${c}"/>`)
      .join("") +
    [0.2, 0.4, 0.6, 0.8].flatMap((p) => [0, 1, 2].map(share(p))).join("") +
    line([...corners, corners[0]], "axis") +
    line([where(hardmax), ...path.map(where), centre], "curve") +
    (moves ? marks(MARKS, way, [...corners, way(temperature)]) : "") +
    circle(where(probabilities), 8, "dot") +
    circle(where(probabilities), 11, "curve")
  );
}

function picture(state, values, width) {
  const panel = panels(width);
  const top = (place, above) => [place([0, 0])[0], place([0, 0])[1] - above];
  return (
    words(top(panel.plane, PLANE.middle), state.labels, "scores divided by T") +
    plane(state, panel.plane) +
    words(top(panel.triangle, TRIANGLE.middle), state.labels, "their softmax") +
    triangle(state, values, panel.triangle)
  );
}

function limits(labels, hardmax) {
  const winners = labels.filter((_, c) => hardmax[c] > 0);
  if (winners.length === 3) return "All scores are equal: the centre at every temperature.";
  const [first, second] = winners;
  const goal = second ? `the middle between ${first} and ${second}` : `the corner ${first}`;
  return `Colder, the point goes to ${goal}; hotter, to the centre.`;
}

const list = (labels, values, digits) =>
  labels.map((label, c) => `${label} ${show(values[c], digits)}`).join(", ");

const reading = ({ labels, logits, temperature }, { probabilities, entropy, hardmax }) =>
  `The scores are ${list(labels, logits, 1)}. ` +
  `At temperature ${show(temperature, 2)} softmax gives ${list(labels, probabilities, 3)}, ` +
  `with an entropy of ${show(entropy, 2)} out of 1.10 nats. ${limits(labels, hardmax)}`;

// Scores that lead to a point, or as far towards it as the picture goes. Their mean stays.
function moveTo({ logits }, point) {
  const shrink = Math.min(1, REACH / Math.hypot(...point));
  const mean = sum(logits) / 3;
  return scoresAt(point.map((v) => v * shrink)).map((z) => z + mean);
}

// Close to a border, the point is caught by it, so that a reader can make a tie.
function catchTie(scores) {
  const wins = (z) => z > Math.max(...scores) - 0.05;
  const winners = scores.filter(wins);
  return scores.map((z) => (wins(z) ? sum(winners) / winners.length : z));
}

// The scores behind a point of the triangle are T log p, apart from a constant.
function scoresBehind(state, point) {
  const shares = scoresAt(point).map((z) => Math.max(z + 1 / 3, 1e-3));
  return moveTo(state, locate(shares.map((p) => state.temperature * Math.log(p))));
}

const handles = ({ labels }) => [
  handle({
    label: "scores",
    value: ({ logits }) => locate(logits),
    pixel: (point, width) => panels(width).plane(point),
    back: (pixel, width) => panels(width).plane.back(pixel),
    moved: (state, point) => ({ logits: catchTie(moveTo(state, point)) }),
    text: ({ logits }) => list(labels, logits, 1),
    range: [[-REACH, REACH], [-REACH, REACH]],
    step: 0.1,
    colour: "bare",
  }),
  handle({
    label: "probabilities",
    value: (state) => locate(softmax(state.logits, state.temperature)),
    pixel: (point, width) => panels(width).triangle(point),
    back: (pixel, width) => panels(width).triangle.back(pixel),
    moved: (state, point) => ({ logits: scoresBehind(state, point) }),
    text: ({ logits, temperature }) => list(labels, softmax(logits, temperature), 3),
    range: [[-1, 1], [-0.5, 1]],
    step: 0.01,
    colour: "bare",
  }),
];

const controls = () => [
  slider("temperature", "temperature T", { min: 0.1, max: 20, step: 0.01, digits: 2, log: true }),
  button("Add 1 to every score", ({ logits }) => ({ logits: logits.map((z) => z + 1) }), {
    disabled: ({ logits }) => sum(logits) / 3 > 19,
  }),
  reset,
];

export default figure({
  traits: ["labels", "logits", "temperature"],
  height: [HEIGHT, 2 * HEIGHT],
  numbers,
  picture,
  reading,
  controls,
  handles,
});
