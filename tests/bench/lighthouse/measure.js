// SPDX-License-Identifier: GPL-3.0-or-later
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import lighthouse from "lighthouse";
import { end } from "../../support/end.mjs";

const RUNS = 3;
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
const PAGES = ["", "#/search?q=pump", "#/log", "#/tell", "#/queues/seals", "#/client/1", "#/attention"];
const root = fileURLToPath(new URL("../../..", import.meta.url));
const bin = path.join(root, "build/bin"), folder = mkdtempSync(path.join(tmpdir(), "tidings-lighthouse-")), data = path.join(folder, "data");
const password = "a long password";
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const indexer = (args, input) => execFileSync(path.join(bin, "tidings-indexer"), ["--data", data, "--log", "off", ...args], { input, stdio: ["pipe", "ignore", "inherit"] });
indexer(["import", "--as-of", "2026-11-01", ...["1-desk", "2-accounts", "3-notes"].map((name) => path.join(root, "indexer/sample", name + ".ndjson"))]);
indexer(["user", "passwd", "lead"], password + "\n");
const server = spawn(path.join(bin, "tidings-server"), ["--data", data, "--listen", "127.0.0.1:0", "--log", "error"]);
const url = await new Promise((resolve) => server.stdout.once("data", (text) => resolve(/http:\S+/.exec(text)[0])));
const chromium = spawn("/usr/bin/chromium", ["--headless=new", "--no-sandbox", "--remote-debugging-port=0", "--user-data-dir=" + path.join(folder, "profile"), "about:blank"]);
const port = await new Promise((resolve) => chromium.stderr.on("data", (text) => { const found = /ws:\/\/127\.0\.0\.1:(\d+)/.exec(text); if (found) resolve(Number(found[1])); }));
try {
  const signedIn = await fetch(url + "/api/v1/session", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ name: "lead", password }) });
  const cookie = signedIn.headers.get("set-cookie").split(";")[0];
  await wait(3000);
  const audit = async (page, more) => (await lighthouse(url + "/" + page, { port, logLevel: "error", extraHeaders: page ? { Cookie: cookie } : {}, ...more })).lhr;
  const figure = (runs, name) => Math.round(median(runs.map((run) => run.audits[name].numericValue)));
  console.log(["page", ...CATEGORIES, "interactive, ms", "first load, KB", "opened again: performance", "interactive, ms"].join("\t"));
  for (const page of PAGES) {
    const first = [], again = [];
    for (let i = 0; i < RUNS; ++i) {
      first.push(await audit(page, { onlyCategories: CATEGORIES }));
      again.push(await audit(page, { onlyCategories: ["performance"], disableStorageReset: true })); // with what the worker kept
    }
    const score = (runs, name) => Math.round(100 * median(runs.map((run) => run.categories[name].score)));
    console.log([page || "sign-in", ...CATEGORIES.map((name) => score(first, name)), figure(first, "interactive"), Math.round(figure(first, "total-byte-weight") / 1024), score(again, "performance"), figure(again, "interactive")].join("\t"));
  }
} finally {
  await end(chromium);
  await end(server);
  rmSync(folder, { recursive: true, force: true });
}
