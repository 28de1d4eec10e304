// SPDX-License-Identifier: GPL-3.0-or-later
// What may be wider than the page scrolls by itself, by keys too.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { say } from "../words/say";

export function Wide({ children }: { children: ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null);
  const [scrolls, set] = useState(false);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => set(entry!.target.scrollWidth > entry!.target.clientWidth));
    if (box.current) watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return <div ref={box} class="wide" {...(scrolls ? { tabIndex: 0, role: "group", "aria-label": say("scrolls") } : {})}>{children}</div>;
}
