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

function start(name, { render }) {
  for (const el of document.querySelectorAll(`.live-figure[data-figure="${name}"]`)) {
    // Each in a task of its own, so that a page with several stays responsive.
    setTimeout(() => {
      const start = performance.now();
      render({ model: new PageModel(JSON.parse(el.dataset.state)), el });
      performance.measure(`start ${name}`, { start }); // for make audit
    });
  }
}
