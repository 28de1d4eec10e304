// SPDX-License-Identifier: GPL-3.0-or-later
// Markdown as it is written in answers, without anything that could act. #12 leads to insight 12. The reader of Markdown
// comes when there is some; until then, and without it, the text stands as it was written.
import { useEffect, useState } from "preact/hooks";
import { href } from "../address";

type Render = (text: string) => string;
let loaded: Promise<Render> | null = null;

const load = () => (loaded ??= Promise.all([import("marked"), import("dompurify")]).then(([{ marked }, { default: purify }]) => {
  const allowed = { ALLOWED_TAGS: ["p", "br", "strong", "em", "code", "pre", "ul", "ol", "li", "a", "blockquote", "h3", "h4", "table", "thead", "tbody", "tr", "th", "td", "hr", "del"], ALLOWED_ATTR: ["href"], ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|#\/)/i };
  return (text: string) => purify.sanitize(marked.parse(text.replace(/(^|\s)#(\d{1,12})\b/g, (_, before: string, id: string) => `${before}[#${id}](${href("insight", id)})`), { async: false, breaks: true }) as string, allowed);
}));

const isPlain = (text: string) => !/[*_`#[\]|>~]|^\s*([-+]|\d+\.)\s|https?:/m.test(text);

export function Markdown({ text }: { text: string }) {
  const [html, set] = useState<string | null>(null);
  useEffect(() => {
    let wanted = true;
    if (isPlain(text)) set(null);
    else load().then((render) => wanted && set(render(text)), () => {});
    return () => { wanted = false; };
  }, [text]);
  return html === null ? <p class="body">{text}</p> : <div class="markdown" dangerouslySetInnerHTML={{ __html: html }} />;
}
