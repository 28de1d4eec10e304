// SPDX-License-Identifier: GPL-3.0-or-later
// What is coming, when, and how many independent clients say so? A row for each change, its windows by quarter.
import { scaleBand, scaleSqrt } from "d3-scale";
import { href } from "../address";
import type { Schemas } from "../api";
import { number, say } from "../words/say";
import { Chart, rowsFor } from "./chart";

const ROW = 34, NAMES = 210, BELOW = 26, WORD = 56; // pixels; the last is what a quarter's name takes

export function Coming({ items }: { items: Schemas["Outlook"]["items"] }) {
  const quarters = [...new Set(items.flatMap((each) => Object.keys(each.foreseen)))].sort().slice(0, 16);
  if (quarters.length < 1) return null;
  const rows = items.slice(0, 20), names = rows.map((each) => each.title + " · " + number(each.witnesses));
  const most = Math.max(...rows.flatMap((each) => Object.values(each.foreseen) as number[]), 1);
  return (
    <Chart title={say("coming_title")} name="outlook" table={{ columns: [say("change"), say("column_witnesses"), ...quarters], rows: rows.map((each) => [each.title, each.witnesses, ...quarters.map((quarter) => each.foreseen[quarter] ?? 0)]) }}>{(width) => {
      const row = rowsFor(names, width, NAMES, ROW), height = rows.length * row.height + BELOW;
      const x = scaleBand(quarters, [row.left, width]).padding(0.1), middle = (quarter: string) => x(quarter)! + x.bandwidth() / 2;
      const size = scaleSqrt([0, most], [0, Math.min(ROW / 2 - 2, x.bandwidth() / 2)]), named = Math.ceil(WORD / x.step());
      return (
        <svg viewBox={`0 0 ${width} ${height}`} role="group" aria-label={say("coming_title")}>
          {quarters.map((quarter, index) => <g class="axis"><line x1={middle(quarter)} x2={middle(quarter)} y1={0} y2={height - BELOW + 4} />{index % named ? null : <text x={middle(quarter)} y={height - 6} text-anchor="middle">{quarter.replace("-", " ")}</text>}</g>)}
          {rows.map((each, index) => (
            <g>
              <text class="label" {...row.name} y={index * row.height + row.line}>{names[index]}</text>
              {quarters.filter((quarter) => each.foreseen[quarter]).map((quarter) => (
                <a href={href("search", "", { q: each.terms.slice(0, 3).join(" OR "), kind: "change" })} aria-label={say("foreseen_in", { what: each.title, when: quarter, n: each.foreseen[quarter]! })}>
                  <rect x={middle(quarter) - x.step() / 2} y={index * row.height + row.middle - ROW / 2} width={x.step()} height={ROW} fill="transparent" />
                  <circle class={"dot trend-" + each.trend} cx={middle(quarter)} cy={index * row.height + row.middle} r={Math.max(4, size(each.foreseen[quarter]!))}><title>{say("foreseen_in", { what: each.title, when: quarter, n: each.foreseen[quarter]! })}</title></circle>
                </a>
              ))}
            </g>
          ))}
        </svg>
      );
    }}</Chart>
  );
}
