// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from "vitest";
import { href, read } from "../../../server/web/src/address";
import { csv, rowsFor } from "../../../server/web/src/charts/chart";
import { snippetParts } from "../../../server/web/src/parts/notes";

test("an address is read as it was written", () => {
  const where = href("search", "", { q: "a b/ü?&#", kind: "problem" });
  expect(read(where)).toMatchObject({ view: "search", rest: "" });
  expect(read(where).query.get("q")).toBe("a b/ü?&#");
  expect(read(href("queues", "water treatment/2"))).toMatchObject({ view: "queues", rest: "water treatment/2" });
  expect(read("")).toMatchObject({ view: "", rest: "" });
});

test("no cell of a CSV is taken for a formula", () => {
  expect(csv({ columns: ["a"], rows: [["=1+1"], ['say "hi"'], [-5], [null], ["@x"]] })).toBe('\ufeff"a"\r\n"\'=1+1"\r\n"say ""hi"""\r\n"-5"\r\n""\r\n"\'@x"\r\n');
});

test("a snippet is text and marks, whatever it holds", () => {
  expect(snippetParts("a <mark>pump</mark> &lt;b&gt; &amp;amp; <mark>x</mark>")).toEqual(["a ", "pump", " <b> &amp; ", "x", ""]);
  expect(snippetParts("<img src=x> plain")).toEqual(["<img src=x> plain"]);
});

test("names stand beside their marks where all of them fit, and above them otherwise; none is cut", () => {
  const beside = rowsFor(["Pumps", "Seals and bearings"], 800, 190, 26), above = rowsFor(["Pumps", "Seals and bearings"], 300, 190, 26);
  expect(beside.left).toBe(190);
  expect(beside.height).toBe(26);
  expect(above.name["text-anchor"]).toBe("start");
  expect(above.height).toBeGreaterThan(26);
  expect(above.line).toBeLessThan(above.middle);
});
