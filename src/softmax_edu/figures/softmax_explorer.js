// Chapter 1: scores and temperature to probabilities, hardmax beside them.
import { axis, escape, figure, reset, show, slider } from "./kit.js";
import { argmax, hardmax, softmax } from "./mathematics.js";

const ROW = 44; // pixels
const TOP = 26;

export function numbers({ logits, scale, shift, temperature }) {
  const scores = logits.map((z) => scale * z + shift);
  return { scores, probabilities: softmax(scores, temperature), hardmax: hardmax(scores) };
}

function picture({ labels }, { scores, probabilities, hardmax }, width) {
  const bar = axis([0, 1], [86, width - 128]);
  const row = (i) => {
    const y = TOP + ROW * i;
    const p = probabilities[i];
    return (
      `<text x="0" y="${y + 16}" class="name">${escape(labels[i])}</text>` +
      `<text x="0" y="${y + 32}" class="small">score ${show(scores[i], 1)}</text>` +
      `<rect x="${bar(0)}" y="${y + 4}" width="${bar(1) - bar(0)}" height="28" class="track"/>` +
      `<rect x="${bar(0)}" y="${y + 4}" width="${bar(p) - bar(0)}" height="28" class="c${i}"/>` +
      `<text x="${width - 76}" y="${y + 24}" class="number">${show(p)}</text>` +
      `<text x="${width - 20}" y="${y + 24}" class="number${hardmax[i] ? " chosen" : ""}">` +
      `${hardmax[i]}</text>`
    );
  };
  return (
    `<text x="${width - 76}" y="14" class="number small">softmax</text>` +
    `<text x="${width}" y="14" class="number small">hardmax</text>` +
    labels.map((_, i) => row(i)).join("")
  );
}

function reading({ labels, temperature }, { probabilities, scores }) {
  const parts = labels.map((label, i) => `${label} ${show(probabilities[i])}`);
  return (
    `At temperature ${show(temperature, 2)} softmax gives ${parts.join(", ")}; ` +
    `hardmax gives everything to ${labels[argmax(scores)]}.`
  );
}

const controls = ({ labels }) => [
  ...labels.map((label, at) =>
    slider("logits", `score of ${label}`, { at, min: -5, max: 8, step: 0.1 }),
  ),
  slider("temperature", "temperature T", { min: 0.05, max: 20, step: 0.01, digits: 2, log: true }),
  slider("scale", "scores times", { min: 0.1, max: 5, step: 0.1 }),
  slider("shift", "scores plus", { min: -20, max: 20, step: 0.5 }),
  reset,
];

export default figure({
  traits: ["labels", "logits", "temperature", "scale", "shift"],
  height: TOP + 4 * ROW,
  numbers,
  picture,
  reading,
  controls,
});
