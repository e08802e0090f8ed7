// Keeps one build of the page for going offline. `cargo xtask finish-page` fills in the two lists for a release.

const BUILD = "__BUILD__";
const FILES = ["__FILES__"];

const FAMILY = "annals-page-";
const CACHE = FAMILY + BUILD;
const PAGE = "./";
const PATIENCE_MS = 4000;

self.addEventListener("install", (event) => event.waitUntil(fill().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(dropOldBuilds().then(() => self.clients.claim())));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  event.respondWith(request.mode === "navigate" ? page(request) : part(event));
});

// All files of the build or none: a half-filled cache would start half a program.
async function fill() {
  const cache = await caches.open(CACHE);
  await cache.addAll([new Request(PAGE, { cache: "reload" }), ...FILES]);
}

async function dropOldBuilds() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(FAMILY) && name !== CACHE).map((name) => caches.delete(name)));
}

// The server first, so that a new build is seen at once; the kept page when it is away, broken or too slow.
async function page(request) {
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  const answer = await Promise.race([fetch(request, { cache: "no-cache" }), late]).catch(() => undefined);
  if (answer && answer.status < 400) return answer;
  return (await (await caches.open(CACHE)).match(PAGE)) ?? answer ?? Response.error();
}

// The names of files carry hashes, so the kept one is the right one. What a build holds beyond FILES is kept when first used.
async function part(event) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(event.request);
  if (kept) return kept;
  const answer = await fetch(event.request);
  if (answer.status === 200 && answer.type === "basic") {
    event.waitUntil(cache.put(event.request, answer.clone()).catch(() => {}));
  }
  return answer;
}
