// Chapter 7: softmax regression on a plane; drag the points, train, watch cost and regions.
import { axis, button, escape, figure, handle, isNarrow, replaced, show, slider } from "./kit.js";
import { argmax, logSumExp, softmax, sum } from "./mathematics.js";

const REACH = 3.2; // the plane goes from -REACH to REACH, both ways
const HEIGHTS = { plane: 300, narrowCurve: 170 };
const RUN = 500; // steps, after which training pauses
const ARRIVED = 1e-3; // the length of a gradient that counts as none
const LOST = 1e3; // a cost from which no run comes back in time

const logitsAt = ([x1, x2], { W, b }) => b.map((bias, c) => x1 * W[0][c] + x2 * W[1][c] + bias);

const square = (values) => sum(values.map((v) => v * v));

// Cost and gradient of the mean cross-entropy with penalty, and the parameters one step later.
export function numbers({ points, labels, W, b, learning_rate, l2 }) {
  const logits = points.map((x) => logitsAt(x, { W, b }));
  const probabilities = logits.map((z) => softmax(z));
  const losses = logits.map((z, i) => logSumExp(z) - z[labels[i]]);
  const dlogits = probabilities.map((p, i) =>
    p.map((share, c) => (share - (c === labels[i] ? 1 : 0)) / points.length),
  );
  const dW = W.map((row, k) =>
    row.map((w, c) => sum(dlogits.map((d, i) => points[i][k] * d[c])) + l2 * w),
  );
  const db = b.map((_, c) => sum(dlogits.map((d) => d[c])));
  return {
    probabilities,
    cost: sum(losses) / points.length + (l2 / 2) * square(W.flat()),
    accuracy: sum(probabilities.map((p, i) => Number(argmax(p) === labels[i]))) / points.length,
    gradient_norm: Math.sqrt(square([...dW.flat(), ...db])),
    next_W: W.map((row, k) => row.map((w, c) => w - learning_rate * dW[k][c])),
    next_b: b.map((bias, c) => bias - learning_rate * db[c]),
  };
}

// What of a convex polygon lies where `f` is positive; f is linear, so its border is a line.
function clip(polygon, f, isInside) {
  return polygon.flatMap((point, i) => {
    const next = polygon[(i + 1) % polygon.length];
    const [here, there] = [f(point), f(next)];
    const kept = isInside(here) ? [point] : [];
    if (isInside(here) === isInside(there)) return kept;
    const t = here / (here - there);
    return [...kept, point.map((v, k) => v + t * (next[k] - v))];
  });
}

// The region of each class: the plane, cut where another class has the larger logit.
export function regions(parameters) {
  const r = REACH;
  const plane = [[-r, -r], [r, -r], [r, r], [-r, r]];
  const classes = parameters.b.map((_, c) => c);
  const lead = (c, other) => (point) => {
    const z = logitsAt(point, parameters);
    return z[c] - z[other];
  };
  return classes.map((c) =>
    classes
      .filter((other) => other !== c)
      .reduce(
        // Of equal logits the first wins, as with argmax.
        (rest, other) => clip(rest, lead(c, other), (gap) => gap > 0 || (gap === 0 && c < other)),
        plane,
      ),
  );
}

// Where the panels are: the plane, a square, and the curve of the cost beside or below it.
function panels(width) {
  const narrow = isNarrow(width);
  const side = Math.min(HEIGHTS.plane, narrow ? width : 0.55 * width) - 2;
  const left = narrow ? (width - side) / 2 : 1;
  const x = axis([-REACH, REACH], [left, left + side]);
  const y = axis([-REACH, REACH], [1 + side, 1]);
  const place = ([u, v]) => [x(u), y(v)];
  place.back = ([px, py]) => [x.back(px), y.back(py)];
  const curve = narrow
    ? { left: 40, right: width - 8, top: side + 34, bottom: side + HEIGHTS.narrowCurve - 24 }
    : { left: side + 52, right: width - 8, top: 30, bottom: HEIGHTS.plane - 24 };
  return { place, curve };
}

