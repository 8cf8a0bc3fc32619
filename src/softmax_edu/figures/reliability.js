// Chapter 11: confidence against accuracy while a temperature cools the logits.
import { axis, button, figure, reset, show, slider } from "./kit.js";
import { argmax, logSumExp, softmax, sum } from "./mathematics.js";

const HEADS = 44; // pixels: the numbers above the diagram
const PLOT = 210;
const COUNTS = 66;
const LEFT = 30;

// Hundredths in two bytes each, in base64, as Python's `packed` writes them.
function unpacked(text, digits) {
  const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const labels = [...digits].map(Number);
  const logits = [...new Int16Array(bytes.buffer)].map((hundredths) => hundredths / 100);
  const classes = logits.length / labels.length;
  return labels.map((label, i) => ({ label, z: logits.slice(i * classes, (i + 1) * classes) }));
}

// Unpacked once and kept: at every temperature they are the same.
let known = {};
function examplesOf(logits, labels) {
  if (known.logits !== logits || known.labels !== labels)
    known = { logits, labels, examples: unpacked(logits, labels) };
  return known.examples;
}

export function numbers({ logits, labels, temperature, num_bins, fitted_temperature }) {
  const examples = examplesOf(logits, labels);
  const bins = Array.from({ length: num_bins }, () => ({ count: 0, confidence: 0, right: 0 }));
  const total = { confidence: 0, right: 0, loss: 0, square: 0 };
  for (const { z, label } of examples) {
    const p = softmax(z, temperature);
    const answer = argmax(p);
    const right = Number(answer === label);
    // The bin whose upper edge is the first that is not below: an edge belongs to the lower bin.
    let b = 0;
    while (b < num_bins - 1 && (b + 1) / num_bins < p[answer]) b += 1;
    bins[b].count += 1;
    bins[b].confidence += p[answer];
    bins[b].right += right;
    total.confidence += p[answer];
    total.right += right;
    total.loss += logSumExp(z.map((score) => score / temperature)) - z[label] / temperature;
    total.square += sum(p.map((value, j) => (value - (j === label)) ** 2));
  }
  const m = examples.length;
  return {
    counts: bins.map(({ count }) => count),
    confidences: bins.map(({ confidence, count }) => confidence / count),
    accuracies: bins.map(({ right, count }) => right / count),
    accuracy: total.right / m,
    mean_confidence: total.confidence / m,
    ece: sum(bins.map(({ right, confidence }) => Math.abs(right - confidence))) / m,
    cost: total.loss / m,
    brier: total.square / m,
    fitted_temperature, // found in Python
  };
}

function heads({ accuracy, mean_confidence, ece, cost, brier }, width) {
  const values = { accuracy, confidence: mean_confidence, ECE: ece, cost, Brier: brier };
  const starts = [0, 0.22, 0.5, 0.67, 0.84];
  return Object.entries(values)
    .map(([name, value], i) => {
      const x = width * starts[i];
      return (
        `<text x="${x}" y="13" class="small">${name}</text>` +
        `<text x="${x}" y="32" class="chosen">${show(value)}</text>`
      );
    })
    .join("");
}

function picture({ num_bins }, values, width) {
  const { counts, confidences, accuracies } = values;
  const x = axis([0, 1], [LEFT, width - 12]);
  const y = axis([0, 1], [HEADS + PLOT, HEADS + 24]);
  const bottom = HEADS + PLOT + COUNTS + 8;
  const most = Math.max(...counts);
  const many = axis([0, most], [bottom, bottom - COUNTS + 26]);
  const bars = counts.map((count, b) => {
    if (!count) return ""; // an empty bin has no mean
    const [from, to] = [x(b / num_bins) + 1, x((b + 1) / num_bins) - 1];
    const rect = (start, end, kind) =>
      `<rect x="${from}" y="${Math.min(start, end)}" width="${to - from}"` +
      ` height="${Math.abs(end - start)}" class="${kind}"/>`;
    const [lower, upper] = [accuracies[b], confidences[b]].sort((p, q) => p - q);
    return (
      rect(y(0), y(lower), "c0") +
      rect(y(lower), y(upper), accuracies[b] < confidences[b] ? "bold" : "modest") +
      `<path d="M${from} ${y(confidences[b])}H${to}" class="curve"/>` +
      rect(many(0), many(count), "c5")
    );
  });
  const tick = (value) =>
    `<text x="${LEFT - 6}" y="${y(value) + 4}" class="number small">${value}</text>` +
    `<text x="${x(value)}" y="${bottom + 16}" class="middle small">${value}</text>`;
  return (
    heads(values, width) +
    `<text x="0" y="${HEADS + 14}" class="small">share right</text>` +
    `<path d="M${x(0)} ${y(1)}V${y(0)}H${x(1)}M${x(0)} ${bottom}H${x(1)}" class="axis"/>` +
    bars.join("") +
    `<path d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}" class="diagonal"/>` +
    [0, 0.5, 1].map(tick).join("") +
    `<text x="${x(0) + 4}" y="${bottom - COUNTS + 18}" class="small">` +
    `answers in each bin, up to ${most}</text>` +
    `<text x="${x(0.75)}" y="${bottom + 16}" class="middle small">confidence</text>`
  );
}

function reading({ labels, temperature, num_bins }, values) {
  const { accuracy, mean_confidence, ece, cost, brier } = values;
  const gap = mean_confidence - accuracy;
  const manner = gap > 0 ? "bold" : "modest";
  return (
    `At temperature ${show(temperature, 2)} the network is right in ${show(accuracy)} of ` +
    `${labels.length} answers, and its mean confidence is ${show(mean_confidence)}: ` +
    `too ${manner} by ${show(Math.abs(gap))}. With ${num_bins} bins the ECE is ${show(ece)}; ` +
    `the cost is ${show(cost)} and the Brier score ${show(brier)}.`
  );
}

const controls = () => [
  slider("temperature", "temperature T", { min: 0.2, max: 20, step: 0.01, digits: 2, log: true }),
  slider("num_bins", "bins", { min: 5, max: 50, step: 5, digits: 0 }),
  button(
    ({ fitted_temperature }) => `Fit T: ${show(fitted_temperature, 2)}`,
    ({ fitted_temperature }) => ({ temperature: fitted_temperature }),
  ),
  reset,
];

export default figure({
  traits: ["logits", "labels", "temperature", "num_bins", "fitted_temperature"],
  height: HEADS + PLOT + COUNTS + 28,
  numbers,
  picture,
  reading,
  controls,
});
