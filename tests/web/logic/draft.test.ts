// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from "vitest";
import { kindOf, namedIn, peopleIn, tagsOf } from "../../../server/web/src/reading/draft";

const clients = [{ id: 1, name: "Helios Chemicals" }, { id: 2, name: "ГорВодоканал" }, { id: 3, name: "Helios Solar" }, { id: 4, name: "Delta Pharma GmbH" }, { id: 5, name: "Сибирская целлюлоза" }];

test.each([
  ["Helios Chemicals has a leak", "Helios Chemicals"],
  ["Был в ГорВодоканале", "ГорВодоканал"],
  ["At Delta they wait", "Delta Pharma GmbH"],
  ["Сибирской целлюлозе нужен насос", "Сибирская целлюлоза"],
])("%s", (note, name) => expect(namedIn(note, clients)[0]?.name).toBe(name));

test("a name that two share, and none at all, name nobody", () => {
  expect(namedIn("Helios called", clients)).toEqual([]);
  expect(namedIn("somebody called", clients)).toEqual([]);
});

test("people by their family names, in any case, unless two have it", () => {
  const people = [{ id: 1, name: "Светлана Орлова" }, { id: 2, name: "Ben Carter" }, { id: 3, name: "Ann Lee" }, { id: 4, name: "Tom Lee" }];
  expect(peopleIn("Говорил с Орловой", people).map((each) => each.id)).toEqual([1]);
  expect(peopleIn("Carter says that Tom Lee left", people).map((each) => each.id)).toEqual([2, 4]);
  expect(peopleIn("Lee says so", people)).toEqual([]);
});

test.each([
  ["The seal leaks again, very noisy", "problem"], ["Насос течёт, подшипник шумит", "problem"], ["They expect a ban of chlorine", "change"], ["Планируют перейти на газ", "change"],
  ["Ben leaves for Delta, a successor is not named", "people"], ["Иванов уволился, назначен новый директор", "people"], ["A nice lunch", "other"],
])("%s is a %s", (note, kind) => expect(kindOf(note, false)).toBe(kind));

test("tags are those of notes that are alike", () => {
  expect(tagsOf([{ tags: ["seals", "urgent"], likeness: 0.6 }, { tags: ["seals"], likeness: 0.5 }, { tags: ["rare"], likeness: 0.1 }], ["urgent"])).toEqual(["seals"]);
});
