// What the live figures share: controls, a picture, a reading of both, and redrawing on change.

export const escape = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

// A number as the book prints it: fixed digits, a true minus sign, no "-0".
export function show(value, digits = 3) {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "−∞" : "∞";
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

// A function from data to pixels; `back` goes the other way.
export function axis([low, high], [start, end]) {
  const scale = (end - start) / (high - low);
  const place = (value) => start + (value - low) * scale;
  place.back = (pixel) => low + (pixel - start) / scale;
  return place;
}

export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

export const replaced = (list, index, value) => list.map((old, i) => (i === index ? value : old));

// Controls. Each has its markup, what a change of its element means for the state, and how it
// shows the state. `trait` names what it sets; `at` an entry of it, where it is a list.

// JupyterLab would take the arrow keys, unless the focused element itself asks it not to.
const KEYS = 'data-lm-suppress-shortcuts="true"';

const read = (state, trait, at) => (at === undefined ? state[trait] : state[trait][at]);
const write = (state, trait, at, value) => ({
  [trait]: at === undefined ? value : replaced(state[trait], at, value),
});

// How a slider's positions belong to values: a function to the position, and the one back.
const STRAIGHT = [(value) => value, Number];
const LOG = [Math.log10, (position) => Number((10 ** position).toPrecision(3))];

export function slider(trait, label, { min, max, step, at, digits = 1, unit = "", ...more }) {
  const { log = false, bend = log ? LOG : STRAIGHT } = more; // step counts in positions
  const [position, value] = bend;
  const places = typeof digits === "function" ? digits : () => digits;
  const text = (state) => {
    const now = read(state, trait, at);
    return show(now, places(now)) + unit;
  };
  return {
    markup: (state) =>
      `<label class="control"><span>${escape(label)}</span>` +
      `<input type="range" min="${position(min)}" max="${position(max)}" step="${step}"` +
      ` value="${position(read(state, trait, at))}" aria-valuetext="${text(state)}" ${KEYS}>` +
      `<span class="value" aria-hidden="true">${text(state)}</span></label>`,
    changes: (state, { input }) => write(state, trait, at, value(Number(input.value))),
    update(state, element) {
      const input = element.querySelector("input");
      const wanted = position(read(state, trait, at));
      if (Math.abs(Number(input.value) - wanted) > step / 2) input.value = wanted;
      input.setAttribute("aria-valuetext", text(state));
      element.querySelector(".value").textContent = text(state);
    },
  };
}

// (Its class is not "toggle": the theme would fold away whatever is called that.)
export function toggle(trait, label) {
  return {
    markup: (state) =>
      `<label class="control switch"><input type="checkbox"${state[trait] ? " checked" : ""}` +
      ` ${KEYS}><span>${escape(label)}</span></label>`,
    changes: (state, { input }) => ({ [trait]: input.checked }),
    update: (state, element) => (element.querySelector("input").checked = state[trait]),
  };
}

// One of several: `options` are pairs of value and text.
export function choice(trait, label, options) {
  return {
    markup: (state, name) =>
      `<fieldset class="control choice"><legend>${escape(label)}</legend>` +
      options
        .map(
          ([value, text], i) =>
            `<label><input type="radio" name="${name}" value="${i}"` +
            `${value === state[trait] ? " checked" : ""} ${KEYS}><span>${escape(text)}</span></label>`,
        )
        .join("") +
      "</fieldset>",
    changes: (state, { input }) => ({ [trait]: options[Number(input.value)][0] }),
    update: (state, element) =>
      element.querySelectorAll("input").forEach((input, i) => {
        input.checked = options[i][0] === state[trait];
      }),
  };
}

// `does` takes the state, and that at the beginning, and returns what changes; `label` may depend
// on the state.
export function button(label, does, { disabled = () => false } = {}) {
  const text = (state) => escape(typeof label === "function" ? label(state) : label);
  return {
    markup: (state) =>
      `<button type="button" class="control"${disabled(state) ? " disabled" : ""} ${KEYS}>` +
      `${text(state)}</button>`,
    changes: (state, { first }) => does(state, first),
    update(state, element) {
      element.innerHTML = text(state);
      element.disabled = disabled(state);
    },
  };
}

export const reset = button("Back to the beginning", (_, first) => first);

// A point of the picture that can be dragged, or moved by the arrow keys.
//   value(state)           its place in data, [x, y]
//   pixel([x, y], width)   that place in the picture; back([px, py], width) the other way
//   moved(state, [x, y])   what changes when it moves there
//   tab(state)             whether the Tab key stops there; of many handles, one is enough
export function handle(parts) {
  const { label, value, pixel, back, moved, step, range, text, colour = "" } = parts;
  const { tab = () => true } = parts;
  const place = (state, width) => pixel(value(state), width);
  const say = (state) => (text ? text(state) : value(state).map((v) => show(v, 1)).join(", "));
  const inside = (point) => point.map((v, i) => clamp(v, ...range[i]));
  return {
    markup: (state, width, height) => {
      const [x, y] = place(state, width);
      return (
        `<span class="handle ${colour}" role="slider" tabindex="${tab(state) ? 0 : -1}"` +
        ` aria-label="${escape(label)}" aria-valuenow="${value(state)[0]}" aria-valuemin="${range[0][0]}"` +
        ` aria-valuemax="${range[0][1]}" aria-valuetext="${escape(say(state))}" ${KEYS}` +
        ` style="left:${(100 * x) / width}%;top:${(100 * y) / height}%"></span>`
      );
    },
    update(state, element, width, height) {
      const [x, y] = place(state, width);
      element.style.left = `${(100 * x) / width}%`;
      element.style.top = `${(100 * y) / height}%`;
      element.tabIndex = tab(state) ? 0 : -1;
      element.setAttribute("aria-valuenow", value(state)[0]);
      element.setAttribute("aria-valuetext", say(state));
    },
    dragged: (state, point, width) => moved(state, inside(back(point, width))),
    key(state, { key, shiftKey }) {
      const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
      if (!direction[key]) return null;
      const size = shiftKey ? 10 * step : step;
      const point = value(state).map((v, i) => v + size * direction[key][i]);
      return moved(state, inside(point.map((v) => Number(v.toFixed(10)))));
    },
  };
}

// Draw while `running(state)` holds: one step a frame, or, for who wants no motion, all at once.
function runner({ running, step }, { state, change }) {
  const still = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches;
  let waiting = 0;
  const advance = () => {
    waiting = 0;
    if (!running(state())) return;
    let now = state();
    for (let i = 0; running(now) && i < (still ? 1e5 : 1); i++) now = { ...now, ...step(now) };
    change(now);
    waiting ||= requestAnimationFrame(advance); // the change may have asked for it already
  };
  return () => (waiting ||= requestAnimationFrame(advance));
}

// Below this width of the picture, panels that stand side by side are stacked; as in figures.css.
const NARROW = 560;
export const isNarrow = (width) => width < NARROW;

let figures = 0;

// A figure from its parts:
//   traits    names of what Python holds and the model shares
//   height    of the picture in pixels, or [height, height where it is narrow]; the style sheet
//             chooses, so that no text below it moves. Its width follows the page
//   numbers   state -> what the figure shows, as the Python class computes it
//   picture   (state, numbers, width) -> SVG
//   reading   (state, numbers) -> the same in words
//   controls  state -> list of controls;  handles  state -> list of points to drag
//   motion    {running(state), step(state)}, for a figure that moves by itself
//   attach    ({el, state, change}) -> cleanup, for what no control or handle can do
export function figure(parts) {
  const { traits, numbers, picture, reading } = parts;
  const { controls = () => [], handles = () => [], motion, attach } = parts;
  const heights = [parts.height].flat();
  const heightAt = (width) => (isNarrow(width) ? heights.at(-1) : heights[0]);

  function markup(state, width = 640, name = `figure-${++figures}`) {
    const values = numbers(state);
    const height = heightAt(width);
    return (
      `<div class="picture" style="--height:${heights[0]}px;--narrow:${heights.at(-1)}px">` +
      `<svg viewBox="0 0 ${width} ${height}" aria-hidden="true">` +
      `${picture(state, values, width)}</svg>` +
      handles(state).map((h) => h.markup(state, width, height)).join("") +
      "</div>" +
      '<div class="controls">' +
      controls(state).map((c, i) => c.markup(state, `${name}-${i}`)).join("") +
      "</div>" +
      `<p class="reading">${escape(reading(state, values))}</p>` +
      '<p class="announced" role="status"></p>'
    );
  }

  function render({ model, el }) {
    const state = () => Object.fromEntries(traits.map((trait) => [trait, model.get(trait)]));
    const change = (changes) => {
      for (const [trait, value] of Object.entries(changes ?? {})) model.set(trait, value);
      model.save_changes();
    };
    el.classList.add("live-figure");
    if (!el.querySelector(".picture")) el.innerHTML = markup(state()); // else drawn at build time
    const first = state();
    const find = (selector) => el.querySelector(selector);
    const frame = find(".picture");
    const svg = find("svg");
    let width = 640;

    let waiting = 0;
    let announcing = 0;
    function draw() {
      waiting = 0;
      const now = state();
      const values = numbers(now);
      const height = heightAt(width);
      svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      svg.innerHTML = picture(now, values, width);
      controls(now).forEach((c, i) => c.update(now, find(".controls").children[i]));
      handles(now).forEach((h, i) => h.update(now, frame.children[i + 1], width, height));
      find(".reading").textContent = reading(now, values);
      Object.assign(el, { state: now, numbers: values }); // for the tests, and for the curious
    }
    const redraw = () => (waiting ||= requestAnimationFrame(draw));
    const run = motion && runner(motion, { state, change });
    function changed() {
      redraw();
      run?.();
      // A screen reader hears the reading once the reader pauses, not at every step.
      clearTimeout(announcing);
      announcing = setTimeout(() => (find(".announced").textContent = find(".reading").textContent), 500);
    }
    for (const trait of traits) model.on(`change:${trait}`, changed);
    draw();

    const position = (element) => [...element.parentNode.children].indexOf(element);
    const operate = (event, type) => {
      const element = event.target.closest(".controls > *");
      if (!element || (element.localName === "button") !== (type === "click")) return;
      const control = controls(state())[position(element)];
      change(control.changes(state(), { input: event.target, first }));
    };
    find(".controls").addEventListener("input", (event) => operate(event, "input"));
    find(".controls").addEventListener("click", (event) => operate(event, "click"));

    frame.addEventListener("keydown", (event) => {
      if (!event.target.matches(".handle")) return;
      const changes = handles(state())[position(event.target) - 1].key(state(), event);
      if (changes) event.preventDefault(), change(changes);
    });
    frame.addEventListener("pointerdown", (event) => {
      if (!event.target.matches(".handle")) return;
      const which = position(event.target) - 1;
      event.target.setPointerCapture(event.pointerId);
      event.target.focus();
      event.preventDefault();
      event.target.onpointermove = ({ clientX, clientY }) => {
        const box = frame.getBoundingClientRect();
        const point = [((clientX - box.left) * width) / box.width, clientY - box.top];
        change(handles(state())[which].dragged(state(), point, width));
      };
      event.target.onlostpointercapture = () => (event.target.onpointermove = null);
    });

    // Drawn again at the width it has, so that its text keeps its size on a phone.
    const observer = new ResizeObserver(([{ contentRect }]) => {
      const wanted = clamp(Math.floor(contentRect.width), 280, 900);
      if (wanted !== width && contentRect.width) (width = wanted), redraw();
    });
    observer.observe(frame);
    const detach = attach?.({ el, state, change });
    if (motion?.running(state())) run();
    el.dataset.live = "";
    return () => {
      observer.disconnect();
      clearTimeout(announcing);
      cancelAnimationFrame(waiting);
      for (const trait of traits) model.off(`change:${trait}`, changed);
      detach?.();
    };
  }

  return { render, markup, numbers, reading };
}
