// SPDX-License-Identifier: GPL-3.0-or-later
// The time somebody speaks of: "next spring", "by June 2027", "Q3", "к лету 2027", "в следующем году", "within two years".
// Days are of the calendar, without a time zone, as YYYY-MM-DD.

export interface Window {
  from: string;
  to: string;
  words: string; // what it was read from
}

const MONTHS: [RegExp, number][] = [
  ["jan(?:uary)?|январ[а-я]*", 1], ["feb(?:ruary)?|феврал[а-я]*", 2], ["mar(?:ch)?|март[а-я]*", 3], ["apr(?:il)?|апрел[а-я]*", 4], ["may|ма[йяе]", 5], ["june?|июн[а-я]*", 6],
  ["july?|июл[а-я]*", 7], ["aug(?:ust)?|август[а-я]*", 8], ["sep(?:t(?:ember)?)?|сентябр[а-я]*", 9], ["oct(?:ober)?|октябр[а-я]*", 10], ["nov(?:ember)?|ноябр[а-я]*", 11], ["dec(?:ember)?|декабр[а-я]*", 12],
].map(([words, number]) => [new RegExp(`^(?:${words})$`), number as number]);
// A season by its first month and its last; winter ends in the year after.
const SEASONS: [RegExp, number, number][] = [
  [/^(?:spring|весн[а-я]*)$/, 3, 5], [/^(?:summer|лет[оаоуе][а-я]*)$/, 6, 8], [/^(?:autumn|fall|осен[а-я]*)$/, 9, 11], [/^(?:winter|зим[а-я]*)$/, 12, 14],
];
const NUMBERS: [RegExp, number][] = [
  [/^(?:an?|one|один|одного|одну)$/, 1], [/^(?:two|дв[аеу]х?)$/, 2], [/^(?:three|тр[иеё]х?)$/, 3], [/^(?:four|четыр[а-яё]*)$/, 4], [/^(?:five|пят[а-я]*)$/, 5], [/^(?:six|полгода|шест[а-я]*)$/, 6],
];
const ORDINALS: [RegExp, number][] = [[/^(?:first|1st|перв[а-я]*|i)$/, 1], [/^(?:second|2nd|втор[а-я]*|ii)$/, 2], [/^(?:third|3rd|трет[а-я]*|iii)$/, 3], [/^(?:fourth|4th|last|четв[её]рт[а-я]*|iv)$/, 4]];

const text = (year: number, month: number, day: number) => new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
const span = (year: number, first: number, last: number): [string, string] => [text(year, first, 1), text(year, last + 1, 0)];
const lookUp = (table: [RegExp, number][], word: string | undefined) => (word === undefined ? undefined : table.find(([pattern]) => pattern.test(word))?.[1]);

