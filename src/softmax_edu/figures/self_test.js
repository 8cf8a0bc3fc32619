// Self-test questions: each answer is met with its reason. The questions stand in the page
// already, with all reasons folded; this shows the reason for what was chosen.
import { replaced } from "./kit.js";

const LETTERS = [..."ABCDEFGH"];
const near = (a, b, tolerance) => Math.abs(a - b) <= tolerance + 1e-9 * Math.abs(b);

// What a reader typed, as {value}, or {problem} in words.
export function parse(text) {
  const clean = text.trim().replace(/[−–]/g, "-");
  if (/^[+-]?\d*,\d+(e[+-]?\d+)?$/i.test(clean)) {
    return { problem: `Please write a decimal point: ${text.trim().replace(",", ".")}` };
  }
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(clean) ? Number(clean) : NaN;
  if (Number.isFinite(value)) return { value };
  return { problem: "Please write a number, such as 0.75, −2 or 1e-3." };
}

// Whether an answer is right (null: there is none yet), and which of the reasons concern it.
export function judge({ kind, right, tolerance, mistakes }, answer) {
  if (answer === null) return { right: null, reasons: [] };
  if (kind === "number") {
    const known = [right, ...mistakes].findIndex((value) => near(answer, value, tolerance));
    return { right: known === 0, reasons: known < 0 ? [] : [known] };
  }
  const concerned = kind === "several" ? answer + right : answer; // what is missed has a reason too
  const reasons = [...LETTERS.keys()].filter((i) => concerned.includes(LETTERS[i]));
  return { right: answer === right, reasons };
}

export function numbers({ key, answers }) {
  const right = key.map((question, i) => judge(question, answers[i]).right);
  return { right, score: right.filter(Boolean).length };
}

export const reading = ({ key }, { score }) => `${score} of ${key.length} questions answered rightly.`;

// The sentence above the reasons; none where the one reason says it all.
export function comment({ kind, right }, answer, verdict) {
  if (kind === "several") {
    if (verdict.right) return `✓ Right: ${[...answer].join(" and ")}.`;
    const listed = (letters) => [...letters].join(", ");
    const wrong = [...answer].filter((letter) => !right.includes(letter));
    const missed = [...right].filter((letter) => !answer.includes(letter));
    return [
      "✗ Not right yet.",
      wrong.length ? `Ticked wrongly: ${listed(wrong)}.` : "",
      missed.length ? `Missed: ${listed(missed)}.` : "",
    ].filter(Boolean).join(" ");
  }
  if (verdict.reasons.length) return "";
  return `✗ ${String(answer).replace(/-/g, "−")} is not right. Try again, or open the answer below.`;
}

// The site remembers in the reader's browser which questions were answered rightly.
const remembered = (chapter) => globalThis.softmaxBook?.read().answers[chapter] ?? {};
function remember(chapter, right) {
  const byNumber = Object.fromEntries(right.map((value, i) => [i + 1, value]));
  globalThis.softmaxBook?.update((all) => (all.answers[chapter] = byNumber));
}

let views = 0;

function render({ model, el }) {
  el.classList.add("live-figure");
  if (!el.querySelector(".question")) {
    el.innerHTML = model.get("markup"); // made by Python, which escapes what it does not know
    views += 1; // a notebook can show the same test twice, and each needs its own choice
    for (const input of el.querySelectorAll("input[name]")) input.name += `-${views}`;
  }
  const chapter = model.get("chapter");
  const key = model.get("key");
  const questions = [...el.querySelectorAll(".question")];
  const part = (i, selector) => questions[i].querySelector(selector);
  const inputs = (i) => [...questions[i].querySelectorAll("input")];
  const state = () => ({ key, answers: model.get("answers") });
  const set = (answers) => {
    model.set("answers", answers);
    model.save_changes();
  };
  let earlier = remembered(chapter);

  function tell(i, text, { right = null, reasons = [] } = {}) {
    const place = part(i, ".verdict");
    const all = [...questions[i].querySelectorAll("details li")];
    const list = document.createElement("ul");
    list.append(...reasons.map((which) => all[which].cloneNode(true)));
    const line = document.createElement("p");
    line.textContent = text;
    place.className = `verdict ${right === null ? "" : right ? "is-right" : "is-wrong"}`;
    place.replaceChildren(...(text ? [line] : []), ...(reasons.length ? [list] : []));
  }

  function answer(i) {
    const { kind } = key[i];
    if (kind === "number") {
      const { value, problem } = parse(inputs(i)[0].value);
      if (problem) return tell(i, problem);
      return set(replaced(state().answers, i, value));
    }
    const ticked = inputs(i).filter((input) => input.checked).map((input) => input.value).join("");
    if (!ticked) return tell(i, "Tick what is right, then check.");
    set(replaced(state().answers, i, ticked));
  }

  // Bring the page to what the answers are, whether they came from here or from Python.
  const shown = key.map(() => undefined);
  function show() {
    const now = state();
    const values = numbers(now);
    now.answers.forEach((given, i) => {
      if (given === shown[i]) return;
      shown[i] = given;
      for (const input of inputs(i)) {
        if (input.type !== "text") input.checked = given !== null && given.includes(input.value);
        else if (given === null) input.value = "";
        else if (parse(input.value).value !== given) input.value = String(given);
      }
      const verdict = judge(key[i], given);
      tell(i, given === null ? "" : comment(key[i], given, verdict), verdict);
    });
    el.querySelector(".reading").textContent = reading(now, values);
    Object.assign(el, { state: now, numbers: values }); // for the tests, and for the curious
  }

  const changed = () => {
    show();
    remember(chapter, numbers(state()).right.map((right, i) => right ?? earlier[i + 1] ?? null));
  };
  const position = (event) => questions.indexOf(event.target.closest(".question"));
  const onChange = (event) => event.target.type === "radio" && answer(position(event));
  const onClick = ({ target }) => {
    if (target.matches(".check")) answer(questions.indexOf(target.closest(".question")));
    if (target.matches(".again")) {
      earlier = {};
      shown.fill(undefined); // also what was typed or ticked without being checked
      set(key.map(() => null));
      changed();
    }
  };
  const onKey = (event) => {
    if (event.key === "Enter" && event.target.type === "text") answer(position(event));
  };
  el.addEventListener("change", onChange);
  el.addEventListener("click", onClick);
  el.addEventListener("keydown", onKey);
  model.on("change:answers", changed);

  const known = key.map(({ right }, i) => (earlier[i + 1] === true ? right : null));
  if (known.some((right) => right !== null)) set(known);
  show();
  // From now on a screen reader announces verdicts; not those of an earlier visit.
  questions.forEach((_, i) => part(i, ".verdict").setAttribute("role", "status"));
  el.dataset.live = "";
  return () => {
    el.removeEventListener("change", onChange);
    el.removeEventListener("click", onClick);
    el.removeEventListener("keydown", onKey);
    model.off("change:answers", changed);
  };
}

// Without `markup`: its static form, which Python writes, is what `render` brings to life.
export default { render, numbers, reading };
