// Chapter 4: softmax in three number formats, with and without the shift.
import { escape, figure, reset, show, slider, toggle } from "./kit.js";
import { softmax } from "./mathematics.js";

const LABEL = 40; // pixels for the names of the rows
const LINE = 22;
const BLOCK = 3 * LINE + 8; // of one format
const TOP = 2 * LINE + 10;

// The nearest float16, ties to even: 10 binary digits after the first, from 2^-14 on.
export function halfRound(x) {
  if (!Number.isFinite(x) || x === 0) return x;
  if (Math.abs(x) >= 65520) return x > 0 ? Infinity : -Infinity; // half a gap above 65504
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(x))), -14);
  const gap = 2 ** (exponent - 10);
  const whole = 1.5 * 2 ** 52; // a float64 this large has no digits after the point
  return (x / gap + whole - whole) * gap;
}

const FORMATS = [
  // How results are rounded, and how NumPy rounds a sum on its way: float16 is summed in float32.
  { name: "float16", round: halfRound, roundSum: Math.fround },
  { name: "float32", round: Math.fround, roundSum: Math.fround },
  { name: "float64", round: (x) => x, roundSum: (x) => x },
];

// Softmax as a program computes it that has only this format: every result is rounded.
function softmaxIn({ round, roundSum }, scores, shifted) {
  const z = scores.map(round);
  const shift = shifted ? Math.max(...z) : 0;
  const exponentials = z.map((score) => round(Math.exp(round(score - shift))));
  const total = round(exponentials.reduce((sum, term) => roundSum(sum + term), 0));
  return { exponentials, total, probabilities: exponentials.map((term) => round(term / total)) };
}

export function numbers({ logits, scale, shift, subtract_largest }) {
  const scores = logits.map((z) => scale * z + shift);
  const right = softmax(scores);
  const results = FORMATS.map((format) => softmaxIn(format, scores, subtract_largest));
  const error = ({ probabilities }) =>
    Math.max(...probabilities.map((p, i) => Math.abs(p - right[i])));
  return {
    scores,
    exponentials: results.map((result) => result.exponentials),
    sums: results.map((result) => result.total),
    probabilities: results.map((result) => result.probabilities),
    errors: results.map(error),
  };
}

// What became of a format: a sign, what to write beside its name, and a sentence.
function verdict(exponentials, sum, error) {
  if (sum === 0)
    return ["✗", "0 / 0 is nan", "all exponentials are rounded to 0, and 0 / 0 is nan"];
  if (exponentials.includes(Infinity))
    return ["✗", "inf / inf is nan", "exponentials overflow to inf, and inf / inf is nan"];
  if (sum === Infinity)
    return ["✗", "all are 0", "each exponential is finite, but their sum is inf: all get 0"];
  if (error < 0.0005) return ["✓", "right", "the probabilities are right"];
  return ["≈", `off by ${show(error)}`, `rounding moves probabilities by up to ${show(error)}`];
}

const verdicts = ({ exponentials, sums, errors }) =>
  FORMATS.map((_, f) => verdict(exponentials[f], sums[f], errors[f]));

// A number in few characters, as Python would write it.
function brief(x) {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "nan" : "inf";
  if (x === 0 || (x >= 0.1 && x < 1000)) return x === 0 ? "0" : x.toPrecision(3);
  return x.toExponential(x > 1e-9 && x < 1e99 ? 1 : 0).replace("+", "").replace("-", "−");
}

// Three digits for scores too.
const places = (score) => (Math.abs(score) < 10 ? 2 : Math.abs(score) < 100 ? 1 : 0);

function picture({ labels, subtract_largest }, values, width) {
  const column = (width - LABEL) / (labels.length + 1);
  const end = (i) => LABEL + column * (i + 1) - 4;
  const cell = (text, i, y) => {
    const kind = { 0: "zero", inf: "inf", nan: "nan" }[text]; // what a format could not hold
    const style = `number small${kind ? " chosen" : ""}`;
    const mark =
      `<rect x="${LABEL + column * i + 2}" y="${y + 1}" width="${column - 4}"` +
      ` height="${LINE - 3}" rx="3" class="${kind}"/>`;
    return (kind ? mark : "") + `<text x="${end(i)}" y="${y + 16}" class="${style}">${text}</text>`;
  };
  const row = (name, y, texts) =>
    `<text x="0" y="${y + 16}" class="small">${name}</text>` +
    texts.map((text, i) => cell(text, i, y)).join("");
  const block = ([sign, word], f) => {
    const y = TOP + BLOCK * f;
    const power = subtract_largest ? "z−M" : "z";
    return (
      `<path d="M0 ${y - 3}H${width}" class="axis"/>` +
      `<text x="0" y="${y + 16}" class="chosen">${FORMATS[f].name}</text>` +
      `<text x="${end(labels.length)}" y="${y + 16}" class="number">${sign} ${word}</text>` +
      row(
        `e<tspan dy="-5">${power}</tspan>`,
        y + LINE,
        [...values.exponentials[f], values.sums[f]].map(brief),
      ) +
      row("ŷ", y + 2 * LINE, values.probabilities[f].map((p) => (p > 0 ? show(p) : brief(p))))
    );
  };
  return (
    [...labels, "sum"].map((label, i) => cell(escape(label), i, 0)).join("") +
    row("score", LINE, values.scores.map((score) => show(score, places(score)))) +
    verdicts(values).map(block).join("")
  );
}

function reading({ subtract_largest }, values) {
  const scores = values.scores.map((score) => show(score, places(score)));
  // Formats with the same fate share a sentence.
  const fates = {};
  verdicts(values).forEach(([, , sentence], f) => (fates[sentence] ??= []).push(FORMATS[f].name));
  const sentences = Object.entries(fates).map(
    ([sentence, names]) =>
      `In ${names.length < FORMATS.length ? names.join(" and ") : "every format"} ${sentence}.`,
  );
  const first = subtract_largest ? " The largest is subtracted first." : "";
  return `The scores are ${scores.join(", ")}.${first} ${sentences.join(" ")}`;
}

// Fine near 0, where float16 ends, and as far as float64 goes.
const bend = [
  Math.asinh,
  (position) => Number(Math.sinh(position).toFixed(places(Math.sinh(position)))),
];

const controls = () => [
  slider("scale", "scores times", { min: 0.1, max: 200, step: 0.01, digits: places, log: true }),
  slider("shift", "scores plus", { min: -800, max: 800, step: 0.01, digits: places, bend }),
  toggle("subtract_largest", "subtract the largest first"),
  reset,
];

export default figure({
  traits: ["labels", "logits", "scale", "shift", "subtract_largest"],
  height: TOP + 3 * BLOCK,
  numbers,
  picture,
  reading,
  controls,
});
