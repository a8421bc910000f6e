// A lesson: its exercises and questions, the map at its top, and the way to JupyterLab and back.
import * as answers from "./answers.js";
import { element } from "./elements.js";
import { Exercise } from "./exercise.js";
import { answersIn, contents, download, filled } from "./notebook.js";
import { Question } from "./question.js";

export class Lesson {
  /**
   * @param {HTMLElement[]} places Where the exercises and questions are, in order.
   * @param {Python} python What checks.
   */
  constructor(places, python) {
    this.places = places;
    this.python = python;
    this.ready = false;
    this.file = places[0].dataset.notebook;
  }

  async build() {
    this.notebook = await (await fetch(this.file)).json();
    const { setup, stubs } = contents(this.notebook);
    this.setup = setup;
    this.parts = [];
    for (const place of this.places) {
      const { name, lesson: folder } = place.dataset;
      const Part = place.classList.contains("course-question") ? Question : Exercise;
      this.parts.push(new Part(place, stubs[name], await answers.load(folder, name), this));
    }
    this.#top();
    this.changed();
  }

  #top() {
    this.map = element("ol", { class: "course-map" });
    this.loading = element("p", { class: "course-loading", role: "status" }, "Python loads in the background.");
    this.progress = element("progress", { max: 1, value: 0, "aria-label": "Loading Python" });
    const file = element("input", { type: "file", accept: ".ipynb", hidden: "", onchange: () => this.#import(file) });
    const tools = element("div", { class: "course-bar" },
      element("button", { type: "button", onclick: () => this.export() }, "Export as a notebook"),
      element("button", { type: "button", onclick: () => file.click() }, "Import a notebook"), file);
    this.said = element("p", { class: "course-note", role: "status", hidden: "" });
    const top = element("nav", { class: "course-top", "aria-label": "Your progress in this lesson" },
      this.map, this.progress, this.loading, tools, this.said,
      element("p", { class: "course-small" }, "A check is feedback, not a mark. Your answers are kept in this browser only."));
    document.querySelector("article h1").after(top);
  }

  /** Draw the map anew. */
  changed() {
    this.map?.replaceChildren(...this.parts.map((part) => {
      const state = part.state;
      return element("li", { "data-state": state },
        element("a", { href: `#${part.place}` }, `${answers.SIGNS[state]} ${part.name}`),
        element("span", { class: "course-hidden" }, `: ${answers.WORDS[state]}`));
    }));
  }

  isReady() {
    return this.ready;
  }

  /** Ask for a check of an exercise: all answers above it run first, as in a notebook. */
  check(exercise) {
    const cells = [{ name: "setup", source: this.setup }];
    for (const part of this.parts) {
      if (part instanceof Exercise && (part === exercise || part.source !== part.stub)) {
        cells.push({ name: part.name, source: part.source });
      }
      if (part === exercise) break;
    }
    return this.python.check({ exercise: exercise.name, points: exercise.points, cells });
  }

  /** Show how far the loading of Python is. */
  told(message) {
    const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
    if (message.kind === "progress") {
      this.progress.value = message.loaded / message.total;
      this.loading.textContent = `Python is loading: ${megabytes(message.loaded)} of ${megabytes(message.total)} MB.`;
    } else if (message.kind === "ready") {
      this.ready = true;
      this.progress.hidden = true;
      this.loading.textContent = "Python is ready.";
    } else if (message.kind === "failed") {
      this.progress.hidden = true;
      this.loading.textContent = `Python cannot be loaded (${message.message}). Check your connection, and press Check to try again.`;
    }
  }

  export() {
    const sources = Object.fromEntries(this.parts.map((part) => [part.name, part.source]));
    download(this.file, `${JSON.stringify(filled(this.notebook, sources), null, 1)}\n`);
    this.#say(`${this.file} is in your downloads: put it into the lesson's folder that make learn has made.`);
  }

  async #import(file) {
    const [chosen] = file.files;
    file.value = "";
    if (!chosen) return;
    let found;
    try {
      found = answersIn(await chosen.text(), this.notebook);
    } catch (error) {
      this.#say(error.message);
      return;
    }
    const different = this.parts.filter((part) => part.name in found && part.source !== found[part.name]);
    const lost = different.filter((part) => part.source !== part.stub);
    const names = lost.map((part) => part.name).join(", ");
    if (lost.length && !confirm(`Replace your answers to ${names} by those of ${chosen.name}?`)) return;
    for (const part of different) part.set(found[part.name]);
    this.#say(`${different.length} answers of ${chosen.name} were taken over.`);
  }

  #say(words) {
    this.said.textContent = words;
    this.said.hidden = false;
  }
}
