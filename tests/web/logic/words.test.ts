// SPDX-License-Identifier: GPL-3.0-or-later
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { en } from "../../../server/web/src/words/en";
import { ru } from "../../../server/web/src/words/ru";

const source = path.resolve(__dirname, "../../../server/web/src");
const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name) && !name.startsWith("words"));
const texts = files.map((name) => readFileSync(path.join(source, name), "utf8"));
const holes = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

test("both languages have the same words, each with the same holes, in every plural form", () => {
  expect(Object.keys(ru).sort()).toEqual(Object.keys(en).sort());
  for (const [name, word] of Object.entries(en)) {
    const other = ru[name as keyof typeof ru];
    if (typeof word === "string") { expect(holes(other as string), name).toEqual(holes(word)); continue; }
    const all = holes(word.other);
    for (const form of [...Object.values(word), ...Object.values(other)]) expect(all, name).toEqual(expect.arrayContaining(holes(form as string)));
    for (const form of new Intl.PluralRules("ru").resolvedOptions().pluralCategories) expect(Object.keys(other), name).toContain(form);
  }
});

test("every word that is said is known, and every known one is said", () => {
  const said = new Set<string>(), stems = new Set<string>();
  for (const text of texts) {
    for (const [, word] of text.matchAll(/\bsay\(\s*"(\w+)"/g)) said.add(word!);
    for (const [, stem] of text.matchAll(/\bsayOf\("(\w+)"|say\(`(\w+_)\$/g)) if (stem) stems.add(stem);
    for (const [, stem] of text.matchAll(/say\((?:each \? )?\(?`(\w+_)\$/g)) stems.add(stem!);
  }
  for (const word of said) expect(Object.keys(en), word).toContain(word);
  const all = texts.join("\n");
  const unsaid = Object.keys(en).filter((word) => !new RegExp(`["'\`]${word}["'\`]`).test(all) && ![...stems].some((stem) => word.startsWith(stem)) && !SERVER.has(word));
  expect(unsaid).toEqual([]);
});

// Said by the server's own names: kinds, states, reactions and the like.
const SERVER = new Set(["change", "problem", "people", "other", "waiting", "claimed", "answered", "told", "declined", "solved", "helped", "not_solved", "no_answer", "past", "word", "contact", "client", "column_why", "tell", "queue", "year", "state", "industry"]);

test("nothing that people read is written into the pages themselves", () => {
  for (const [index, text] of texts.entries())
    for (const [, inside] of text.replace(/\/\/.*$/gm, "").matchAll(/>\s*([A-Za-zА-Яа-я][A-Za-zА-Яа-я ,.']{3,})\s*<\//g)) expect.soft(inside, files[index]).toMatch(/^(CSV|Tidings)$/);
});