const at = ([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`;

// A circle, a square, a triangle: each class has a shape of its own.
const SHAPES = [
  ([x, y]) => `M${x - 6},${y} a6,6 0 1 0 12,0 a6,6 0 1 0 -12,0 Z`,
  ([x, y]) => `M${x - 5.5},${y - 5.5} h11 v11 h-11 Z`,
  ([x, y]) => `M${x},${y - 7} l7,12 h-14 Z`,
];
const shape = (c, [x, y]) => SHAPES[c]([Number(x.toFixed(1)), Number(y.toFixed(1))]);

// The place in a region that is furthest from points and borders, for its name.
const GRID = Array.from({ length: 11 }, (_, i) => (REACH * (i - 5)) / 5.6);

function roomiest(c, { points, W, b }) {
  const rivals = b.map((_, j) => j).filter((j) => j !== c);
  const slope = (j) => Math.hypot(W[0][c] - W[0][j], W[1][c] - W[1][j]);
  const room = (place) => {
    const z = logitsAt(place, { W, b });
    const borders = rivals.map((j) => (z[c] - z[j]) / slope(j));
    return Math.min(...borders, ...points.map(([u, v]) => Math.hypot(u - place[0], v - place[1])));
  };
  let best = { room: 0.3 }; // less is too little for a letter
  for (const u of GRID) {
    for (const v of GRID) {
      const here = room([u, v]);
      if (here > best.room) best = { room: here, place: [u, v] };
    }
  }
  return best.place;
}

function plane(state, { probabilities }, place) {
  const { points, labels, classes, chosen } = state;
  const name = (c) => {
    const where = roomiest(c, state);
    if (!where) return "";
    const [x, y] = place(where);
    return `<text x="${x}" y="${y + 5}" class="middle chosen">${escape(classes[c])}</text>`;
  };
  const mark = (point, i) => {
    const wrong = argmax(probabilities[i]) === labels[i] ? "" : " wrong";
    return `<path d="${shape(labels[i], place(point))}" class="mark c${labels[i]}${wrong}"/>`;
  };
  const [x, y] = place(points[chosen - 1]);
  return (
    regions(state)
      .map((p, c) => `<polygon points="${p.map(place).map(at).join(" ")}" class="region c${c}"/>`)
      .join("") +
    classes.map((_, c) => name(c)).join("") +
    points.map(mark).join("") +
    `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="11" class="curve"/>`
  );
}

// The end of an axis that reaches a value: 1, 2, 3 or 5 times a power of ten.
function roundUp(value) {
  const ten = 10 ** Math.floor(Math.log10(value));
  return ten * [1, 2, 3, 5, 10].find((k) => k * ten >= value);
}

function curve({ costs }, { cost }, { left, right, top, bottom }) {
  const all = [...costs, cost];
  const last = roundUp(Math.max(50, costs.length));
  const highest = roundUp(Math.max(1.5, ...all));
  const x = axis([0, last], [left, right]);
  const y = axis([0, highest], [bottom, top]);
  const unknowing = y(Math.log(3));
  return (
    `<text x="${left - 22}" y="${top - 16}" class="small">cost, over the steps</text>` +
    `<path d="M${left},${top} V${bottom} H${right}" class="axis"/>` +
    `<text x="${left - 5}" y="${top + 5}" class="small number">${highest}</text>` +
    `<text x="${left - 5}" y="${bottom + 4}" class="small number">0</text>` +
    `<text x="${left}" y="${bottom + 17}" class="small">0</text>` +
    `<text x="${right}" y="${bottom + 17}" class="small number">${last}</text>` +
    `<path d="M${left},${unknowing} H${right}" class="grid"/>` +
    `<text x="${right}" y="${unknowing - 5}" class="small number">log 3</text>` +
    `<polyline points="${all.map((J, i) => at([x(i), y(J)])).join(" ")}" class="curve"/>` +
    `<circle cx="${x(costs.length)}" cy="${y(cost)}" r="4" class="dot"/>`
  );
}

function picture(state, values, width) {
  const where = panels(width);
  return plane(state, values, where.place) + curve(state, values, where.curve);
}

function news({ costs }, { cost, gradient_norm }) {
  if (cost > LOST) return "The cost has run away: lower the learning rate and start again.";
  if (gradient_norm < ARRIVED) return "The gradient is nearly zero: training has arrived.";
  if (cost > costs.at(-1)) return "The cost has risen: if a step did that, the rate is too large.";
  return cost > Math.log(3) ? "To treat all classes alike would cost less: log 3 = 1.10." : "";
}

function reading(state, values) {
  const { costs, points } = state;
  const right = Math.round(values.accuracy * points.length);
  return (
    `After ${costs.length} ${costs.length === 1 ? "step" : "steps"} the cost is ` +
    `${show(values.cost)} and the gradient has length ${show(values.gradient_norm)}. ` +
    `In the region of their class: ${right} of ${points.length} points. ${news(state, values)}`
  );
}

export function step(state) {
  const { next_W, next_b, cost, gradient_norm } = numbers(state);
  const costs = [...state.costs, cost];
  const goesOn = gradient_norm > ARRIVED && cost < LOST && costs.length % RUN;
  return { W: next_W, b: next_b, costs, running: state.running && Boolean(goesOn) };
}

const lost = (state) => numbers(state).cost > LOST;

const controls = ({ points }) => [
  button(({ running }) => (running ? "Pause" : "Train"), ({ running }) => ({ running: !running }), {
    disabled: lost,
  }),
  button("One step", (state) => ({ ...step(state), running: false }), { disabled: lost }),
  button("Start again", (_, { W, b }) => ({ W, b, costs: [], running: false })),
  button("Back to the beginning", (_, first) => ({ ...first, running: false })),
  slider("learning_rate", "learning rate η", {
    min: 0.01, max: 30, step: 0.01, digits: 2, log: true,
  }),
  slider("l2", "penalty λ", { min: 0, max: 0.3, step: 0.01, digits: 2 }),
  slider("chosen", "point to move", { min: 1, max: points.length, step: 1, digits: 0 }),
];

const handles = ({ points, labels, classes }) =>
  points.map((_, i) =>
    handle({
      label: `point ${i + 1}, class ${classes[labels[i]]}`,
      value: (state) => state.points[i],
      pixel: (point, width) => panels(width).place(point),
      back: (pixel, width) => panels(width).place.back(pixel),
      moved: ({ points }, point) => ({
        points: replaced(points, i, point.map((v) => Number(v.toFixed(2)))),
        chosen: i + 1,
      }),
      range: [[-3, 3], [-3, 3]],
      step: 0.1,
      tab: ({ chosen }) => chosen === i + 1,
      colour: "bare tight",
    }),
  );

export default figure({
  traits: [
    "points", "labels", "classes", "W", "b", "learning_rate", "l2", "costs", "chosen", "running",
  ],
  height: [HEIGHTS.plane, HEIGHTS.plane + HEIGHTS.narrowCurve],
  numbers,
  picture,
  reading,
  controls,
  handles,
  motion: { running: ({ running }) => running, step },
});
