// SPDX-License-Identifier: GPL-3.0-or-later
// Reading from the server, with all that can come of it: loading, nothing, kept from before, refused, unreachable.
import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { Problem, call, get, getKept } from "../api";
import { moment, say } from "../words/say";

export interface Read<T> {
  value: T | null;
  problem: Problem | null;
  asOf: string | null; // when it was read, if it is what was kept for the time without a network
  again: () => Promise<void>;
}

// Reads `path` (null: not yet), anew when it changes. What was shown stays until the new is there. `kept`: also without a network.
export function useRead<T>(path: string | null, kept = false): Read<T> {
  const [state, set] = useState<Omit<Read<T>, "again">>({ value: null, problem: null, asOf: null });
  const turn = useRef(0);
  const again = useCallback(async () => {
    if (path === null) return;
    const mine = ++turn.current;
    try {
      const read = kept ? await getKept<T>(path) : { value: await get<T>(path), asOf: null };
      if (mine === turn.current) set({ ...read, problem: null });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (mine === turn.current) set((before) => ({ ...before, problem: error }));
    }
  }, [path, kept]);
  useEffect(() => { void again(); return () => { ++turn.current; }; }, [again]);
  return { ...state, again };
}

export function Trouble({ problem, again }: { problem: Problem; again?: () => void }) {
  const word = problem.unreached ? "trouble_unreached" : problem.status === 403 ? "trouble_forbidden" : problem.status === 404 ? "trouble_missing"
    : problem.status === 409 || problem.status === 412 ? "trouble_conflict" : "trouble_other";
  return (
    <div class="trouble" role="alert">
      <p><strong>{say(word)}</strong></p>
      {problem.unreached ? null : <p>{problem.message}</p>}
      {problem.faults.length ? <ul>{problem.faults.map((fault) => <li>{fault.pointer ? fault.pointer.slice(1) + ": " : ""}{fault.detail}</li>)}</ul> : null}
      {again ? <button class="quiet" onClick={again}>{say("try_again")}</button> : null}
    </div>
  );
}

// What was read, or why not; `empty` instead when there is nothing in it.
export function Shown<T>({ read, empty, children }: { read: Read<T>; empty?: (value: T) => ComponentChildren | null; children: (value: T) => ComponentChildren }) {
  if (read.value === null) return read.problem ? <Trouble problem={read.problem} again={() => void read.again()} /> : <Waiting />;
  return (
    <>
      {read.asOf ? <p class="stale" role="status">{say("kept_from", { when: moment(read.asOf) })}</p> : null}
      {read.problem ? <Trouble problem={read.problem} again={() => void read.again()} /> : null}
      {empty?.(read.value) ?? children(read.value)}
    </>
  );
}

export const Waiting = () => <div class="loader" role="status" aria-label={say("loading")}><span /><span /><span /></div>;
export const Empty = ({ children }: { children: ComponentChildren }) => <p class="empty">{children}</p>;

let heard: number | null = null; // the last that any view heard of the server's changes

// Calls `changed` when the server has taken something in, or when one comes back to the page. The server answers as soon
// as there is news, or says after a while that there is none. A page that nobody sees does not ask. Nothing is missed:
// a view asks for what came after the last that any view heard of, and the first of all reads once more.
export function useChanges(changed: () => unknown) {
  const latest = useRef(changed);
  latest.current = changed;
  useEffect(() => {
    let asks = new AbortController(), ended = false;
    const ask = async () => {
      const mine = asks;
      while (!ended && !mine.signal.aborted && !document.hidden) {
        const asked = Date.now(), after = heard;
        try {
          const { at } = await call<{ at: number }>("GET", after === null ? "changes" : `changes?after=${after}`, undefined, {}, mine.signal);
          heard = at;
          if (at !== after && !ended) await latest.current();
        } catch { /* no network, or signed out: the next time will tell */ }
        await pause(Math.max(0, asked + kBetween - Date.now()));
      }
    };
    const look = () => {
      asks.abort();
      asks = new AbortController();
      void ask();
    };
    document.addEventListener("visibilitychange", look);
    look();
    return () => { ended = true; asks.abort(); document.removeEventListener("visibilitychange", look); };
  }, []);
}

const kBetween = 1000; // ms from one question to the next, at least
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
