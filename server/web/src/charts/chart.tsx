// SPDX-License-Identifier: GPL-3.0-or-later
// What every picture has: a question as its title, its table for who reads or hears numbers, and the table as CSV.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Wide } from "../parts/wide";
import { say } from "../words/say";

export interface Table { columns: string[]; rows: (string | number | null)[][] }

// A cell that a spreadsheet would take for a formula is kept as text (OWASP, CSV injection).
const cell = (value: string | number | null) => {
  const text = String(value ?? "");
  return `"${(typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? "'" + text : text).replace(/"/g, '""')}"`;
};
export const csv = ({ columns, rows }: Table) => "\ufeff" + [columns, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";

// Rows with a name each: beside its mark where all names fit into `most` pixels, above it otherwise. The row's height, the
// pixels from its top to the name's line and to the middle of the mark, where marks begin, and where names stand.
const LETTER = 7, GAP = 8, ABOVE = 18;
export function rowsFor(names: string[], width: number, most: number, height: number) {
  const left = Math.min(most, width * 0.38);
  return names.every((name) => name.length * LETTER + GAP <= left)
    ? { height, line: height / 2 + 4, middle: height / 2, left, name: { x: left - GAP, "text-anchor": "end" } as const }
    : { height: height + ABOVE, line: ABOVE - 4, middle: height / 2 + ABOVE, left: GAP, name: { x: 0, "text-anchor": "start" } as const };
}

function download(name: string, table: Table) {
  const url = URL.createObjectURL(new Blob([csv(table)], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name + ".csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

const WIDEST = 800, NARROWEST = 260, AROUND = 66; // pixels; what a phone's screen is wider than a picture
const bounded = (width: number) => Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));

// `children` draws for the width there is, in pixels, so that words are as large on a phone as at a desk.
export function Chart({ title, name, table, children }: { title: string; name: string; table: Table; children: (width: number) => ComponentChildren }) {
  const [opened, open] = useState(false); // few do: the table is made for who does
  const [width, set] = useState(() => bounded(document.documentElement.clientWidth - AROUND));
  const figure = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const seen = new ResizeObserver(([entry]) => { if (entry?.contentRect.width) set(bounded(entry.contentRect.width)); });
    seen.observe(figure.current!);
    return () => seen.disconnect();
  }, []);
  return (
    <figure class="chart" ref={figure}>
      <figcaption>{title}</figcaption>
      {children(width)}
      <details onToggle={() => open(true)}>
        <summary>{say("as_table")}</summary>
        {opened ? <Wide><table>
          <thead><tr>{table.columns.map((each) => <th scope="col">{each}</th>)}</tr></thead>
          <tbody>{table.rows.map((row) => <tr>{row.map((each) => <td class={typeof each === "number" ? "figure" : ""}>{each ?? "–"}</td>)}</tr>)}</tbody>
        </table></Wide> : null}
        <button class="quiet screen" onClick={() => download(name, table)}>CSV</button>
      </details>
    </figure>
  );
}
