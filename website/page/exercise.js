// One exercise: an editor, a Check button, and what the check says.
import * as answers from "./answers.js";
import { editor, replace } from "./editor.js";
import { element } from "./elements.js";

export class Exercise {
  /**
   * @param {HTMLElement} place The stub as text, which this takes the place of.
   * @param {string} stub What learners are given.
   * @param {object} kept The answer as it was left.
   * @param {{check: Function, changed: Function}} lesson What checks, and who is told of changes.
   */
  constructor(place, stub, kept, lesson) {
    const { name, lesson: folder, points, missing } = place.dataset;
    Object.assign(this, { name, folder, points: Number(points), missing, stub, lesson, place: place.id });
    this.answer = { source: stub, ...kept };
    this.view = editor(this.answer.source, `Your answer to ${name}`, () => this.#edited(), () =>
      this.check(),
    );
    this.button = element("button", { type: "button", class: "course-check", onclick: () => this.check() }, "Check");
    this.undo = element("button", { type: "button", onclick: () => this.reset() }, "Start over");
    this.status = element("span", { class: "course-status", role: "status" });
    this.output = element("div", { class: "course-output", tabindex: "0", role: "region", "aria-label": `What the check of ${name} says` });
    const note = missing
      ? element("p", { class: "course-note" }, `This one needs ${missing}, which Python in a web page does not have: `
        + "write it here, export the lesson and check it in JupyterLab.")
      : undefined;
    const bar = element("div", { class: "course-bar" }, missing ? undefined : this.button, this.undo, this.status);
    place.replaceWith(element("section", { class: "course-exercise", id: place.id, "aria-label": `Exercise ${name}` },
      this.view.dom, note, bar, this.output));
    this.#show();
  }

  get source() {
    return this.answer.source;
  }

  get state() {
    return answers.state(this.answer);
  }

  #edited() {
    this.answer = { ...this.answer, source: this.view.state.doc.toString() };
    this.#keep();
  }

  #keep() {
    answers.save(this.folder, this.name, this.answer);
    this.#show();
    this.lesson.changed();
  }

  #show() {
    const { earned, maximum } = this.answer;
    const points = this.state === "passed" || this.state === "wrong" ? ` · ${earned} of ${maximum} points` : "";
    this.status.textContent = `${answers.SIGNS[this.state]} ${answers.WORDS[this.state]}${points}`;
    this.status.dataset.state = this.state;
  }

  reset() {
    if (this.source !== this.stub && !confirm(`Throw your answer to ${this.name} away?`)) return;
    this.output.replaceChildren();
    this.answer = { source: this.stub };
    replace(this.view, this.stub);
    this.#keep();
  }

  set(source) {
    this.answer = { source };
    replace(this.view, source);
    this.#keep();
  }

  async check() {
    if (this.missing || this.button.disabled) return;
    this.button.disabled = true;
    this.status.textContent = this.lesson.isReady() ? "Checking …" : "Waiting for Python …";
    this.status.dataset.state = "open";
    const checked = this.source;
    try {
      const { reply, milliseconds, megabytes } = await this.lesson.check(this);
      this.answer = { ...this.answer, checked, passed: reply.passed, earned: reply.earned, maximum: this.points };
      this.#report(reply);
      Object.assign(this.output.dataset, { milliseconds: Math.round(milliseconds), megabytes: Math.round(megabytes) });
    } catch (error) {
      this.output.replaceChildren(element("p", { class: "course-note" },
        `The check could not be run: ${error.message}. Check again; if it fails again, reload the page.`));
    } finally {
      this.button.disabled = false;
      this.#keep();
      this.output.dataset.checks = Number(this.output.dataset.checks ?? 0) + 1;
    }
  }

  #report(reply) {
    const report = element("div", { class: "course-report" });
    report.innerHTML = reply.html ?? "";
    this.output.replaceChildren(
      ...[
        reply.printed && element("pre", { class: "course-printed" }, reply.printed),
        reply.error && element("pre", { class: "course-error" }, reply.error),
        report,
      ].filter(Boolean),
    );
  }
}
