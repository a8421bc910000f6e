// Keeps the whole site, so that it works without a network. The list is `files.json`; VERSION, which
// the build puts in, is another one for every site.

const PYTHON = "_static/course/python/";
const place = (file) => new URL(file, self.registration.scope).href;

const cache = () => caches.open(VERSION);

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const fresh = (file) => new Request(place(file), { cache: "no-cache" });
    const files = await (await fetch(fresh("files.json"))).json();
    // Python's parts come when they are first asked for: who only reads does not load them.
    await (await cache()).addAll(files.filter((file) => !file.startsWith(PYTHON)).map(fresh));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== VERSION) await caches.delete(name);
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
