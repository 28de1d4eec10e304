// SPDX-License-Identifier: GPL-3.0-or-later
// The keys, in a dialog.
import { useEffect, useRef } from "preact/hooks";
import { type Word, say } from "../words/say";

const KEYS: [string, Word][] = [["/", "key_search"], ["j k", "key_walk"], ["Enter", "key_open"], ["c", "key_claim"], ["a", "key_answer"], ["1 … 9", "key_triage"], ["g s", "search"], ["g l", "log"], ["g t", "tell"], ["g q", "queues"], ["g c", "clients"], ["g a", "attention"], ["g o", "outlook"], ["g n", "news"], ["?", "key_help"]];

export function Help({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="keys-title">
      <h2 id="keys-title">{say("keys")}</h2>
      <dl class="keys">{KEYS.map(([keys, word]) => <div><dt>{keys.split(" ").map((each) => (each === "…" ? " … " : <kbd>{each}</kbd>))}</dt><dd>{say(word)}</dd></div>)}</dl>
      <h3>{say("search_how")}</h3>
      <p>{say("search_hint")}</p>
      <div class="acts"><button onClick={() => dialog.current?.close()}>{say("close")}</button></div>
    </dialog>
  );
}
