// SPDX-License-Identifier: GPL-3.0-or-later
// Photos and files: chosen, made small enough to travel, shown, taken away.
import { type Attachment, Problem, remove } from "../api";
import type { NamedFile } from "../offline/store";
import { bytes, say } from "../words/say";
import { Doing, useDeed } from "./form";
import { useHere } from "./here";

const TAKEN = "image/jpeg,image/png,image/webp,image/gif,application/pdf,text/plain,text/csv,.docx,.xlsx,.pptx,.odt,.ods,.odp";
const MOST = 8 << 20; // bytes, the server's bound
const LARGE = 2 << 20; // a photo above it is made smaller
const SIDE = 2560; // pixels: a type plate stays legible

// A telephone's photo is larger than anybody needs; drawn anew it also loses what the camera wrote beside it.
async function travelling(file: File): Promise<NamedFile> {
  if (file.type.startsWith("image/") && file.type !== "image/gif" && file.size > LARGE) {
    try {
      const picture = await createImageBitmap(file);
      const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d")!.drawImage(picture, 0, 0, canvas.width, canvas.height);
      const small = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", 0.85));
      if (small && small.size < file.size) return { name: file.name.replace(/\.\w+$/, "") + ".jpg", bytes: small };
    } catch { /* not a picture that this browser draws: it goes as it is */ }
  }
  if (file.size > MOST) throw new Problem(413, say("file_too_large", { name: file.name, most: bytes(MOST) }));
  return { name: file.name, bytes: file };
}

export function FilePicker({ onPick }: { onPick: (files: NamedFile[]) => Promise<unknown> | unknown }) {
  const deed = useDeed();
  return (
    <>
      <label class="button quiet picker" aria-busy={deed.busy}>
        {say("attach")}
        <input type="file" multiple accept={TAKEN} onChange={(event) => {
          const input = event.currentTarget, files = [...(input.files ?? [])];
          void deed.run(async () => { await onPick(await Promise.all(files.map(travelling))); }).finally(() => { input.value = ""; });
        }} />
      </label>
      {deed.trouble}
    </>
  );
}

export const Picked = ({ files, onChange }: { files: NamedFile[]; onChange: (files: NamedFile[]) => void }) => files.length ? (
  <ul class="plain-list files">{files.map((file) => (
    <li>{file.name} <span class="faint">{bytes(file.bytes.size)}</span> <button type="button" class="plain" aria-label={say("remove_file", { name: file.name })} onClick={() => onChange(files.filter((other) => other !== file))}>×</button></li>
  ))}</ul>
) : null;

// An insight's files; who wrote the insight or attached a file may take it away, and leads.
export function Attachments({ insight, author, all, again }: { insight: number; author: string; all: Attachment[]; again: () => Promise<void> }) {
  const { me, outbox, announce } = useHere();
  const mayRemove = (each: Attachment) => each.by === me.name || author === me.name || me.role === "lead" || me.role === "admin";
  const add = async (files: NamedFile[]) => {
    const sent = [];
    for (const file of files) sent.push(await outbox.attach(insight, file));
    announce(say(sent.every(Boolean) ? "attached" : "saved_later"));
    await again();
  };
  return (
    <>
      {all.length ? (
        <ul class="plain-list files" aria-label={say("files")}>{all.map((each) => (
          <li key={each.id}>
            <a href={"/api/v1/attachments/" + each.id} target="_blank" rel="noopener">
              {each.type.startsWith("image/") ? <img src={"/api/v1/attachments/" + each.id} alt="" loading="lazy" width="96" height="96" /> : null}
              {each.name}
            </a> <span class="faint">{bytes(each.size)} · {each.by}</span>{" "}
            {mayRemove(each) ? <Doing kind="plain" aria-label={say("remove_file", { name: each.name })} onDo={async () => { await remove("attachments/" + each.id); await again(); }}>×</Doing> : null}
          </li>
        ))}</ul>
      ) : null}
      <div class="acts"><FilePicker onPick={add} /></div>
    </>
  );
}
