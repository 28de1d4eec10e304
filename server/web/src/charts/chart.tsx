// SPDX-License-Identifier: GPL-3.0-or-later
// What every picture has: a question as its title, its table for who reads or hears numbers, and the table as CSV.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Wide } from "../parts/wide";
import { say } from "../words/say";

export interface Table { columns: string[]; rows: (string | number | null)[][] }

// A cell that a spreadsheet would take for a formula is kept as text (OWASP, CSV injection).
const cell = (value: string | number | null) => {
  const text = String(value ?? "");
  return `"${(typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? "'" + text : text).replace(/"/g, '""')}"`;
};
export const csv = ({ columns, rows }: Table) => "\ufeff" + [columns, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";

function download(name: string, table: Table) {
  const url = URL.createObjectURL(new Blob([csv(table)], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name + ".csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

export function Chart({ title, name, table, children }: { title: string; name: string; table: Table; children: ComponentChildren }) {
  const [opened, open] = useState(false); // few do: the table is made for who does
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      {children}
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
