// SPDX-License-Identifier: GPL-3.0-or-later
// The service worker: keeps the pages' own files, so that they open without a network. What the API answers is kept by
// the pages (offline/store.ts), never here. KEPT and VERSION are filled in by vite.config.ts.
/// <reference lib="webworker" />
import { keepFiles } from "./store";

declare const KEPT: string[];
declare const VERSION: string;
const scope = self as unknown as ServiceWorkerGlobalScope;
const cacheName = "tidings-" + VERSION;

const kept = async (request: Request | string) => (await caches.open(cacheName)).match(request);

// The first page is kept without who had signed in when it was fetched.
async function keepPages() {
  const cache = await caches.open(cacheName);
  await cache.addAll(KEPT);
  const page = await cache.match("/");
  if (!page) return;
  const headers = new Headers(page.headers);
  for (const each of ["Content-Encoding", "Content-Length", "ETag"]) headers.delete(each);
  await cache.put("/", new Response((await page.text()).replace(/<script id="session".*?<\/script>/s, ""), { headers }));
}

scope.addEventListener("install", (event) => event.waitUntil(keepPages().then(() => scope.skipWaiting())));

scope.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((all) => Promise.all(all.filter((each) => each.startsWith("tidings-") && each !== cacheName).map((each) => caches.delete(each)))).then(() => scope.clients.claim()));
});

// What a phone's share sheet gives: its files are kept for the page, its words go in the address.
async function takeShared(request: Request) {
  const given = await request.formData();
  const files = given.getAll("files").filter((each): each is File => each instanceof File && each.size > 0);
  if (files.length) await keepFiles("shared", files.map((file) => ({ name: file.name, bytes: file })));
  const words = new URLSearchParams();
  for (const [name, value] of given) if (typeof value === "string" && value) words.set(name, value);
  if (files.length) words.set("shared_files", String(files.length));
  return Response.redirect("/?" + words, 303);
}

scope.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method === "POST" && url.origin === scope.location.origin && url.pathname === "/share") return event.respondWith(takeShared(event.request));
  if (event.request.method !== "GET" || url.origin !== scope.location.origin || url.pathname.startsWith("/api/")) return;
  if (event.request.mode === "navigate") {
    if (url.pathname !== "/") return;
    event.respondWith(kept("/").then((page) => page ?? fetch(event.request))); // at once; a newer one comes with its worker
  } else {
    event.respondWith(kept(event.request).then((file) => file ?? fetch(event.request)));
  }
});
