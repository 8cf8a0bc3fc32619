// What the theme's pages do: colours, search field, menus, side bars, the place in the contents.
// It replaces the theme's own scripts and Bootstrap, 95 kB of which this is what the book uses.
// It never measures what is not on the screen: a chapter has tens of thousands of elements, and to
// ask one of them for its place makes the browser lay out all of them at once.

document.addEventListener("DOMContentLoaded", () => {
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);

  // Colours: as the machine has them, light, or dark. The head of the page has chosen already.

  const machine = matchMedia("(prefers-color-scheme: dark)");
  const names = { auto: "as on this machine", light: "light", dark: "dark" };

  function showColours() {
    const { mode } = root.dataset;
    root.dataset.theme = mode === "auto" ? (machine.matches ? "dark" : "light") : mode;
    for (const button of all(".theme-switch-button")) {
      button.title = `Colours: ${names[mode]}`;
      button.setAttribute("aria-label", button.title);
    }
  }

  function changeColours() {
    // the first change is one that can be seen
    const order = machine.matches ? ["auto", "light", "dark"] : ["auto", "dark", "light"];
    root.dataset.mode = order[(order.indexOf(root.dataset.mode) + 1) % order.length];
    try {
      localStorage.setItem("mode", root.dataset.mode);
    } catch { /* storage is refused: until the page is left */ }
    showColours();
  }

  if (!(root.dataset.mode in names)) root.dataset.mode = "auto";
  showColours();
  machine.addEventListener("change", showColours);
  for (const button of all(".theme-switch-button")) button.addEventListener("click", changeColours);

  // The search field lies over the page when asked for; the page of results has one of its own.

  const overlay = one(".search-button__wrapper");
  const ownField = one(".bd-search-container input");
  let before = null; // what had the focus

  function openSearch() {
    const field = ownField ?? overlay.querySelector("input");
    if (!ownField && !overlay.classList.contains("show")) {
      before = document.activeElement;
      overlay.classList.add("show");
    }
    field.focus();
    field.select();
  }

  function closeSearch() {
    if (!overlay.classList.contains("show")) return;
    overlay.classList.remove("show");
    before?.focus();
  }

  for (const button of all(".search-button__button")) button.addEventListener("click", openSearch);
  one(".search-button__overlay").addEventListener("click", closeSearch);
  const onMac = /^(Mac|iP)/.test(navigator.platform);
  if (onMac) for (const key of all(".kbd-shortcut__modifier")) key.textContent = "⌘";
  if (ownField) {
    ownField.focus();
    // The words of an earlier search are not marked in this one's results.
    try {
      localStorage.removeItem("sphinx_highlight_terms");
    } catch { /* there are none */ }
  }

  // Versions of the book lie side by side, each in a folder of its name: see tools/publish.py. The
  // folder above lists them, newest first, and a page of an older release says so; "latest" is none.

  const home = new URL(root.dataset.content_root, location.href);
  const version = /\/(\d+\.\d+)\/$/.exec(home.pathname)?.[1];
  if (version && location.protocol !== "file:") {
    const above = new URL("../", home);
    fetch(new URL("versions.json", above))
      .then((answer) => (answer.ok ? answer.json() : []))
      .then((names) => {
        const newest = names.find((name) => name !== "latest") ?? version;
        if (newest === version) return;
        const note = document.createElement("p");
        const link = document.createElement("a");
        const page = location.href.slice(home.href.length);
        link.href = new URL(`${newest}/${page}`, above);
        link.textContent = "Read this page in the newest";
        note.className = "older";
        note.append(`You read version ${version} of the book. `, link, ".");
        one(".bd-article").prepend(note);
      })
      .catch(() => {}); // no network: then nobody can go there either
  }

  // Menus are <details>; they close by Escape, by a click elsewhere, and when the focus leaves them.

  function closeMenus(except) {
    for (const menu of all("details.dropdown[open]")) {
      if (menu.contains(except)) continue;
      const focused = menu.contains(document.activeElement);
      menu.open = false;
      if (focused) menu.querySelector("summary").focus();
    }
  }

  document.addEventListener("click", (event) => closeMenus(event.target));
  document.addEventListener("focusin", (event) => closeMenus(event.target));
  for (const button of all('[data-action="print"]')) {
    button.addEventListener("click", () => {
      closeMenus(null);
      print();
    });
  }

  document.addEventListener("keydown", (event) => {
    const menu = document.activeElement.closest("details.dropdown[open]");
    if (!menu || event.ctrlKey || event.metaKey || event.altKey) return;
    const entries = all("a[href], button", menu);
    const here = entries.indexOf(document.activeElement); // -1 on the button that opens the menu
    const moves = { ArrowDown: here + 1, ArrowUp: Math.max(here - 1, -1), Home: 0, End: -1 };
    if (!(event.key in moves)) return;
    event.preventDefault(); // the page would scroll
    entries.at(moves[event.key] % entries.length).focus();
  });

  // From disk a browser cannot run notebooks: the menu says so, and leads to the other ways.
  if (location.protocol === "file:") {
    for (const link of all(".dropdown-run a[href]")) {
      if (!link.href.startsWith(new URL("lite/", home).href)) continue;
      link.removeAttribute("href");
      link.setAttribute("role", "link");
      link.setAttribute("aria-disabled", "true");
      link.querySelector("small").textContent = "Only where the book comes from a web server";
    }
  }

  // On a narrow screen the side bars slide in; a check box that nobody sees holds each open.

  const bars = ["primary", "secondary"].map((name) => ({
    box: document.getElementById(`pst-${name}-sidebar-checkbox`),
    bar: one(`.bd-sidebar-${name}`),
    button: one(`.${name}-toggle`),
  }));
  const usable = bars.filter(({ box, bar, button }) => box && bar && button);

  function showBar({ box, bar, button }, open) {
    box.checked = open;
    button.setAttribute("aria-expanded", open);
    if (open) bar.querySelector("a, button").focus();
    else if (bar.contains(document.activeElement)) button.focus();
  }

  for (const side of usable) {
    side.button.setAttribute("aria-expanded", side.box.checked);
    side.button.addEventListener("click", () => showBar(side, !side.box.checked));
    side.box.addEventListener("change", () => showBar(side, side.box.checked)); // the page beside
    side.bar.addEventListener("click", ({ target }) => {
      if (side.box.checked && target.closest('a[href^="#"]')) showBar(side, false);
    });
  }

  document.addEventListener("keydown", (event) => {
    const modifier = onMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
    if (event.key === "Escape") {
      closeMenus(null);
      closeSearch();
      for (const side of usable) if (side.box.checked) showBar(side, false);
    } else if (modifier && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (overlay.classList.contains("show")) closeSearch();
      else openSearch();
    }
  });

  // The list of chapters keeps its place from page to page.

  const chapters = one(".bd-sidebar-primary");
  if (chapters) {
    const kept = Number.parseInt(sessionStorage.getItem("sidebar-scroll-top"), 10);
    if (kept > 0) chapters.scrollTop = kept;
    addEventListener("pagehide", () => {
      sessionStorage.setItem("sidebar-scroll-top", chapters.scrollTop);
    });
  }

  // The contents mark the section that is read: the last one that began above 40 % of the screen.

  const links = new Map();
  for (const link of all('.bd-toc-nav a[href^="#"]')) {
    const section = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (section) links.set(section, link);
  }
  const onScreen = new Set();
  const reading = new IntersectionObserver(
    (changes) => {
      for (const { target, isIntersecting } of changes) {
        if (isIntersecting) onScreen.add(target);
        else onScreen.delete(target);
      }
      const current = [...links.keys()].filter((section) => onScreen.has(section)).at(-1);
      if (!current) return;
      for (const [section, link] of links) {
        const active = section.contains(current); // a section contains its subsections
        link.classList.toggle("active", active);
        link.parentElement.classList.toggle("active", active);
        if (section === current) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    },
    { rootMargin: "0px 0px -60%" },
  );
  for (const section of links.keys()) reading.observe(section);

  // What scrolls by itself can be reached by the Tab key, and what does not is passed over. Pages
  // come with all of it reachable; this looks at each piece when the browser lays it out.

  const sized = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const scrolls =
        target.scrollWidth > target.clientWidth || target.scrollHeight > target.clientHeight;
      if (scrolls) target.tabIndex = 0;
      else if (target !== document.activeElement) target.removeAttribute("tabindex");
    }
  });
  for (const element of all("main [tabindex='0']:is(pre, div)")) sized.observe(element);
});

// What comes after this part begins in a task of its own each, so that the page can answer between.
{
  const listen = document.addEventListener.bind(document);
  document.addEventListener = (type, begin, ...options) =>
    listen(type, type === "DOMContentLoaded" ? () => setTimeout(begin) : begin, ...options);
}
