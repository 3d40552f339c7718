/** The trust store: whose certificates count when other people's files are judged. */

import { useState } from "preact/hooks";
import { erase, post } from "../../api/client.ts";
import { CheckBox, TextField } from "../../components/fields.tsx";
import { Upload } from "../../components/icons.tsx";
import { Alert, Button, Dock } from "../../components/parts.tsx";
import { useList } from "../../components/resource.ts";
import { Sheet } from "../../components/sheet.tsx";
import { say } from "../../components/toast.tsx";
import { t as core } from "../../locales/core.ts";
import { t } from "../../locales/offices-admin.ts";
import { DoSheet, Entry, Listing, Office, onDay, useDoing } from "../parts.tsx";
import type { TrustedRoot } from "../types.ts";

const PATH = "/trust-anchors";

export function TrustView() {
  const roots = useList<TrustedRoot>(PATH);
  const [open, setOpen] = useState<TrustedRoot | "new" | null>(null);
  const done = (said: string) => {
    setOpen(null);
    say(said);
    roots.reload();
  };
  return (
    <Office
      title={t("trust")}
      up="/kelola"
      dock={
        <Dock>
          <Button onClick={() => setOpen("new")}>{t("trustAdd")}</Button>
        </Dock>
      }
    >
      <div class="pad">
        <p>{t("trustText")}</p>
      </div>
      <Listing from={roots} empty={{ title: t("trustNone"), text: t("trustNoneText") }}>
        {(root) => (
          <Entry name={root.name} onOpen={() => setOpen(root)}>
            {facts(root)}
          </Entry>
        )}
      </Listing>
      {open === "new" && <NewRoot onClose={() => setOpen(null)} onDone={done} />}
      {open && open !== "new" && <RootSheet root={open} onClose={() => setOpen(null)} onDone={done} />}
    </Office>
  );
}

const facts = (root: TrustedRoot): string =>
  [
    root.own && t("trustOwn"),
    root.indonesian_psre && t("trustPsre"),
    root.purposes.includes("signing") && t("trustSigns"),
    root.purposes.includes("tsa") && t("trustStamps"),
    t("trustUntil", { date: onDay(root.not_after) }),
  ]
    .filter(Boolean)
    .join(", ");

interface SheetProps {
  onClose: () => void;
  onDone: (said: string) => void;
}

function RootSheet({ root, onClose, onDone }: SheetProps & { root: TrustedRoot }) {
  const { busy, problem, run } = useDoing();
  const remove = () =>
    run(async () => {
      await erase(`${PATH}/${root.id}`);
      onDone(t("trustRemoved"));
    });
  return (
    <Sheet title={root.name} onClose={onClose}>
      <p>{facts(root)}</p>
      <p class="hint">
        SHA-256 <code>{root.thumbprint.match(/.{1,8}/g)?.join(" ")}</code>
      </p>
      {problem && <Alert problem={problem} />}
      {!root.own && (
        <Button kind="line" busy={busy} onClick={remove}>
          {t("trustRemove")}
        </Button>
      )}
    </Sheet>
  );
}

function NewRoot({ onClose, onDone }: SheetProps) {
  const [file, setFile] = useState<File | null>(null);
  const [name, setName] = useState("");
  const [signing, setSigning] = useState(true);
  const [stamping, setStamping] = useState(true);
  const [psre, setPsre] = useState(false);
  const [wrong, setWrong] = useState("");
  const ready = () => {
    const found = file ? (signing || stamping ? "" : t("trustPurposeNone")) : t("trustFileNone");
    setWrong(found);
    return !found;
  };
  const keep = async () => {
    const purposes = [...(signing ? ["signing"] : []), ...(stamping ? ["tsa"] : [])];
    const certificate = await asText(file as File);
    await post(PATH, { certificate, name: name.trim() || null, purposes, indonesian_psre: psre });
    onDone(t("trustAdded"));
  };
  return (
    <DoSheet title={t("trustAdd")} action={core("save")} ready={ready} onDo={keep} onClose={onClose}>
      <label class="btn btn--line">
        <Upload small />
        {file?.name ?? t("trustFile")}
        <input
          type="file"
          accept=".pem,.crt,.cer,.der,application/x-x509-ca-cert"
          onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)}
        />
      </label>
      <p class="hint">{t("trustFileHint")}</p>
      <TextField label={t("trustName")} hint={t("trustNameHint")} value={name} maxLength={200} onValue={setName} />
      <CheckBox checked={signing} onChecked={setSigning}>
        {t("trustSigning")}
      </CheckBox>
      <CheckBox checked={stamping} onChecked={setStamping}>
        {t("trustTsa")}
      </CheckBox>
      <CheckBox checked={psre} onChecked={setPsre}>
        {t("trustPsre")}
        <small>{t("trustPsreHint")}</small>
      </CheckBox>
      {wrong && (
        <p class="alert" role="alert">
          {wrong}
        </p>
      )}
    </DoSheet>
  );
}

/** PEM as it stands; anything else as Base64. */
async function asText(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return text.includes("-----BEGIN") ? text : btoa(text);
}
