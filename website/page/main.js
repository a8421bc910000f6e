// Makes a lesson's page one to work on, and fills in the map of the start page.
import * as answers from "./answers.js";
import { element } from "./elements.js";
import { Lesson } from "./lesson.js";
import { Python } from "./python.js";

const root = new URL(document.documentElement.dataset.content_root ?? "./", location.href);

async function lesson() {
  const places = [...document.querySelectorAll("pre.course-exercise, pre.course-question")];
  if (!places.length) return;
  let page;
  const python = new Python(new URL("_static/course/python/worker.js", root), (said) => page.told(said));
  page = new Lesson(places, python);
  await page.build();
  // Who saves data or only reads loads Python with the first check.
  if (!navigator.connection?.saveData) python.start().catch(() => {});
}

async function map() {
  for (const item of document.querySelectorAll("li.course-lesson")) {
    const names = item.dataset.exercises.split(" ");
    const kept = await Promise.all(names.map((name) => answers.load(item.dataset.lesson, name)));
    const passed = kept.filter((answer) => answers.state(answer) === "passed").length;
    item.append(element("span", { class: "course-count" }, `${passed} of ${names.length} exercises`));
    item.dataset.state = passed === names.length ? "passed" : passed ? "begun" : "open";
  }
}

lesson();
map();
if ("serviceWorker" in navigator && location.protocol !== "file:") {
  navigator.serviceWorker.register(new URL("service_worker.js", root), { scope: root.pathname }).catch(() => {});
}
