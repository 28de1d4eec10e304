// SPDX-License-Identifier: GPL-3.0-or-later
// What is being written and not sent: in the browser at once, with the server a moment later, so that it is gone on with at
// another desk or on the phone.
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem, type Schemas, get, put } from "../api";
import { draft, keepDraft } from "../offline/store";
import { useHere } from "./here";

const PACE = 1500; // ms after the last key

interface Written { text: string; sent: boolean } // sent: the server has it

export function useUnsent(name: string) {
  const { me } = useHere();
  const path = "unsent/" + name.replaceAll(" ", "-"), local = me.name + " " + name;
  const [text, set] = useState(() => draft<Written>(local)?.text ?? "");
  const waiting = useRef<number | null>(null), touched = useRef(false), last = useRef(text);
  const send = () => {
    if (waiting.current !== null) clearTimeout(waiting.current);
    waiting.current = null;
    const text = last.current;
    put(path, { text }).then(() => { if (text && text === last.current) keepDraft(local, { text, sent: true }); }, () => { /* the browser has it; the next key tries again */ });
  };
  const take = (text: string) => {
    if (touched.current) return;
    last.current = text;
    set(text);
    keepDraft(local, text ? { text, sent: true } : null);
  };
  useEffect(() => {
    const here = draft<Written>(local);
    if (here && !here.sent) send();
    else get<Schemas["Unsent"]>(path).then((there) => take(there.text), (problem) => { if (problem instanceof Problem && problem.status === 404) take(""); });
    return () => { if (waiting.current !== null) send(); };
  }, [path]);
  const write = (next: string) => {
    touched.current = true;
    last.current = next;
    set(next);
    keepDraft(local, next ? { text: next, sent: false } : null);
    if (waiting.current !== null) clearTimeout(waiting.current);
    waiting.current = window.setTimeout(send, PACE);
  };
  // It was sent, or is not wanted.
  const forget = () => { write(""); send(); };
  return { text, write, forget };
}
