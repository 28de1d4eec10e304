// SPDX-License-Identifier: GPL-3.0-or-later
// What a note says by itself, before anybody fills in a form: the client, who said it, and of what kind it is.

export interface Named { id: number; name: string }
export type Kind = "change" | "problem" | "people" | "other";

const fold = (text: string) => text.toLowerCase().replace(/ё/g, "е").normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
const parts = (text: string) => fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];
// Russian endings change with the case: a name is the same when all but its last two letters are.
const same = (said: string, known: string) => said === known || (known.length > 4 && /[а-я]/.test(known) && said.length > 3 && said.slice(0, known.length - 2) === known.slice(0, -2) && Math.abs(said.length - known.length) <= 3);
const COMMON = new Set(["ltd", "gmbh", "inc", "llc", "ag", "co", "company", "group", "the", "and", "of", "ооо", "оао", "ао", "зао", "пао", "компания", "группа", "завод"]);

// Those of `known` that a note names, the longest name first. A name of several words may be said by its first that is
// not a common one, if no other known one begins so.
export function namedIn<T extends Named>(note: string, known: T[]): T[] {
  const said = parts(note);
  const first = (name: string) => parts(name).find((word) => !COMMON.has(word) && word.length > 2) ?? "";
  const counts = new Map<string, number>();
  for (const each of known) counts.set(first(each.name), (counts.get(first(each.name)) ?? 0) + 1);
  const has = (words: string[]) => words.length > 0 && said.some((_, at) => words.every((word, offset) => said[at + offset] !== undefined && same(said[at + offset]!, word)));
  const whole = known.filter((each) => has(parts(each.name)));
  if (whole.length) return whole.sort((a, b) => b.name.length - a.name.length);
  return known.filter((each) => { const word = first(each.name); return word.length > 3 && counts.get(word) === 1 && has([word]); });
}

// Contacts may be said by the family name alone.
export function peopleIn<T extends Named>(note: string, known: T[]): T[] {
  const said = parts(note);
  const heard = (word: string) => said.some((each) => same(each, word));
  return known.filter((each) => { const words = parts(each.name); const family = words[words.length - 1] ?? ""; return family.length > 2 && heard(family) && (known.filter((other) => parts(other.name).at(-1) === family).length === 1 || words.every(heard)); });
}

const CUES: [Kind, RegExp][] = [
  ["people", /\b(?:leaves|left|leaving|joined|joins|retires?|retired|promoted|successor|new (?:head|director|buyer|manager|boss)|resign(?:s|ed)|replac(?:es|ed) (?:him|her|mr|ms))\b|увольня|уволил|ушел|ушла|уходит|пришел на место|перешел|перешла|назначен|новый (?:директор|начальник|закупщик|главный)|на пенсию|преемник/gi],
  ["change", /\b(?:will|expects?|plans?|going to|foresees?|ban(?:ned)?|regulation|directive|new law|from 20\d\d|switch(?:es|ing)? to|moves? to|invest(?:s|ing)?|expan(?:d|sion)|shut ?down|phase[sd]? out)\b|ожида|планиру|собира[ею]тся|запрет|закон|регламент|перейд|переход|расшир|закро|построят|вырастет|станет|будет|будут|ждут/gi],
  ["problem", /\b(?:leak(?:s|ed|ing)?|fail(?:s|ed|ure)?|break(?:s|ing)?|broken|crack(?:s|ed)?|noise|noisy|vibrat\w*|overheat\w*|corro\w*|wear(?:s|ing)?|worn|stops?|stuck|complain\w*|does not|doesn't|cannot|can't|problem|trouble|defect\w*|weeps?)\b|теч[еь]т?|текут|подтека|слома|ломает|поломк|трещин|шум|вибр|перегрев|корроз|износ|заклин|жалу|не работает|не хватает|проблем|брак|отказ/gi],
];

// The kind with the most cues; "other" when there are none.
export function kindOf(note: string, foresees: boolean): Kind {
  const text = note.replace(/ё/g, "е");
  let best: Kind = "other", most = 0;
  for (const [kind, pattern] of CUES) {
    const count = (text.match(pattern) ?? []).length + (kind === "change" && foresees ? 0.5 : 0);
    if (count > most) { best = kind; most = count; }
  }
  return best;
}

// The tags most given to notes that are alike, which this one does not have.
export function tagsOf(alike: { tags: string[]; likeness: number }[], has: string[]): string[] {
  const weights = new Map<string, number>();
  for (const each of alike) for (const tag of each.tags) weights.set(tag, (weights.get(tag) ?? 0) + each.likeness);
  return [...weights].filter(([tag, weight]) => weight > 0.2 && !has.includes(tag)).sort((a, b) => b[1] - a[1]).slice(0, 4).map(([tag]) => tag);
}
