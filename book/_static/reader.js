// What the reader's own browser remembers: the place in the book, and the answers to questions.
// It is one piece of JSON under one key, and it never leaves the browser:
//   {"place": {"page": "notebooks/05_cross_entropy", "title": "5 Cross-entropy: …",
//              "heading": "honesty-pays", "section": "Honesty pays"},
//    "answers": {"06_gradient": {"1": true, "2": false, "3": null}}}
// A chapter's answers name all its questions: true if answered rightly, false if wrongly, null if
// not yet. A page works with it through window.softmaxBook: read(), update(change) and clear().
(() => {
  // Where storing is forbidden, merely asking for the storage stops a script. This page's scripts,
  // the theme's among them, then get one that lasts until the page is left.
  try {
    localStorage.getItem("");
  } catch {
    const kept = new Map();
    Object.defineProperty(window, "localStorage", {
      value: {
        getItem: (key) => kept.get(key) ?? null,
        setItem: (key, value) => kept.set(key, String(value)),
        removeItem: (key) => kept.delete(key),
      },
    });
  }

  const KEY = "softmax-book";

  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

  function read() {
    let stored;
    try {
      stored = JSON.parse(localStorage.getItem(KEY));
    } catch { /* another program wrote there */ }
    const { place, answers } = isObject(stored) ? stored : {};
    return {
      place: isObject(place) && typeof place.page === "string" ? place : null,
      answers: isObject(answers) ? answers : {},
    };
  }

  // change gets what is remembered and alters it
  function update(change) {
    const state = read();
    change(state);
    try {
      localStorage.setItem(KEY, JSON.stringify(state));
    } catch { /* the storage is full */ }
    show();
    return state;
  }

  function clear() {
    localStorage.removeItem(KEY);
    localStorage.removeItem("sphinx_highlight_terms"); // the words of the last search
    show();
  }

  window.softmaxBook = { read, update, clear };

  // Pages are named by their path from the book's root, on a server and on disk alike.
  const root = document.documentElement.dataset.content_root || "./";
  const depth = root.split("../").length;
  const page = location.pathname.split("/").slice(-depth).join("/").replace(/\.html$/, "");
  const isChapter = (name) => /^notebooks\/\d\d_\w+$/.test(name);
  const titleOf = (element) => element.textContent.replace(/#\s*$/, "").trim();

  // The heading that the eye has passed last, at two fifths of the window. Only the headings of the
  // section on the screen are asked where they are: asking all would lay out the whole chapter.
  function headingInView() {
    const passed = (elements) =>
      [...elements].filter((e) => e.getBoundingClientRect().top < 0.4 * innerHeight).at(-1);
    const section = passed(document.querySelectorAll("article > section > section[id]"));
    if (!section) return undefined;
    const headings = [...section.querySelectorAll("h2, section[id] > h3")];
    return passed(headings) ?? headings[0];
  }

  function rememberPlace() {
    const heading = headingInView();
    const title = document.querySelector("article h1");
    update((state) => {
      state.place = {
        page,
        title: title ? titleOf(title) : page,
        heading: heading ? heading.parentElement.id : "",
        section: heading ? titleOf(heading) : "",
      };
    });
  }

  // The right answers of a chapter, and how many questions it has.
  function score(answers) {
    const all = isObject(answers) ? Object.values(answers) : [];
    return { right: all.filter((answer) => answer === true).length, all: all.length };
  }

  function linkToPlace(place) {
    const link = document.createElement("a");
    link.href = `${root}${place.page}.html${place.heading ? "#" + place.heading : ""}`;
    link.textContent = place.section ? `${place.title}, “${place.section}”` : place.title;
    return link;
  }

  // Fill what shows it: the first page, the side bar, and the page that tells what is remembered.
  function show() {
    const { place, answers } = read();
    const known = place && isChapter(place.page) ? place : null;

    const line = document.getElementById("continue");
    if (line) {
      line.hidden = !known;
      line.replaceChildren(...(known ? ["Continue: ", linkToPlace(known)] : []));
    }

    for (const link of document.querySelectorAll(".bd-sidenav a")) {
      const name = link.pathname.match(/(\d\d_\w+)(?:\.html)?$/)?.[1];
      const { right, all } = score(answers[name]);
      link.querySelector(".done-mark")?.remove();
      if (all > 0 && right === all) {
        const mark = document.createElement("span");
        mark.className = "done-mark";
        mark.title = "Test yourself: all answered rightly";
        mark.setAttribute("role", "img");
        mark.setAttribute("aria-label", mark.title);
        mark.textContent = "✓";
        link.append(mark);
      }
    }

    const summary = document.getElementById("remembered");
    if (summary) {
      const lines = known ? [["You were last at ", linkToPlace(known), "."]] : [];
      for (const name of Object.keys(answers).sort()) {
        const { right, all } = score(answers[name]);
        if (/^\d\d_/.test(name) && all > 0) {
          lines.push([`Chapter ${Number(name.slice(0, 2))}: ${right} of ${all} questions answered rightly.`]);
        }
      }
      const items = lines.map((parts) => {
        const item = document.createElement("li");
        item.append(...parts);
        return item;
      });
      summary.replaceChildren(...items);
      summary.hidden = items.length === 0;
      document.getElementById("nothing-remembered").hidden = items.length > 0;
      document.getElementById("forget").hidden = items.length === 0;
    }
  }

  function start() {
    show();
    document.getElementById("forget")?.addEventListener("click", () => {
      clear();
      const empty = document.getElementById("nothing-remembered");
      empty.textContent = "Everything is forgotten. This browser remembers nothing about the book.";
      empty.focus(); // the button that had it is gone
    });
    if (isChapter(page)) {
      let timer;
      const rememberSoon = () => {
        clearTimeout(timer);
        timer = setTimeout(rememberPlace, 300); // not while the page moves
      };
      addEventListener("load", rememberSoon);
      addEventListener("scroll", rememberSoon, { passive: true });
    }
  }

  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
  addEventListener("storage", show); // another window of the book
})();
