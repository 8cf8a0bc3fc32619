// Draws strokes with the module of the figure: reads {state, strokes}, writes the states as JSON.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { stroke } = await import(pathToFileURL(`${process.argv[2]}/digit_reader.js`));
const { state, strokes } = JSON.parse(readFileSync(0, "utf8"));
let now = state;
const states = strokes.map(([from, to]) => (now = { ...now, ...stroke(now, from, to) }));
process.stdout.write(JSON.stringify(states));
