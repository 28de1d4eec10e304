// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from "vitest";
import { readLikelihood, readWindow } from "../../../server/web/src/reading/window";

const TODAY = "2026-11-25";

test.each([
  ["They expect it next spring", "2027-03-01", "2027-05-31", "next spring"],
  ["в следующем году закроют линию", "2027-01-01", "2027-12-31", "следующем году"],
  ["к лету 2027 перейдут на IE5", TODAY, "2027-08-31", "к лету 2027"],
  ["летом 2028", "2028-06-01", "2028-08-31", "летом 2028"],
  ["a new line in Q3", "2027-07-01", "2027-09-30", "Q3"],
  ["Q4 2026 at the latest", "2026-10-01", "2026-12-31", "Q4 2026"],
  ["во втором квартале 2027 года", "2027-04-01", "2027-06-30", "втором квартале 2027"],
  ["in the third quarter of 2028", "2028-07-01", "2028-09-30", "third quarter of 2028"],
  ["by June 2027 chlorine is gone", TODAY, "2027-06-30", "by June 2027"],
  ["в марте", "2027-03-01", "2027-03-31", "марте"],
  ["in December", "2026-12-01", "2026-12-31", "December"],
  ["next winter", "2026-12-01", "2027-02-28", "next winter"],
  ["within two years", TODAY, "2028-11-28", "within two years"],
  ["from 2028 only", "2028-01-01", "2028-12-31", "2028"],
  ["с 2028 года", "2028-01-01", "2028-12-31", "2028"],
  ["on 2027-05-03 they stop", "2027-05-03", "2027-05-03", "2027-05-03"],
  ["остановка 03.05.2027", "2027-05-03", "2027-05-03", "03.05.2027"],
  ["H1 2027", "2027-01-01", "2027-06-30", "H1 2027"],
])("%s", (note, from, to, words) => expect(readWindow(note, TODAY)).toEqual({ from, to, words }));

test.each(["It may leak", "the pump PN-1240/B leaks after 2026 hours", "насосу 5 лет", "There are 4 of them", "", "маленький завод", "a march of progress"])("no time: %s", (note) => expect(readWindow(note, TODAY)).toBeNull());

test.each([["They will probably buy", 0.7], ["наверняка закроют", 0.95], ["вряд ли", 0.2], ["perhaps", 0.4], ["80 % sure", 0.8], ["the pump leaks", null]])("%s: %s", (note, likelihood) => expect(readLikelihood(note as string)).toBe(likelihood));

test("any text is read without a fault and windows begin before they end", () => {
  const words = ["next", "spring", "Q3", "by", "к", "2027", "лету", "в", "through", "02.13.2027", "2027-99-99", "quarter", "third", "0", "99", "years", "in", "через", "год", "х".repeat(5000), "🔧"];
  let seed = 7;
  const pick = () => words[(seed = (seed * 1103515245 + 12345) % 2147483648) % words.length]!;
  for (let i = 0; i < 5000; ++i) {
    const window = readWindow(Array.from({ length: 6 }, pick).join(" "), TODAY);
    if (window) expect(window.from <= window.to).toBe(true);
  }
});
