// Chapter 3: two scores, their lead, and softmax and sigmoid on one curve.
import { axis, clamp, escape, figure, handle, reset, show, slider } from "./kit.js";
import { sigmoid, softmax } from "./mathematics.js";

const LIMIT = 8; // of the lead and of the shifted scores; each score reaches half of it
const TOP = 40; // of the plot, in pixels
const BOTTOM = 200;
const SCORES = 288; // the line on which the two scores lie

export function numbers({ logits, shift, threshold }) {
  const scores = logits.map((z) => z + shift);
  const lead = scores[0] - scores[1];
  const probabilities = softmax(scores);
  return {
    scores,
    lead,
    sigmoid: sigmoid(lead),
    probabilities,
    odds: Math.exp(lead),
    log_odds: Math.log(probabilities[0] / probabilities[1]),
    boundary: Math.log(threshold / (1 - threshold)),
    answer: sigmoid(lead) >= threshold ? 0 : 1,
  };
}

const across = (width) => axis([-LIMIT, LIMIT], [44, width - 12]);
const upwards = axis([0, 1], [BOTTOM, TOP]);

const line = (x1, y1, x2, y2, kind, dash = "") =>
  `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" class="${kind}"` +
  `${dash && ` stroke-dasharray="${dash}"`}/>`;

const text = (x, y, words, kind = "") => `<text x="${x}" y="${y}" class="${kind}">${words}</text>`;

function curve(x) {
  const points = Array.from({ length: 129 }, (_, i) => -LIMIT + (i * 2 * LIMIT) / 128);
  const path = points.map((s) => `${x(s)},${upwards(sigmoid(s))}`).join(" ");
  return `<polyline points="${path}" class="curve"/>`;
}

// What the odds say to a reader: always the larger number against 1.
const bet = ({ lead, odds }) => {
  const ratio = lead < 0 ? 1 / odds : odds;
  return show(ratio, ratio < 100 ? 2 : 0);
};

// Both probabilities, as names of the colours in the plot, and the odds.
function head(labels, values, width) {
  const name = (at, i) =>
    `<rect x="${at}" y="3" width="14" height="14" class="c${i}"/>` +
    text(at + 20, 15, `${escape(labels[i])} ${show(values.probabilities[i])}`);
  const [first, second] = values.lead < 0 ? ["1", bet(values)] : [bet(values), "1"];
  return (
    name(0, 0) + name(width * 0.36, 1) +
    text(width, 15, `odds ${first} to ${second}`, "number small")
  );
}

// The lead at which the answer changes, and the threshold that puts it there.
function answers(labels, { boundary, answer }, threshold, x) {
  const y = upwards(threshold);
  const ends = [x(LIMIT), x(-LIMIT)];
  const band = { y: BOTTOM + 3, width: ends[0] - ends[1] };
  const side = (i) => {
    const middle = (x(boundary) + ends[i]) / 2;
    const kind = answer === i ? "middle small chosen" : "middle small";
    return text(middle, BOTTOM + 17, escape(labels[i]), kind);
  };
  return (
    `<rect x="${ends[1]}" y="${band.y}" width="${band.width}" height="20" class="track"/>` +
    line(ends[1], y, x(boundary), y, "axis", "5 4") +
    line(x(boundary), y, x(boundary), BOTTOM + 23, "axis", "5 4") +
    side(0) + side(1)
  );
}

// The scores on a line of their own: shifting both moves them, and not the gap between them.
function gap(labels, [first, second], x) {
  return (
    line(x(-LIMIT), SCORES, x(LIMIT), SCORES, "axis") +
    line(x(second), SCORES, x(first), SCORES, "gap") +
    `<circle cx="${x(first)}" cy="${SCORES}" r="7" class="c0"/>` +
    `<rect x="${x(second) - 6}" y="${SCORES - 6}" width="12" height="12" class="c1"/>` +
    text(x(first), SCORES - 12, `z₁ ${escape(labels[0])}`, "middle small") +
    text(x(second), SCORES + 22, `z₂ ${escape(labels[1])}`, "middle small")
  );
}

