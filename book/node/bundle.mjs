// Reads {css, words, js} from stdin and prints them small: {css, js}. See book/_ext/page_weight.py.
//
// Of the style sheet only those rules stay whose every class, id, tag and attribute is among the
// words, which are those of all pages and scripts; what names none, such as :focus-visible, may be
// meant for all and stays. The scripts share one global scope, as they did
// as files of their own: names at the top keep theirs.

import { text } from "node:stream/consumers";

import { transform } from "esbuild";
import { PurgeCSS } from "purgecss";

// By itself it drops what names nothing.
class Purge extends PurgeCSS {
  shouldKeepSelector(selector, found) {
    const names = ["attribute", "class", "id", "tag"];
    if (!selector.nodes.some(({ type }) => names.includes(type))) return true;
    return super.shouldKeepSelector(selector, found);
  }
}

const { css, words, js } = JSON.parse(await text(process.stdin));

const [purged] = await new Purge().purge({
  content: [{ raw: words.join("\n"), extension: "txt" }],
  css: [{ raw: css }],
  defaultExtractor: (content) => content.split("\n"),
  keyframes: true,
});

// A part that asks whether it may begin is told to wait for its turn: see page.js.
const define = { "document.readyState": '"loading"' };
const shrink = async (code, loader) =>
  (
    await transform(code, {
      loader,
      minify: true,
      legalComments: "none",
      target: "es2020",
      ...(loader === "js" && { define }),
    })
  ).code;

console.log(
  JSON.stringify({
    css: await shrink(purged.css, "css"),
    js: Object.fromEntries(
      await Promise.all(
        Object.entries(js).map(async ([name, code]) => [name, await shrink(code, "js")]),
      ),
    ),
  }),
);
