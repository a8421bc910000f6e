// Keeps the whole site, so that it works without a network. The list is `files.json`.

const PYTHON = "_static/course/python/";
const place = (file) => new URL(file, self.registration.scope).href;

async function cache() {
  const { version } = await list();
  return caches.open(version);
}

let known;
async function list() {
  known ??= (await caches.match(place("files.json")))?.json() ?? (await fetch(place("files.json"))).json();
  return known;
}

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const response = await fetch(place("files.json"), { cache: "no-cache" });
    const { version, files } = await response.clone().json();
    const kept = await caches.open(version);
    await kept.put(place("files.json"), response);
    // Python's parts come when they are first asked for: who only reads does not load them.
    await kept.addAll(Object.keys(files).filter((file) => !file.startsWith(PYTHON)).map(place));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const { version } = await list();
    for (const name of await caches.keys()) if (name !== version) await caches.delete(name);
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(self.registration.scope)) return;
  event.respondWith(answer(request));
});

async function answer(request) {
  const url = new URL(request.url);
  if (url.pathname.endsWith("/")) url.pathname += "index.html";
  url.search = url.hash = "";
  const kept = await cache();
  const found = await kept.match(url.href);
  if (found) return found;
  const response = await fetch(request);
  if (response.ok && url.href.startsWith(place(PYTHON))) await kept.put(url.href, response.clone());
  return response;
}
