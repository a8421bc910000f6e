// The worker in which Python runs. It answers one check at a time, and knows nothing of the page.
//
// Messages to it:   {kind: "check", request}, {kind: "out of time", request, seconds}
// Messages from it: {kind: "progress", loaded, total}, {kind: "ready", milliseconds, megabytes},
//                   {kind: "checked", reply, milliseconds, megabytes}, {kind: "broken", message},
//                   {kind: "failed", message}: Python could not be loaded
import { loadPyodide } from "./pyodide.mjs";

const here = new URL("./", import.meta.url);
const fetchFile = self.fetch.bind(self);

/** Fetch a file that lies compressed on the server, and unpack it. */
async function unpacked(file, type, counted) {
  const response = await fetchFile(new URL(`${file}.gz`, here));
  if (!response.ok) throw new Error(`${file}.gz cannot be loaded: ${response.status}`);
  const stream = response.body.pipeThrough(counted).pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream, { headers: { "Content-Type": type } });
}

/** Count the bytes that pass, and tell the page. */
function counter(progress) {
  return new TransformStream({
    transform(chunk, controller) {
      progress.loaded += chunk.byteLength;
      postMessage({ kind: "progress", ...progress });
      controller.enqueue(chunk);
    },
  });
}

async function load() {
  const begun = performance.now();
  const sizes = await (await fetchFile(new URL("sizes.json", here))).json();
  const progress = { loaded: 0, total: Object.values(sizes).reduce((sum, size) => sum + size) };
  const get = (file, type) => unpacked(file, type, counter(progress));
  const bytes = async (file) => (await get(file, "application/zip")).arrayBuffer();
  const [numpy, course] = [bytes("numpy.zip"), bytes("course.zip")];

  // Pyodide fetches its own files by their names: they lie compressed, too.
  self.fetch = (url, options) => {
    const file = String(url.url ?? url).split("/").pop();
    if (file === "pyodide.asm.wasm") return get(file, "application/wasm");
    if (file === "python_stdlib.zip") return get(file, "application/zip");
    return fetchFile(url, options);
  };
  const source = await (await get("pyodide.asm.js", "text/javascript")).blob();
  await import(URL.createObjectURL(source));
  const python = await loadPyodide({
    indexURL: here.href,
    lockFileURL: new URL("lock.json", here).href,
    env: { HOME: "/tmp", NO_COLOR: "1" },
  });
  self.fetch = fetchFile;
  python.unpackArchive(await numpy, "zip", { extractDir: "/lib/python3.12/site-packages" });
  python.FS.writeFile("/course.zip", new Uint8Array(await course));
  python.runPython("import sys; sys.path.append('/course.zip'); import desk; desk.warm_up()");
  const desk = python.globals.get("desk");
  return { python, desk, milliseconds: performance.now() - begun };
}

const megabytes = (python) => python._module.HEAP8.length / 2 ** 20;
const loading = load();

loading.then(
  ({ python, milliseconds }) =>
    postMessage({ kind: "ready", milliseconds, megabytes: megabytes(python) }),
  (error) => postMessage({ kind: "failed", message: String(error.message ?? error) }),
);

self.onmessage = async ({ data: { kind, request, seconds } }) => {
  const { python, desk } = await loading;
  const begun = performance.now();
  const asked = JSON.stringify(request);
  try {
    const reply = JSON.parse(kind === "check" ? desk.check(asked) : desk.out_of_time(asked, seconds));
    const milliseconds = performance.now() - begun;
    postMessage({ kind: "checked", reply, milliseconds, megabytes: megabytes(python) });
  } catch (error) {
    postMessage({ kind: "broken", message: String(error.message ?? error).trim().split("\n").pop() });
  }
};
