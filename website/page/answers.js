// What a learner wrote and where they stand, kept in this browser.
import { createStore, get, set } from "idb-keyval";

const store = createStore("residual-networks", "answers");

/**
 * An answer: {source, checked, passed, earned, maximum}. `checked` is the source that the verdict is
 * on: an answer that was changed since then is open again.
 */
export async function load(lesson, name) {
  try {
    return (await get(`${lesson}/${name}`, store)) ?? {};
  } catch {
    return {}; // a private window, or a browser that keeps nothing
  }
}

export async function save(lesson, name, answer) {
  try {
    await set(`${lesson}/${name}`, answer, store);
    return true;
  } catch {
    return false;
  }
}

/** Where an answer stands: "open", "passed", "wrong" or "changed" since it was checked. */
export function state({ source, checked, passed }) {
  if (checked === undefined) return "open";
  if (source !== checked) return "changed";
  return passed ? "passed" : "wrong";
}

export const WORDS = {
  open: "not checked yet",
  passed: "passed",
  wrong: "not right yet",
  changed: "changed since the check",
  written: "written",
};

export const SIGNS = { open: "○", passed: "✓", wrong: "✗", changed: "✎", written: "✎" };
