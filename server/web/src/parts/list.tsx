// SPDX-License-Identifier: GPL-3.0-or-later
// Lists: shown a piece at a time, walked by keys.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { say } from "../words/say";
import { useDeed } from "./form";

const FIRST = 5; // fill a phone's screen

// The first ones at once, then twice as many each time, so that a key pressed meanwhile waits for little; `rest` when
// all are there.
export function Growing<T>({ all, rest = null, children }: { all: T[]; rest?: ComponentChildren; children: (item: T, index: number) => ComponentChildren }) {
  const [shown, show] = useState(FIRST);
  useEffect(() => {
    if (shown >= all.length) return;
    const timer = setTimeout(() => show(2 * shown));
    return () => clearTimeout(timer);
  }, [shown, all.length]);
  return <>{all.slice(0, shown).map(children)}{shown >= all.length ? rest : null}</>;
}

// Goes on when its button comes into sight; the button is there for keys.
export function More({ onMore }: { onMore: () => Promise<void> }) {
  const deed = useDeed();
  const button = useRef<HTMLButtonElement>(null);
  const latest = useRef(onMore);
  latest.current = onMore;
  useEffect(() => {
    const shown = button.current!;
    const seen = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) void deed.run(async () => {
        await latest.current();
        seen.unobserve(shown); // who scrolls on at once may not have lost sight of it
        seen.observe(shown);
      });
    }, { rootMargin: "400px" });
    seen.observe(shown);
    return () => seen.disconnect();
  }, []);
  return <><button ref={button} class="quiet" disabled={deed.busy} onClick={() => void deed.run(onMore)}>{say("more")}</button>{deed.trouble}</>;
}

// j and k choose; each letter of `keys` does something to what is chosen.
export function useWalk(length: number, chosen: number, choose: (index: number) => void, keys: Record<string, (index: number) => void> = {}) {
  const latest = useRef({ length, chosen, choose, keys });
  latest.current = { length, chosen, choose, keys };
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || (event.target as Element).closest?.("input,textarea,select,dialog")) return;
      const { length, chosen, choose, keys } = latest.current;
      const step = event.key === "j" ? 1 : event.key === "k" ? -1 : 0;
      if (step && length) {
        event.preventDefault();
        const next = Math.min(length - 1, Math.max(0, chosen + step));
        choose(next);
        requestAnimationFrame(() => document.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest" }));
      } else if (keys[event.key] && chosen >= 0) {
        if (event.key === "Enter" && (event.target as Element).closest?.("a,button,summary")) return;
        event.preventDefault();
        keys[event.key]!(chosen);
      }
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
}