function picture({ labels, threshold }, values, width) {
  const x = across(width);
  const here = x(values.lead);
  const height = upwards(values.sigmoid);
  const ticks = [-8, -4, 0, 4, 8].map((s) => text(x(s), BOTTOM + 40, show(s, 0), "middle small"));
  const levels = [0, 0.5, 1].map((p) => {
    const y = upwards(p);
    return text(24, y + 4, p, "number small") + line(28, y, 34, y, "axis");
  });
  return (
    head(labels, values, width) +
    levels.join("") + ticks.join("") +
    answers(labels, values, threshold, x) +
    `<rect x="${here - 7}" y="${height}" width="14" height="${BOTTOM - height}" class="c0"/>` +
    `<rect x="${here - 7}" y="${TOP}" width="14" height="${height - TOP}" class="c1"/>` +
    curve(x) +
    text(x(0), BOTTOM + 56, "lead s = z₁ − z₂", "middle small") +
    gap(labels, values.scores, x)
  );
}

function reading({ labels: [first, second], threshold }, values) {
  const [z1, z2] = values.scores.map((z) => show(z, 2));
  const [p, q] = values.probabilities.map((each) => show(each));
  const ahead = values.lead < 0 ? second : first;
  return (
    `Scores ${z1} and ${z2}: the lead of ${first} is ${show(values.lead, 2)}. ` +
    `Softmax of the two scores gives ${first} ${p} and ${second} ${q}; ` +
    `the sigmoid of the lead alone gives ${show(values.sigmoid)}. ` +
    (Math.abs(values.lead) < 1e-9
      ? "The odds are even. "
      : `The odds are ${bet(values)} to 1 for ${ahead}. `) +
    `The answer is ${first} from a probability of ${show(threshold, 2)} on, ` +
    `a lead of ${show(values.boundary, 2)}: here it is ${[first, second][values.answer]}.`
  );
}

// Another lead about the same middle, as far as the range of the scores allows.
function withLead({ logits: [z1, z2] }, wanted) {
  const lead = clamp(wanted, -LIMIT, LIMIT);
  const room = (LIMIT - Math.abs(lead)) / 2;
  const middle = clamp((z1 + z2) / 2, -room, room);
  const score = (sign) => Number((middle + (sign * lead) / 2).toFixed(3));
  return { logits: [score(1), score(-1)] };
}

const handles = ({ labels: [name] }) => [
  handle({
    label: `lead of ${name}`,
    colour: "c0",
    // The second number is the way up and down on the keyboard, which moves along the curve too.
    value: ({ logits: [z1, z2] }) => [Number((z1 - z2).toFixed(3)), 0],
    pixel: ([s], width) => [across(width)(s), upwards(sigmoid(s))],
    back: ([px], width) => [across(width).back(px), 0],
    moved: (state, [s, up]) => withLead(state, s + up),
    step: 0.1,
    range: [[-LIMIT, LIMIT], [-1, 1]],
    text: (state) => {
      const { lead, sigmoid } = numbers(state);
      return `lead ${show(lead, 1)}, probability of ${name} ${show(sigmoid)}`;
    },
  }),
];

const controls = ({ labels: [first, second] }) => [
  slider("logits", `score of ${first}`, { at: 0, min: -4, max: 4, step: 0.1 }),
  slider("logits", `score of ${second}`, { at: 1, min: -4, max: 4, step: 0.1 }),
  slider("shift", "add to both", { min: -4, max: 4, step: 0.1 }),
  slider("threshold", `say ${first} from`, { min: 0.01, max: 0.99, step: 0.01, digits: 2 }),
  reset,
];

export default figure({
  traits: ["labels", "logits", "shift", "threshold"],
  height: SCORES + 28,
  numbers,
  picture,
  reading,
  controls,
  handles,
});
