// Computes what figures show: reads {figure, states}, writes the numbers of each state as JSON.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder] = process.argv.slice(2);
const { figure, states } = JSON.parse(readFileSync(0, "utf8"));
const { default: module } = await import(pathToFileURL(`${folder}/${figure}`));
const results = states.map((state) => {
  const values = module.numbers(state);
  return { values, markup: module.markup?.(state) ?? "", reading: module.reading(state, values) };
});
// JSON has no nan and no infinity.
const writable = (_, value) =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
process.stdout.write(JSON.stringify(results, writable));
