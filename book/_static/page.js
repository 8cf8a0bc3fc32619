// What the theme's pages need beside its own scripts, instead of 80 kB of Bootstrap.

// The page of results does not mark the words of an earlier search in itself.
const onSearchPage = document.getElementById("search-results") !== null;
if (onSearchPage) {
  localStorage.removeItem("sphinx_highlight_terms");
  document.querySelector(".bd-search-container input").focus();
}

// Menus close by Escape and by a click elsewhere, as readers expect.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.dropdown[open]")) {
    if (menu.contains(except)) continue;
    const focused = menu.contains(document.activeElement);
    menu.open = false;
    if (focused) menu.querySelector("summary").focus();
  }
};
document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("focusin", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeMenus(null);
});

for (const button of document.querySelectorAll('[data-action="print"]')) {
  button.addEventListener("click", () => {
    closeMenus(null);
    print();
  });
}

// The contents at the side mark the section that is being read: the last that began above 40 % of
// the screen.
const entries = new Map();
for (const link of document.querySelectorAll(".bd-toc-nav a[href^='#']")) {
  const section = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (section) entries.set(section, link);
}
const reading = new Set();
const watcher = new IntersectionObserver(
  (changes) => {
    for (const { target, isIntersecting } of changes) {
      if (isIntersecting) reading.add(target);
      else reading.delete(target);
    }
    const current = [...entries.keys()].filter((section) => reading.has(section)).pop();
    if (!current) return;
    for (const [section, link] of entries) {
      const active = section.contains(current); // sections contain their subsections
      link.classList.toggle("active", active);
      link.parentElement.classList.toggle("active", active);
      if (section === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  },
  { rootMargin: "0px 0px -60%" },
);
for (const section of entries.keys()) watcher.observe(section);
