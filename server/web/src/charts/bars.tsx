// SPDX-License-Identifier: GPL-3.0-or-later
// One figure for each of a few names, as bars that lead on.
import { scaleLinear } from "d3-scale";
import { Chart } from "./chart";

const WIDTH = 720, ROW = 26, LEFT = 170, RIGHT = 90;
export interface Bar { name: string; value: number | null; text: string; where: string; bad?: boolean }

export function Bars({ title, name, columns, bars, most }: { title: string; name: string; columns: [string, string]; bars: Bar[]; most?: number }) {
  if (!bars.length) return null;
  const x = scaleLinear([0, most ?? Math.max(...bars.map((each) => each.value ?? 0), 1)], [LEFT, WIDTH - RIGHT]);
  return (
    <Chart title={title} name={name} table={{ columns, rows: bars.map((each) => [each.name, each.text]) }}>
      <svg viewBox={`0 0 ${WIDTH} ${bars.length * ROW}`} role="group" aria-label={title}>
        {bars.map((each) => ({ ...each, name: each.name.length > 22 ? each.name.slice(0, 21) + "…" : each.name })).map((each, index) => (
          <g>
            <a href={each.where} aria-label={`${each.name}: ${each.text}`}>
            <text class="label" x={LEFT - 8} y={index * ROW + 17} text-anchor="end">{each.name}</text>
            <rect class={each.bad ? "bar bad" : "bar key"} x={LEFT} y={index * ROW + 5} height={ROW - 10} width={Math.max(1, x(each.value ?? 0) - LEFT)} rx="2" />
            </a>
            <text class="note" x={x(each.value ?? 0) + 6} y={index * ROW + 17}>{each.text}</text>
          </g>
        ))}
      </svg>
    </Chart>
  );
}
