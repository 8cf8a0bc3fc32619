// Gives each live figure of a page a model that lives in the page: no kernel, nothing to load.
// What the figures share stands above in this script; theirs come after it and call `start`.

class PageModel {
  #state;
  #listeners = {};
  constructor(state) {
    this.#state = state;
  }
  get(trait) {
    return this.#state[trait];
  }
  set(trait, value) {
    if (Object.is(this.#state[trait], value)) return;
    this.#state[trait] = value;
    for (const listener of this.#listeners[`change:${trait}`] ?? []) listener();
  }
  on(event, listener) {
    (this.#listeners[event] ??= new Set()).add(listener);
  }
  off(event, listener) {
    this.#listeners[event]?.delete(listener);
  }
  save_changes() {} // with a kernel, this would tell Python
}

// A figure starts when it comes near the screen, so that a page is not kept busy by what nobody
// sees yet. It is drawn already; until then its controls are out of reach.
const modules = {};
const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) begin(target);
  },
  { rootMargin: "500px" },
);

function begin(el) {
  near.unobserve(el);
  const name = el.dataset.figure;
  const start = performance.now();
  modules[name].render({ model: new PageModel(JSON.parse(el.dataset.state)), el });
  performance.measure(`start ${name}`, { start }); // for make audit
}

function start(name, figure) {
  modules[name] = figure;
  for (const el of document.querySelectorAll(`.live-figure[data-figure="${name}"]`)) {
    near.observe(el);
  }
}