// The first time that is spoken of in a note, as seen on `today`; null if there is none.
export function readWindow(note: string, today: string): Window | null {
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7))];
  const words = [...note.toLowerCase().matchAll(/\d{4}-\d{2}-\d{2}|\d{1,2}\.\d{1,2}\.\d{4}|q[1-4]|h[12]|[a-z]+|[а-яё]+|\d+/g)];
  const word = (index: number) => words[index]?.[0];
  const isNext = (each: string | undefined) => each !== undefined && /^(?:next|coming|следующ[а-я]*|будущ[а-я]*)$/.test(each);
  const isThis = (each: string | undefined) => each !== undefined && /^(?:this|эт[а-я]+|текущ[а-я]*|нынешн[а-я]*)$/.test(each);
  const yearAt = (index: number) => (/^20\d\d$/.test(word(index) ?? "") ? Number(word(index)) : undefined);
  // The year said after a season or month, with "of" or "года" between; or the one that "next" means; or the coming one.
  const yearFor = (index: number, first: number, last: number) => {
    const said = yearAt(index + 1) ?? (/^(?:of|in|в)$/.test(word(index + 1) ?? "") ? yearAt(index + 2) : undefined);
    if (said !== undefined) return { year: said, until: yearAt(index + 1) === undefined ? index + 2 : index + 1 };
    if (isNext(word(index - 1))) return { year: first > month ? year : year + 1, until: index };
    return { year: last >= month ? year : year + 1, until: index };
  };
  // "by June", "к лету": from today until then.
  const isBy = (index: number) => /^(?:by|until|till|before|к|ко|до)$/.test(word(index) ?? "");
  const window = (begin: number, end: number, [from, to]: [string, string]): Window => {
    const by = isBy(begin - 1), last = words[end]!;
    const first = by || isNext(word(begin - 1)) ? begin - 1 : begin;
    return { from: by && from > today ? today : from, to, words: note.slice(words[first]!.index, last.index! + last[0].length) };
  };

  for (let i = 0; i < words.length; ++i) {
    const each = word(i)!;
    if (/^\d{4}-\d{2}-\d{2}$/.test(each) && !Number.isNaN(Date.parse(each))) return window(i, i, [each, each]);
    const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(each);
    if (dotted && Number(dotted[2]) <= 12) { const on = text(Number(dotted[3]), Number(dotted[2]), Number(dotted[1])); return window(i, i, [on, on]); }

    const quarter = /^q([1-4])$/.exec(each)?.[1] ?? (/^(?:quarter|квартал[а-я]*)$/.test(word(i + 1) ?? "") ? lookUp(ORDINALS, each) ?? (/^[1-4]$/.test(each) ? each : undefined) : undefined);
    if (quarter !== undefined) {
      const end = each.startsWith("q") ? i : i + 1, last = Number(quarter) * 3, found = yearFor(end, last - 2, last);
      return window(i, found.until, span(found.year, last - 2, last));
    }
    const half = /^h([12])$/.exec(each)?.[1] ?? (/^(?:half|полугоди[а-я]*|половин[а-я]*)$/.test(word(i + 1) ?? "") ? lookUp(ORDINALS, each) : undefined);
    if (half !== undefined && Number(half) <= 2) {
      const end = each.startsWith("h") ? i : i + 1, last = Number(half) * 6, found = yearFor(end, last - 5, last);
      return window(i, found.until, span(found.year, last - 5, last));
    }
    const season = SEASONS.find(([pattern]) => pattern.test(each));
    if (season && !(season[1] === 6 && /^\d+$/.test(word(i - 1) ?? ""))) {  // "5 лет" are years
      const [, first, last] = season, found = yearFor(i, first, Math.min(last, 12));
      return window(i, found.until, span(found.year, first, last));
    }
    const named = lookUp(MONTHS, each);
    // "May" and "march" are words too: they are months beside a year or after "in", "by" and their like.
    const isMonth = !/^(?:may|mar|march)$/.test(each) || yearAt(i + 1) !== undefined || isBy(i - 1) || isNext(word(i - 1)) || /^(?:in|since|from|end|early|late|of)$/.test(word(i - 1) ?? "");
    if (named !== undefined && isMonth) {
      const found = yearFor(i, named, named);
      return window(i, found.until, span(found.year, named, named));
    }
    if ((isNext(each) || isThis(each)) && /^(?:year|год[а-я]*)$/.test(word(i + 1) ?? "")) { const at = isNext(each) ? year + 1 : year; return window(i, i + 1, isThis(each) ? [today, text(at, 12, 31)] : span(at, 1, 12)); }
    if (isNext(each) && /^(?:month|месяц[а-я]*)$/.test(word(i + 1) ?? "")) return window(i, i + 1, span(year, month + 1, month + 1));
    // "in two years", "within 6 months", "через полгода", "в течение трёх лет"
    if (/^(?:in|within|через|течение)$/.test(each)) {
      if (word(i + 1) === "полгода") return window(i, i + 1, [each === "через" ? text(year, month + 5, 1) : today, text(year, month + 7, 0)]);
      const bare = /^(?:год|месяц)$/.test(word(i + 1) ?? "") ? 1 : undefined;
      const count = bare ?? lookUp(NUMBERS, word(i + 1)) ?? (/^\d{1,2}$/.test(word(i + 1) ?? "") ? Number(word(i + 1)) : undefined);
      const unit = word(bare ? i + 1 : i + 2) ?? "";
      const months = /^(?:years?|год[а-я]*|лет)$/.test(unit) ? 12 : /^(?:months?|месяц[а-я]*)$/.test(unit) ? 1 : /^(?:quarters?|квартал[а-я]*)$/.test(unit) ? 3 : 0;
      if (count !== undefined && months) {
        const far = month + count * months, spread = Math.max(1, Math.round((count * months) / 4));
        return window(i, bare ? i + 1 : i + 2, /^(?:within|течение)$/.test(each) ? [today, text(year, far, 28)] : [text(year, far - spread + 1, 1), text(year, far + spread, 0)]);
      }
    }
    if (yearAt(i) !== undefined && Number(each) >= year && Number(each) < year + 30 && /^(?:in|by|since|from|during|until|в|к|до|с|за)$/.test(word(i - 1) ?? "")) return window(i, i, span(Number(each), 1, 12));
  }
  return null;
}

// How likely they think it is, of their words; null if they do not say.
export function readLikelihood(note: string): number | null {
  const said = /(\d{1,3})\s*(?:%|percent|процент)/i.exec(note);
  if (said && Number(said[1]) <= 100) return Number(said[1]) / 100;
  const table: [RegExp, number][] = [
    [/\b(?:certain(?:ly)?|definitely|for sure|signed|decided)\b|(?<![а-яё])(?:наверняка|точно|обязательно|решено|решили)(?![а-яё])/i, 0.95],
    [/\b(?:unlikely|hardly)\b|маловероятно|вряд ли/i, 0.2],
    [/\b(?:probably|likely|most likely|expects?|plans?)\b|скорее всего|вероятно|ожида[а-я]+|планиру[а-я]+|жд[уёе]т/i, 0.7],
    [/\b(?:perhaps|maybe|might|may|possibly|could)\b|возможно|может быть|не исключено/i, 0.4],
  ];
  return table.find(([pattern]) => pattern.test(note))?.[1] ?? null;
}
