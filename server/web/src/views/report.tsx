// SPDX-License-Identifier: GPL-3.0-or-later
// What leads read once a month: each figure leads to the notes behind it, each table is a CSV.
import { type Address, go, href } from "../address";
import { Field, Form } from "../parts/form";
import { Empty, Shown, useRead } from "../parts/read";
import { Wide } from "../parts/wide";
import { day, number, percent, say, sayOf } from "../words/say";

interface ReportTable { name: string; of: "today" | "month"; columns: string[]; rows: { cells: (string | number | null)[]; find: string }[] }

const cell = (column: string, value: string | number | null) =>
  value === null ? "–" : /share|rate/.test(column) ? percent(Number(value)) : /^(last|call_by)$/.test(column) ? day(String(value)) : typeof value === "number" ? number(value, 1) : value;

export function Report({ address }: { address: Address }) {
  const month = address.query.get("month") ?? new Date().toISOString().slice(0, 7);
  const read = useRead<{ as_of: string; tables: ReportTable[] }>("report?month=" + month);
  return (
    <>
      <h1>{say("report")}</h1>
      <Form class="screen" onSend={async (given) => go(href("report", "", { month: given["month"]! }))}>
        <div class="row"><Field label="month"><input name="month" type="month" required defaultValue={month} /></Field><div class="acts"><button class="quiet">{say("show")}</button><button class="quiet" type="button" onClick={() => print()}>{say("print")}</button></div></div>
      </Form>
      <Shown read={read}>{({ tables, as_of }) => tables.map((table) => (
        <section key={table.name}>
          <h2>{sayOf("report_", table.name)}</h2>
          <p class="faint">{table.of === "today" ? say("as_of", { day: day(as_of) }) : say("of_month", { month })} <a class="screen" href={`/api/v1/report/${table.name}?month=${month}`} download={`${table.name}-${month}.csv`}>CSV</a></p>
          {table.rows.length ? (
            <Wide><table>
              <thead><tr>{table.columns.map((column) => <th scope="col">{sayOf("column_", column)}</th>)}</tr></thead>
              <tbody>{table.rows.map((row) => <tr>{row.cells.map((value, place) => <td class={typeof value === "number" ? "figure" : ""}>{place ? cell(table.columns[place]!, value) : <a href={href("search", "", { q: row.find })}>{value || "–"}</a>}</td>)}</tr>)}</tbody>
            </table></Wide>
          ) : <Empty>{say("nothing_in_table")}</Empty>}
        </section>
      ))}</Shown>
    </>
  );
}
