// Makes what the page's Python loads, as bytecode: its standard library, NumPy, and the course.
//
//   node compile.mjs PYODIDE NUMPY_WHEEL PACKAGES LESSONS.json OUT
//
// PYODIDE is the package's folder. PACKAGES, as JSON, says in which folder each package of Python is.
// Runs in Node with Pyodide itself, because bytecode is for one version of Python.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [folder, wheel, packages, lessons, out] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const { loadPyodide } = await import(pathToFileURL(join(folder, "pyodide.mjs")));
const python = await loadPyodide({ indexURL: folder, env: { HOME: "/tmp", NO_COLOR: "1" } });

try {
  python.FS.mkdir("/guest");
  python.FS.mkdir("/runtime");
  for (const [name, root] of Object.entries(JSON.parse(packages))) {
    python.FS.mkdir(`/guest/${name}`);
    python.FS.mount(python.FS.filesystems.NODEFS, { root }, `/guest/${name}`);
  }
  python.unpackArchive(new Uint8Array(readFileSync(wheel)), "wheel");
  for (const name of ["desk.py", "record.py", "bytecode.py"]) {
    python.FS.writeFile(`/runtime/${name}`, readFileSync(join(here, name)));
  }
  python.FS.writeFile("/lessons.json", readFileSync(lessons));
  python.FS.writeFile("/stdlib.zip", readFileSync(join(folder, "python_stdlib.zip")));
  python.FS.writeFile("/numpy.zip", readFileSync(wheel));
  python.runPython(`
import sys
sys.dont_write_bytecode = True
sys.path += ["/runtime", "/guest"]
import bytecode, record
files = record.modules(open("/lessons.json").read())
bytecode.of_files("/guest", files, {"desk.py": open("/runtime/desk.py").read()}, "/course.zip")
bytecode.of_archive("/stdlib.zip", bytecode.NO_STANDARD_LIBRARY, "/out-stdlib.zip")
bytecode.of_archive("/numpy.zip", bytecode.NO_NUMPY, "/out-numpy.zip", bytecode.WITH_DOCSTRINGS)
`);
} catch (error) {
  console.error(String(error.message ?? error.errno ?? error));
  process.exit(1);
}
for (const [from, to] of [
  ["/course.zip", "course.zip"],
  ["/out-stdlib.zip", "python_stdlib.zip"],
  ["/out-numpy.zip", "numpy.zip"],
]) {
  writeFileSync(join(out, to), python.FS.readFile(from));
}
