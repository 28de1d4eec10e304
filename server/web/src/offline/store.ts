// SPDX-License-Identifier: GPL-3.0-or-later
// What the browser keeps: drafts, what is to be sent, and what was read, so that a visit needs no network. Signing out
// forgets all of it but what is still to be sent and the drafts, which belong to whoever wrote them.
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { User } from "../api";

export interface NamedFile { name: string; bytes: Blob }

export interface Sending {
  id?: number;
  owner: string;
  key: string; // Idempotency-Key: sent twice, kept once
  method: string;
  path: string;
  body: unknown;
  title: string;
  at: string;
  files?: NamedFile[]; // to be attached to the insight that this makes
  already?: boolean; // a conflict means that it is there already, which is as good
  refused?: { status: number; detail: string; faults: { pointer: string; detail: string }[] };
}

interface Kept extends DBSchema {
  kept: { key: string; value: { path: string; value: unknown; at: string } };
  sendings: { key: number; value: Sending };
  files: { key: string; value: { name: string; files: NamedFile[] } };
}

let opened: Promise<IDBPDatabase<Kept>> | null = null;
const base = () =>
  (opened ??= openDB<Kept>("tidings", 2, {
    upgrade(db, before) {
      if (before < 1) {
        db.createObjectStore("kept", { keyPath: "path" });
        db.createObjectStore("sendings", { keyPath: "id", autoIncrement: true });
      }
      db.createObjectStore("files", { keyPath: "name" });
    },
    blocking() { void opened?.then((db) => db.close()); opened = null; },
    terminated() { opened = null; },
  }));

const now = () => new Date().toISOString();

export async function keep(path: string, value: unknown) {
  try { await (await base()).put("kept", { path, value, at: now() }); } catch { /* full, or private browsing: then there is none */ }
}
export async function recall<T>(path: string): Promise<{ value: T; at: string } | null> {
  try {
    const found = await (await base()).get("kept", path);
    return found ? { value: found.value as T, at: found.at } : null;
  } catch { return null; }
}
export async function forgetRead() {
  localStorage.removeItem("reader");
  try { await (await base()).clear("kept"); } catch { /* nothing was kept */ }
}
// Whose what was read is: it goes before anybody else's comes.
export function reader(): User | null {
  try { return JSON.parse(localStorage.getItem("reader") ?? "null") as User | null; } catch { return null; }
}
export async function readFor(user: User) {
  if (reader()?.name !== user.name) await forgetRead();
  try { localStorage.setItem("reader", JSON.stringify(user)); } catch { /* full: the server is asked the next time */ }
}

// A draft is kept before the key's event ends: IndexedDB would lose the last letters of a page that closes at once.
export function keepDraft(name: string, value: unknown) {
  try {
    if (value === null) localStorage.removeItem("draft " + name);
    else localStorage.setItem("draft " + name, JSON.stringify(value));
  } catch { /* full: the page itself still has it */ }
}
export function draft<T>(name: string): T | null {
  try { return JSON.parse(localStorage.getItem("draft " + name) ?? "null") as T | null; } catch { return null; }
}

// Files of a draft: too large for where its words are.
export async function keepFiles(name: string, files: NamedFile[]) {
  try {
    if (files.length) await (await base()).put("files", { name, files });
    else await (await base()).delete("files", name);
  } catch { /* full: the page itself still has them */ }
}
export async function draftFiles(name: string): Promise<NamedFile[]> {
  try { return (await (await base()).get("files", name))?.files ?? []; } catch { return []; }
}

export const addSending = async (sending: Sending) => (await base()).add("sendings", sending);
export const putSending = async (sending: Sending) => void (await (await base()).put("sendings", sending));
export const dropSending = async (id: number) => (await base()).delete("sendings", id);
export const allSendings = async (owner: string) => (await (await base()).getAll("sendings")).filter((each) => each.owner === owner);
