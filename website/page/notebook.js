// A lesson as the notebook that `make learn` gives, with the answers in it, and back.

const gradeId = (cell) => cell.metadata?.nbgrader?.grade_id;
const isAnswer = (cell) => Boolean(cell.metadata?.nbgrader?.solution);
const text = (source) => (Array.isArray(source) ? source.join("") : source);

/** A text as notebooks keep it: a list of lines, each with its end. */
const lines = (source) => source.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** The setup cell of a notebook, and what each answer's cell holds, by its name. */
export function contents(notebook) {
  const setup = notebook.cells.find((cell) => cell.metadata?.tags?.includes("setup"));
  const stubs = {};
  for (const cell of notebook.cells) if (isAnswer(cell)) stubs[gradeId(cell)] = text(cell.source);
  return { setup: setup ? text(setup.source) : "", stubs };
}

/** A copy of a notebook with answers in it. */
export function filled(notebook, answers) {
  const copy = structuredClone(notebook);
  for (const cell of copy.cells) {
    const source = answers[gradeId(cell)];
    if (isAnswer(cell) && source !== undefined) cell.source = lines(source);
  }
  return copy;
}

/** The answers in a notebook's text, by name; raises a sentence where it is none of this lesson. */
export function answersIn(content, released) {
  const wanted = contents(released).stubs;
  let notebook;
  try {
    notebook = JSON.parse(content);
  } catch {
    throw new Error("This file is not a notebook. Choose the lesson's file that ends in .ipynb.");
  }
  if (!Array.isArray(notebook?.cells)) {
    throw new Error("This file is not a notebook: it has no cells. Choose the lesson's .ipynb file.");
  }
  const found = {};
  for (const cell of notebook.cells) {
    const name = gradeId(cell);
    const isText = ["string", "object"].includes(typeof cell.source);
    if (isAnswer(cell) && name in wanted && isText) found[name] = text(cell.source);
  }
  if (!Object.keys(found).length) {
    throw new Error("This notebook has no answers to this lesson. Is it the notebook of another one?");
  }
  return found;
}

/** Let the browser save a text as a file. */
export function download(name, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type: "application/x-ipynb+json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
