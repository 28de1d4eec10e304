// SPDX-License-Identifier: GPL-3.0-or-later
// Sentences in the reader's language. A word is a text with {holes}, or one text for each plural form of its {n}.
import { en } from "./en";
import { ru } from "./ru";

export type Language = "en" | "ru";
export type Plural = { one?: string; few?: string; many?: string; other: string };
export type Words = { [Key in keyof typeof en]: (typeof en)[Key] extends string ? string : Plural };
export type Word = keyof typeof en;

const all: Record<Language, Words> = { en, ru };
let language: Language = (localStorage.getItem("language") as Language | null) ?? (navigator.language.startsWith("ru") ? "ru" : "en");

export const spoken = () => language;
export function speak(chosen: Language) {
  language = chosen;
  localStorage.setItem("language", chosen);
  document.documentElement.lang = chosen;
}

type Values = Record<string, string | number>;

// What formats is made once for each language: making one takes longer than a page of uses.
const formats = new Map<string, unknown>();
function format<T>(name: string, make: (language: Language) => T): T {
  const key = language + " " + name;
  if (!formats.has(key)) formats.set(key, make(language));
  return formats.get(key) as T;
}

export function say(word: Word, values: Values = {}): string {
  const found = all[language][word] as string | Plural;
  const form = typeof found === "string" ? found : found[format("plural", (of) => new Intl.PluralRules(of)).select(Number(values["n"] ?? 0)) as keyof Plural] ?? found.other;
  return form.replace(/\{(\w+)\}/g, (_, hole: string) => {
    const value = values[hole] ?? "";
    return typeof value === "number" ? number(value) : value;
  });
}

// A word made of a stem and what the server named, such as "news_" and "asked"; the name itself where we have none.
export const sayOf = (stem: string, name: string, values: Values = {}) => ((stem + name) in en ? say((stem + name) as Word, values) : name);

const numbers = (name: string, options: Intl.NumberFormatOptions) => format(name, (of) => new Intl.NumberFormat(of, options));
const dates = (name: string, options: Intl.DateTimeFormatOptions) => format(name, (of) => new Intl.DateTimeFormat(of, options));
export const number = (value: number, digits = 0) => numbers("number " + digits, { maximumFractionDigits: digits }).format(value);
export const percent = (share: number) => numbers("percent", { style: "percent", maximumFractionDigits: 0 }).format(share);
export const day = (text: string | null | undefined) => (text ? dates("day", { dateStyle: "medium", timeZone: "UTC" }).format(new Date(text)) : "–");
export const moment = (text: string) => dates("moment", { dateStyle: "medium", timeStyle: "short" }).format(new Date(text));
export const clock = (text: string) => dates("clock", { hour: "2-digit", minute: "2-digit" }).format(new Date(text));
export const month = (text: string) => dates("month", { month: "short", year: "numeric", timeZone: "UTC" }).format(new Date(text));
export const languageName = (code: string) => format("languages", (of) => new Intl.DisplayNames([of], { type: "language", fallback: "none" })).of(code);
export const bytes = (count: number) => {
  const [value, unit] = count < 1000 ? [count, "byte"] : count < 1e6 ? [count / 1000, "kilobyte"] : [count / 1e6, "megabyte"];
  const digits = (value as number) < 10 && unit === "megabyte" ? 1 : 0;
  return numbers(`${unit} ${digits}`, { style: "unit", unit: unit as string, unitDisplay: "short", maximumFractionDigits: digits }).format(value as number);
};
