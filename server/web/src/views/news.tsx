// SPDX-License-Identifier: GPL-3.0-or-later
// What is new for whoever looks; looking marks it as seen.
import { useEffect } from "preact/hooks";
import { type Items, type Schemas, post } from "../api";
import { ToInsight } from "../parts/notes";
import { Empty, Shown, useChanges, useRead } from "../parts/read";
import { moment, say, sayOf } from "../words/say";

export function News() {
  const read = useRead<Items<Schemas["Notification"]>>("notifications?limit=50", true);
  const newest = read.value?.items[0]?.id;
  useChanges(read.again);
  useEffect(() => { if (newest && !read.asOf) void post("notifications/seen", { until: newest }).catch(() => {}); }, [newest, read.asOf]);
  return (
    <>
      <h1>{say("news")}</h1>
      <Shown read={read} empty={({ items }) => (items.length ? null : <Empty>{say("no_news")}</Empty>)}>{({ items }) => items.map((item) => {
        const detail = item.detail as Record<string, string | undefined>;
        return (
          <article class={"card" + (item.seen_at ? "" : " unseen")} key={item.id}>
            <p>{item.seen_at ? null : <span class="visually-hidden">{say("unseen")} </span>}{sayOf("news_", item.kind)} {detail["question"] ?? detail["reply"] ?? detail["reason"] ?? detail["title"] ?? ""}</p>
            <p class="faint"><ToInsight id={item.insight}>{say("insight", { id: String(item.insight) })}</ToInsight> · {moment(item.at)}{detail["queue"] ? " · " + detail["queue"] : ""}{detail["by"] ? " · " + detail["by"] : ""}</p>
          </article>
        );
      })}</Shown>
    </>
  );
}
