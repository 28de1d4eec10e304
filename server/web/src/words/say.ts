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

export function say(word: Word, values: Values = {}): string {
  const found = all[language][word] as string | Plural;
  const form = typeof found === "string" ? found : found[new Intl.PluralRules(language).select(Number(values["n"] ?? 0)) as keyof Plural] ?? found.other;
  return form.replace(/\{(\w+)\}/g, (_, hole: string) => {
    const value = values[hole] ?? "";
    return typeof value === "number" ? number(value) : value;
  });
}

// A word made of a stem and what the server named, such as "news_" and "asked"; the name itself where we have none.
export const sayOf = (stem: string, name: string, values: Values = {}) => ((stem + name) in en ? say((stem + name) as Word, values) : name);

export const number = (value: number, digits = 0) => new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
export const percent = (share: number) => new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(share);
export const day = (text: string | null | undefined) => (text ? new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(text)) : "–");
export const moment = (text: string) => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(text));
export const clock = (text: string) => new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }).format(new Date(text));
export const month = (text: string) => new Intl.DateTimeFormat(language, { month: "short", year: "numeric", timeZone: "UTC" }).format(new Date(text));
export const bytes = (count: number) => {
  const [value, unit] = count < 1000 ? [count, "byte"] : count < 1e6 ? [count / 1000, "kilobyte"] : [count / 1e6, "megabyte"];
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: value < 10 && unit === "megabyte" ? 1 : 0 }).format(value as number);
};
