// The formulas of the book in JavaScript, held to the Python package by the tests.

export const sum = (values) => values.reduce((total, value) => total + value, 0);

export const argmax = (values) => values.indexOf(Math.max(...values));

// Chapter 2: softmax(z / T), with the shift of chapter 4 that keeps exp in range.
export function softmax(logits, temperature = 1) {
  const scaled = logits.map((z) => z / temperature);
  const largest = Math.max(...scaled);
  const weights = scaled.map((z) => Math.exp(z - largest));
  const total = sum(weights);
  return weights.map((w) => w / total);
}

// Chapter 2: all to the largest; ties go to the first.
export const hardmax = (logits) => logits.map((_, i) => (i === argmax(logits) ? 1 : 0));

// Chapter 4: log of the sum of exponentials, shifted by the largest.
export function logSumExp(logits) {
  const largest = Math.max(...logits);
  return largest + Math.log(sum(logits.map((z) => Math.exp(z - largest))));
}

// Chapter 3
export const sigmoid = (d) => (d >= 0 ? 1 / (1 + Math.exp(-d)) : Math.exp(d) / (1 + Math.exp(d)));
