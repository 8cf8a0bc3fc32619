// Draws live figures at build time: what a reader sees before, or without, any script.
// Reads [{figure, state}, ...] as JSON, writes a list of HTML. Arguments: the figures' folder
// and that of KaTeX, which sets the formulas of figures as it sets those of the text.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, katexModule] = process.argv.slice(2);
const { default: katex } = await import(pathToFileURL(katexModule));

const unescape = (text) => text.replace(/&#(x?)(\w+);/g, (_, hex, code) =>
  String.fromCodePoint(parseInt(code, hex ? 16 : 10))).replace(/&lt;/g, "<").replace(/&gt;/g, ">")
  .replace(/&quot;/g, '"').replace(/&amp;/g, "&");

const drawn = [];
for (const { figure, state } of JSON.parse(readFileSync(0, "utf8"))) {
  const { default: module } = await import(pathToFileURL(`${folder}/${figure}.js`));
  drawn.push(
    module.markup(state).replace(
      /<span class="math" data-tex="([^"]*)">.*?<\/math><\/span>/gs,
      (_, tex) => `<span class="math">${katex.renderToString(unescape(tex))}</span>`,
    ),
  );
}
process.stdout.write(JSON.stringify(drawn));
