// Chapter 6: the gradient ŷ − y as bars, and steps against it.
import { axis, button, choice, escape, figure, reset, show, slider } from "./kit.js";
import { logSumExp, softmax, sum } from "./mathematics.js";

const ROW = 44; // pixels for each class
const TOP = 22;
const CURVE = 112; // pixels for the history of the loss
const MOST_STEPS = 40;

const targetOf = ({ logits, truth, label_smoothing: share }) =>
  logits.map((_, i) => (1 - share) * (i === truth) + share / logits.length);

// −Σ y log ŷ, from logits and never from probabilities.
const lossOf = (logits, target) => logSumExp(logits) - sum(logits.map((z, i) => target[i] * z));

const stepFrom = (logits, gradient, size) => logits.map((z, i) => z - size * gradient[i]);

export function numbers(state) {
  const { logits, step_size, path } = state;
  const target = targetOf(state);
  const probabilities = softmax(logits);
  const gradient = probabilities.map((p, i) => p - target[i]);
  const stepped = stepFrom(logits, gradient, step_size);
  return {
    probabilities,
    target,
    gradient,
    loss: lossOf(logits, target),
    stepped,
    loss_after: lossOf(stepped, target),
    losses: [...path, logits].map((z) => lossOf(z, target)),
    least_loss: -sum(target.map((y) => (y > 0 ? y * Math.log(y) : 0))), // its entropy
  };
}

const arrived = ({ path }) => path.length === MOST_STEPS;

// One step: where we stood joins the path.
const step = (state) => {
  if (arrived(state)) return state;
  return { ...state, path: [...state.path, state.logits], logits: numbers(state).stepped };
};
const steps = (count) => (state) => {
  for (let i = 0; i < count; i++) state = step(state);
  return { logits: state.logits, path: state.path };
};

function bars({ labels }, { probabilities, target, gradient }, width) {
  const middle = width / 2;
  const share = axis([0, 1], [2, middle - 14]);
  const push = axis([-1, 1], [middle + 14, width - 2]);
  const bar = (from, to, y, kind) =>
    `<rect x="${Math.min(from, to)}" y="${y + 20}" width="${Math.abs(to - from)}" height="16"` +
    ` class="${kind}"/>`;
  const row = (i) => {
    const y = TOP + ROW * i;
    const [p, g] = [probabilities[i], gradient[i]];
    // A step moves the logit against the gradient: up where the bar points left.
    const arrow = Math.abs(g) < 0.0005 ? "stays" : g < 0 ? "↑" : "↓";
    return (
      `<text x="${share(0)}" y="${y + 14}" class="name">${escape(labels[i])}</text>` +
      `<text x="${share(1)}" y="${y + 14}" class="number">${show(p)}</text>` +
      bar(share(0), share(1), y, "track") +
      bar(share(0), share(p), y, `c${i}`) +
      `<path d="M${share(target[i])} ${y + 17}v22" class="target"/>` +
      `<text x="${push(-1)}" y="${y + 14}" class="small">logit ${arrow}</text>` +
      `<text x="${push(1)}" y="${y + 14}" class="number">${show(g)}</text>` +
      bar(push(-1), push(1), y, "track") +
      bar(push(0), push(g), y, `c${i}`) +
      `<path d="M${push(0)} ${y + 17}v22" class="axis"/>`
    );
  };
  return (
    `<text x="${share(0)}" y="14" class="small">prediction ŷ, line: target y</text>` +
    `<text x="${push(1)}" y="14" class="number small">gradient ŷ − y</text>` +
    labels.map((_, i) => row(i)).join("")
  );
}

function history({ losses, least_loss }, width) {
  const top = TOP + 4 * ROW + 30;
  const bottom = top + CURVE - 52;
  const highest = Math.max(...losses, 1);
  const x = axis([0, Math.max(10, losses.length - 1)], [36, width - 10]);
  const y = axis([0, highest], [bottom, top]);
  const points = losses.map((loss, i) => [x(i), y(loss)]);
  const floor =
    least_loss > 0
      ? `<path d="M36 ${y(least_loss)}H${width}" class="axis" stroke-dasharray="2 4"/>`
      : "";
  return (
    `<text x="2" y="${top - 12}">loss ${show(losses.at(-1))}</text>` +
    `<text x="${width - 2}" y="${top - 12}" class="number small">` +
    `${floor ? `dotted: no less than ${show(least_loss)}` : ""}</text>` +
    `<path d="M36 ${top}V${bottom}H${width}" class="axis"/>${floor}` +
    `<text x="30" y="${top + 9}" class="number small">${show(highest, 1)}</text>` +
    `<text x="30" y="${bottom + 4}" class="number small">0</text>` +
    `<text x="${x(0)}" y="${bottom + 18}" class="middle small">0</text>` +
    `<text x="${width - 2}" y="${bottom + 18}" class="number small">` +
    `${Math.max(10, losses.length - 1)} steps</text>` +
    `<path d="M${points.map((point) => point.join(" ")).join("L")}" class="curve"/>` +
    points.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3.5" class="c0"/>`).join("")
  );
}

const picture = (state, values, width) => bars(state, values, width) + history(values, width);

function reading({ labels, truth, step_size, path }, values) {
  const { probabilities, gradient, loss, loss_after } = values;
  const parts = labels.map((label, i) => `${label} ${show(gradient[i])}`);
  const count = path.length;
  const walked = count ? `After ${count} step${count > 1 ? "s" : ""} the` : "The";
  return (
    `${walked} prediction gives the truth, ${labels[truth]}, ${show(probabilities[truth])}, ` +
    `and the loss is ${show(loss)}. The gradient is ${parts.join(", ")}; its sum is 0. ` +
    `A step of size ${show(step_size, 2)} against it changes the loss to ${show(loss_after)}.`
  );
}

// Whoever moves something by hand starts a new path.
const anew = (control) => ({
  ...control,
  changes: (...given) => ({ ...control.changes(...given), path: [] }),
});

const controls = ({ labels }) => [
  anew(choice("truth", "truth", labels.map((label, i) => [i, label]))),
  ...labels.map((label, at) =>
    anew(slider("logits", `logit of ${label}`, { at, min: -10, max: 10, step: 0.1 })),
  ),
  anew(slider("label_smoothing", "smoothing ε", { min: 0, max: 0.5, step: 0.05, digits: 2 })),
  slider("step_size", "step size η", { min: 0.1, max: 10, step: 0.02, digits: 2, log: true }),
  button("Step down the gradient", steps(1), { disabled: arrived }),
  button("Ten steps", steps(10), { disabled: arrived }),
  reset,
];

export default figure({
  traits: ["labels", "logits", "truth", "step_size", "label_smoothing", "path"],
  height: TOP + 4 * ROW + CURVE,
  numbers,
  picture,
  reading,
  controls,
});
