// SPDX-License-Identifier: GPL-3.0-or-later
import { execFileSync, spawn } from "node:child_process";
import { createReadStream, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { end } from "../../support/end.mjs";

const [notes, count, kept] = [process.argv[2], Number(process.argv[3]), process.argv[4]];
const root = fileURLToPath(new URL("../../..", import.meta.url)), bin = path.join(root, "build/bin");
const { chromium } = createRequire(path.join(root, "tests/web/package.json"))("playwright-core");
const folder = mkdtempSync(path.join(tmpdir(), "tidings-typing-")), data = kept || path.join(folder, "data"), password = "a long password";
const indexer = (args, input) => execFileSync(path.join(bin, "tidings-indexer"), ["--data", data, "--log", "off", ...args], { input, stdio: ["pipe", "ignore", "inherit"], maxBuffer: 1 << 30 });
const at = (sorted, share) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]);

// Words as they stand in the notes, some alone and some in pairs.
async function someWords() {
  const words = [];
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(notes) })) {
    if (++line % 997) continue;
    const found = JSON.parse(text).body.match(/[\p{L}]{4,12}/gu) ?? [];
    if (found.length > 3) words.push(words.length % 2 ? found[1] : found[0] + " " + found[2]);
    if (words.length === count) break;
  }
  return words;
}

if (!existsSync(path.join(data, "ledger.db"))) {
  console.error("Importing…");
  indexer(["import", "--create-clients", notes]);
  indexer(["user", "add", "hans", "--role", "technician"]);
  indexer(["user", "passwd", "hans"], password + "\n");
}
console.error("Waiting until all is routed and found…");
const server = spawn(path.join(bin, "tidings-server"), ["--data", data, "--listen", "127.0.0.1:0", "--log", "error"]);
const url = await new Promise((resolve) => server.stdout.once("data", (text) => resolve(/http:\S+/.exec(text)[0])));
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  for (;;) {
    const state = await (await fetch(url + "/readyz")).json();
    if (state.ready && state.unrouted === 0 && state.indexed >= state.feed) { console.error(`${state.insights} notes`); break; }
    await wait(1000);
  }
  await wait(10000); // what is read into memory after the last change
  const page = await browser.newPage({ locale: "en-GB", viewport: { width: 1280, height: 860 } });
  await page.goto(url);
  await page.getByLabel("Name").fill("hans");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.goto(url + "/#/search");
  const field = page.getByLabel("Search for");
  await field.waitFor();
  // The last answer that is shown is the one whose words are in the field: its request is told by its address.
  await page.evaluate(() => {
    const fetched = window.fetch;
    window.tidingsTyping = { typed: 0, asked: [], replied: [], shown: [] };
    document.addEventListener("input", () => { window.tidingsTyping.typed = performance.now(); }, true);
    window.fetch = async (where, how) => {
      const asked = performance.now();
      const reply = await fetched(where, how);
      const words = document.querySelector("input[type=search], input[role=combobox]")?.value ?? "";
      if (String(where).includes("/search?") && new URL(where, location).searchParams.get("q") === words && new URL(where, location).searchParams.has("typing")) {
        const typed = window.tidingsTyping.typed;
        window.tidingsTyping.asked.push(asked - typed);
        window.tidingsTyping.replied.push(performance.now() - typed);
        reply.clone().text().then(() => requestAnimationFrame(() => requestAnimationFrame(() => window.tidingsTyping.shown.push(performance.now() - typed))));
      }
      return reply;
    };
  });
  let keys = 0;
  for (const words of await someWords()) {
    await field.fill("");
    await field.focus();
    await page.waitForTimeout(300);
    for (const letter of words) {
      await page.keyboard.type(letter);
      ++keys;
      await page.waitForTimeout(180); // a fast typist
    }
  }
  const times = await page.evaluate(() => window.tidingsTyping);
  console.log(`${keys} keys, ${times.shown.length} times results were shown for what was typed; from the key, ms:`);
  for (const [until, name] of [["asked", "until it is asked"], ["replied", "until the reply"], ["shown", "until the frame"]]) {
    const sorted = times[until].sort((a, b) => a - b);
    console.log(`${name.padEnd(20)} p50 ${at(sorted, 0.5)}   p90 ${at(sorted, 0.9)}   p99 ${at(sorted, 0.99)}`);
  }
} finally {
  await browser.close();
  await end(server);
  rmSync(folder, { recursive: true, force: true });
}
