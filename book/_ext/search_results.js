// How results of Sphinx's search look: with the section where they begin, and readable formulas.
var Scorer = {
  // Sphinx's own weights
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,

  // Sphinx asks for each result's score before it sorts them.
  score(result) {
    Search.htmlToText = textOf;
    const [page, title, anchor, , score] = result;
    const isHere = ([file, id]) => Search._index.docnames[file] === page && `#${id}` === anchor;
    const section = Object.entries(Search._index.alltitles).find(([, places]) => places.some(isHere));
    if (section && !title.includes(" > ")) result[1] = `${title} > ${section[0]}`;
    return score;
  },
};

// The text of a found page, from which Sphinx cuts a summary: each formula once, and no buttons.
function textOf(html, anchor) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const part = (anchor && page.getElementById(anchor.slice(1))) || page.querySelector("article");
  const noise = "h1, h2, h3, .headerlink, .katex-html, annotation, .downloads, button, script, style";
  for (const element of part.querySelectorAll(noise)) element.remove();
  return part.textContent.replace(/\s+/g, " ");
}

// From disk a browser may not read the pages that were found, so there are no summaries.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
