// SPDX-License-Identifier: GPL-3.0-or-later
// What is coming, when, and how many independent clients say so? A row for each change, its windows by quarter.
import { scaleBand, scaleSqrt } from "d3-scale";
import { href } from "../address";
import type { Schemas } from "../api";
import { Wide } from "../parts/wide";
import { number, say } from "../words/say";
import { Chart } from "./chart";

const WIDTH = 720, ROW = 34, LEFT = 210;

export function Coming({ items }: { items: Schemas["Outlook"]["items"] }) {
  const quarters = [...new Set(items.flatMap((each) => Object.keys(each.foreseen)))].sort().slice(0, 16);
  if (quarters.length < 1) return null;
  const rows = items.slice(0, 20);
  const x = scaleBand(quarters, [LEFT, WIDTH]).padding(0.1), most = Math.max(...rows.flatMap((each) => Object.values(each.foreseen) as number[]), 1);
  const size = scaleSqrt([0, most], [0, Math.min(ROW / 2 - 2, x.bandwidth() / 2)]), height = rows.length * ROW + 26;
  return (
    <Chart title={say("coming_title")} name="outlook" table={{ columns: [say("change"), say("column_witnesses"), ...quarters], rows: rows.map((each) => [each.title, each.witnesses, ...quarters.map((quarter) => each.foreseen[quarter] ?? 0)]) }}>
      {() => <Wide><svg class="roomy" viewBox={`0 0 ${WIDTH} ${height}`} role="group" aria-label={say("coming_title")}>
        {quarters.map((quarter) => <g class="axis"><line x1={x(quarter)! + x.bandwidth() / 2} x2={x(quarter)! + x.bandwidth() / 2} y1={0} y2={height - 22} /><text x={x(quarter)! + x.bandwidth() / 2} y={height - 6} text-anchor="middle">{quarter.replace("-", " ")}</text></g>)}
        {rows.map((each, index) => {
          const y = index * ROW + ROW / 2;
          return (
            <g>
              <text class="label" x={LEFT - 8} y={y + 4} text-anchor="end">{(each.title.length > 24 ? each.title.slice(0, 23) + "…" : each.title) + " · " + number(each.witnesses)}</text>
              {quarters.filter((quarter) => each.foreseen[quarter]).map((quarter) => (
                <a href={href("search", "", { q: each.terms.slice(0, 3).join(" OR "), kind: "change" })} aria-label={say("foreseen_in", { what: each.title, when: quarter, n: each.foreseen[quarter]! })}>
                  <circle class={"dot trend-" + each.trend} cx={x(quarter)! + x.bandwidth() / 2} cy={y} r={Math.max(4, size(each.foreseen[quarter]!))}><title>{say("foreseen_in", { what: each.title, when: quarter, n: each.foreseen[quarter]! })}</title></circle>
                </a>
              ))}
            </g>
          );
        })}
      </svg></Wide>}
    </Chart>
  );
}
