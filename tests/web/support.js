// SPDX-License-Identifier: GPL-3.0-or-later
// What the page tests share: a server with the demonstration base, Chromium, people who sign in, pictures.
// Pictures go to $SCREENSHOTS if it is set.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { transformSync } from "../../server/web/node_modules/esbuild/lib/main.js";
import { end } from "../support/end.mjs";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const bin = process.env.TIDINGS_BIN ?? path.join(root, "build/bin");
const folder = mkdtempSync(path.join(tmpdir(), "tidings-web-"));
const data = path.join(folder, "data");
const password = "a long password";
export const errors = []; // of any page
export const house = { url: "", browser: null, server: null };

// The pages' own words, so that a test does not break with a better sentence.
async function wordsOf(language) {
  const { code } = transformSync(readFileSync(path.join(root, `server/web/src/words/${language}.ts`), "utf8"), { loader: "ts", format: "esm" });
  const file = path.join(folder, language + ".mjs");
  writeFileSync(file, code);
  return (await import(pathToFileURL(file)))[language];
}
export const words = { en: await wordsOf("en"), ru: await wordsOf("ru") };

const indexer = (args, input) => execFileSync(path.join(bin, "tidings-indexer"), ["--data", data, "--log", "off", ...args], { input, stdio: ["pipe", "pipe", "pipe"] }).toString();

export function startHouse(people = ["anna", "hans", "elena", "lead"]) {
  before(async () => {
    const sample = ["1-desk", "2-accounts", "3-notes"].map((name) => path.join(root, "indexer/sample", name + ".ndjson"));
    indexer(["import", "--as-of", "2026-11-01", ...sample]);
    for (const name of people) indexer(["user", "passwd", name], password + "\n");
    house.server = spawn(path.join(bin, "tidings-server"), ["--data", data, "--listen", "127.0.0.1:0", "--log", "error"]);
    house.url = await new Promise((resolve) => house.server.stdout.once("data", (text) => resolve(/http:\S+/.exec(text)[0])));
    house.browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-quic", "--disable-background-networking"] });
    await settled();
  });
  after(async () => {
    await house.browser?.close();
    await end(house.server);
    rmSync(folder, { recursive: true, force: true });
  });
}

export const desk = { locale: "en-GB", viewport: { width: 1280, height: 860 } };
export const phone = { locale: "ru-RU", viewport: { width: 390, height: 844 }, colorScheme: "dark", hasTouch: true };

export async function open(options = {}) {
  const context = await house.browser.newContext({ ...desk, ...options });
  const page = await context.newPage();
  page.on("pageerror", (error) => errors.push(String(error)));
  // What the browser notes by itself: nobody is signed in (401), no network, and what a test means to be refused.
  page.on("console", (message) => message.type() === "error" && !/40[0-9]|422|net::ERR/.test(message.text()) && errors.push(message.text()));
  await page.goto(house.url);
  return page;
}

export async function signIn(page, name, say = words.en) {
  await page.getByLabel(say.name).fill(name);
  await page.getByLabel(say.password).fill(password);
  await page.getByRole("button", { name: say.sign_in, exact: true }).click();
  await page.getByRole("link", { name: say.log, exact: true }).waitFor();
}

export async function visit(page, where) {
  await page.goto(house.url + "/#/" + where);
}

// Until what was logged is in its queue and can be searched.
export async function settled() {
  for (let i = 0; i < 600; ++i) {
    const state = await (await fetch(house.url + "/readyz")).json();
    if (state.ready && state.unrouted === 0 && state.indexed >= state.feed) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail("the server does not settle");
}

// Until the condition holds, within ten seconds.
export async function until(holds) {
  for (let i = 0; i < 100; ++i) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail("this does not come about: " + holds);
}

// Asks the API as whoever is at the page.
export const ask = (page, method, route, body) =>
  page.evaluate(async ([method, route, body]) => (await fetch("/api/v1/" + route, { method, headers: { "Content-Type": "application/json" }, ...(body ? { body: JSON.stringify(body) } : {}) })).json(), [method, route, body]);

export async function log(page, client, text) {
  await visit(page, "log");
  await page.getByLabel(words.en.body).fill(text);
  await page.getByLabel(/^Client/).fill(client);
  await page.getByRole("button", { name: words.en.save, exact: true }).click();
  await page.getByRole("link", { name: /Logged as insight/ }).waitFor();
}

export async function shoot(page, name) {
  if (!process.env.SCREENSHOTS) return;
  mkdirSync(process.env.SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: path.join(process.env.SCREENSHOTS, name + ".png") });
}

export const isTooWide = (page) => page.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1);
