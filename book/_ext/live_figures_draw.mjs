// Draws live figures at build time: what a reader sees before, or without, any script.
// Reads [{figure, state, still}, ...] as JSON, writes a list of HTML; still is what Python wrote,
// which stays where a module draws nothing. Arguments: the figures' folder and that of KaTeX,
// which sets the formulas of figures as it sets those of the text.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, katexModule] = process.argv.slice(2);
const { default: katex } = await import(pathToFileURL(katexModule));

const unescape = (text) => text.replace(/&#(x?)(\w+);/g, (_, hex, code) =>
  String.fromCodePoint(parseInt(code, hex ? 16 : 10))).replace(/&lt;/g, "<").replace(/&gt;/g, ">")
  .replace(/&quot;/g, '"').replace(/&amp;/g, "&");

const drawn = [];
for (const { figure, state, still } of JSON.parse(readFileSync(0, "utf8"))) {
  const { default: module } = await import(pathToFileURL(`${folder}/${figure}.js`));
  drawn.push(
    (module.markup?.(state) ?? still).replace(
      /<span class="math" data-tex="([^"]*)">.*?<\/math><\/span>/gs,
      (_, tex) => `<span class="math">${katex.renderToString(unescape(tex))}</span>`,
    ),
  );
}
process.stdout.write(JSON.stringify(drawn));
