// SPDX-License-Identifier: GPL-3.0-or-later
// What one did, on its way to the server: in order, each once, however often the network goes. What the server refuses
// stays, with its reason, until whoever wrote it mends or drops it; what comes after it goes on.
import { useEffect, useState } from "preact/hooks";
import { type Attachment, Problem, call, key } from "../api";
import { type NamedFile, type Sending, addSending, allSendings, dropSending, putSending } from "./store";

export class Outbox {
  private listeners = new Set<(all: Sending[]) => void>();
  private all: Sending[] = [];
  private running: Promise<void> | null = null;
  private more = false;
  private replies = new Map<string, (reply: unknown) => void>();

  constructor(readonly owner: string) {
    void this.load();
    addEventListener("online", this.wake);
    this.timer = window.setInterval(this.wake, 15000);
  }
  private timer: number;
  close() { removeEventListener("online", this.wake); clearInterval(this.timer); }

  wake = () => { if (this.all.some((each) => !each.refused)) void this.send(); };

  watch(listener: (all: Sending[]) => void) {
    this.listeners.add(listener);
    listener(this.all);
    return () => this.listeners.delete(listener);
  }

  // Kept at once; the server's reply if it came now, null if it is sent later. Throws Problem: what the server refuses
  // now is for the page to show, and is not kept.
  async add<T>(title: string, method: string, path: string, body: unknown, more: Pick<Sending, "already" | "files"> = {}): Promise<T | null> {
    const sending: Sending = { owner: this.owner, key: key(), method, path, body, title, at: new Date().toISOString(), ...more };
    sending.id = await addSending(sending);
    let got: T | null = null;
    const replied = new Promise<void>((done) => this.replies.set(sending.key, (reply) => { got = reply as T; done(); }));
    await this.load();
    await Promise.race([this.send(), replied]); // what was on its way already may take longer
    this.replies.delete(sending.key);
    const left = this.all.find((each) => each.key === sending.key);
    if (left?.refused) {
      await this.drop(left);
      throw new Problem(left.refused.status, left.refused.detail, left.refused.faults);
    }
    return got;
  }

  // To be attached, now or when the network is back.
  async attach(insight: number, file: NamedFile) {
    const { title, method, path, body } = attaching(this.owner, insight, file);
    return this.add<Attachment>(title, method, path, body);
  }

  async drop(sending: Sending) { await dropSending(sending.id!); await this.load(); }
  async mend(sending: Sending, body: unknown) {
    const { refused: _, ...rest } = sending;
    await putSending({ ...rest, body, key: key() });
    await this.load();
    await this.send();
  }

  // One at a time, in order, also of several tabs. A request whose reply was lost is sent again under the same key.
  private send(): Promise<void> {
    this.more = true;
    this.running ??= this.sendLocked();
    return this.running;
  }
  private async sendLocked() {
    try {
      while (this.more) { // also what came while the last was on its way
        this.more = false;
        await navigator.locks.request("tidings-outbox", () => this.sendAll());
      }
    } finally {
      this.running = null;
    }
  }

  private async sendAll() {
    while (true) {
      await this.load();
      const next = this.all.find((each) => !each.refused);
      if (!next) return;
      try {
        const reply = await call(next.method, next.path, next.body, { "Idempotency-Key": next.key });
        // The same file is attached once, so that an end between these two does no harm.
        for (const file of next.files ?? []) await addSending(attaching(this.owner, (reply as { id: number }).id, file));
        await dropSending(next.id!);
        this.replies.get(next.key)?.(reply);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        if (error.passing) return;
        if (next.already && error.status === 409) { await dropSending(next.id!); continue; }
        await putSending({ ...next, refused: { status: error.status, detail: error.message, faults: error.faults } });
      }
    }
  }

  private async load() {
    this.all = await allSendings(this.owner).catch(() => []);
    for (const listener of this.listeners) listener(this.all);
  }
}

export const attaching = (owner: string, insight: number, file: NamedFile): Sending => ({
  owner, key: key(), method: "POST", path: `insights/${insight}/attachments?name=${encodeURIComponent(file.name)}`, body: file.bytes, title: file.name, at: new Date().toISOString(),
});

export function useSendings(outbox: Outbox) {
  const [all, set] = useState<Sending[]>([]);
  useEffect(() => { const end = outbox.watch(set); return () => { end(); }; }, [outbox]);
  return all;
}
