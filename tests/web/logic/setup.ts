// SPDX-License-Identifier: GPL-3.0-or-later
// What the words ask of a browser.
const kept = new Map<string, string>();
Object.assign(globalThis, { localStorage: { getItem: (name: string) => kept.get(name) ?? null, setItem: (name: string, value: string) => void kept.set(name, value) } });
if (!("navigator" in globalThis)) Object.assign(globalThis, { navigator: { language: "en" } });
