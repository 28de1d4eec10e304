// SPDX-License-Identifier: GPL-3.0-or-later
// One figure for each of a few names, as bars that lead on.
import { scaleLinear } from "d3-scale";
import { Chart, rowsFor } from "./chart";

const ROW = 26, BAR = 16, NAMES = 190, RIGHT = 90;
export interface Bar { name: string; value: number | null; text: string; where: string; bad?: boolean }

export function Bars({ title, name, columns, bars, most }: { title: string; name: string; columns: [string, string]; bars: Bar[]; most?: number }) {
  if (!bars.length) return null;
  return (
    <Chart title={title} name={name} table={{ columns, rows: bars.map((each) => [each.name, each.text]) }}>{(width) => {
      const row = rowsFor(bars.map((each) => each.name), width, NAMES, ROW), x = scaleLinear([0, most ?? Math.max(...bars.map((each) => each.value ?? 0), 1)], [row.left, width - RIGHT]);
      return (
        <svg viewBox={`0 0 ${width} ${bars.length * row.height}`} role="group" aria-label={title}>
          {bars.map((each, index) => {
            const top = index * row.height, end = Math.max(row.left + 1, x(each.value ?? 0));
            return (
              <g>
                <a href={each.where} aria-label={`${each.name}: ${each.text}`}>
                  <text class="label" {...row.name} y={top + row.line}>{each.name}</text>
                  <rect class={each.bad ? "bar bad" : "bar key"} x={row.left} y={top + row.middle - BAR / 2} height={BAR} width={end - row.left} rx="2" />
                </a>
                <text class="note" x={end + 6} y={top + row.middle + 4}>{each.text}</text>
              </g>
            );
          })}
        </svg>
      );
    }}</Chart>
  );
}
