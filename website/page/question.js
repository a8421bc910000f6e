// A question that a person reads: a place to write, kept like the other answers.
import * as answers from "./answers.js";
import { element } from "./elements.js";

export class Question {
  constructor(place, stub, kept, lesson) {
    const { name, lesson: folder } = place.dataset;
    Object.assign(this, { name, folder, stub, lesson, place: place.id });
    this.source = kept.source ?? stub;
    this.box = element("textarea", { rows: 6, "aria-label": `Your answer to ${name}`, placeholder: "Write your answer here.",
      oninput: () => this.#edited() });
    this.box.value = this.source === stub ? "" : this.source;
    place.replaceWith(element("section", { class: "course-question", id: place.id, "aria-label": `Question ${name}` }, this.box,
      element("p", { class: "course-small" }, "A person reads this one, if somebody grades your work: export the lesson to hand it in.")));
  }

  get state() {
    return this.source === this.stub ? "open" : "written";
  }

  #edited() {
    this.source = this.box.value.trim() ? this.box.value : this.stub;
    answers.save(this.folder, this.name, { source: this.source });
    this.lesson.changed();
  }

  set(source) {
    this.box.value = source === this.stub ? "" : source;
    this.#edited();
  }
}
