/** A new officer whom one person named: who was told of it sees when it counts, and may object. */

import { useState } from "preact/hooks";
import { post } from "../api/client.ts";
import type { ViewProps } from "../app/view.ts";
import { Button, Dock } from "../components/parts.tsx";
import { useResource } from "../components/resource.ts";
import { say } from "../components/toast.tsx";
import { t } from "../locales/offices.ts";
import { LongField } from "./fields.tsx";
import { DoSheet, Loaded, Office, when } from "./parts.tsx";
import type { Objection } from "./types.ts";

export function ObjectionView({ at: [id] }: ViewProps) {
  const path = `/roles/${id}/objection`;
  const grant = useResource<Objection>(path);
  const [open, setOpen] = useState(false);
  const [note, setNote] = useState("");
  const [wrong, setWrong] = useState<string>();
  const ready = () => {
    setWrong(note.trim() ? undefined : t("reasonNeeded"));
    return Boolean(note.trim());
  };
  const object = async () => {
    grant.set(await post<Objection>(path, { note: note.trim() }));
    setOpen(false);
    say(t("objected"));
  };
  return (
    <Office
      title={t("newOfficer")}
      up="/pemberitahuan"
      dock={
        grant.value?.waiting && (
          <Dock>
            <Button onClick={() => setOpen(true)}>{t("object")}</Button>
          </Dock>
        )
      }
    >
      <Loaded from={grant}>
        {(one) => (
          <div class="summary">
            <b>{one.person.name}</b>
            <span>{t("namedBy", { name: one.granted_by?.name ?? t("machine"), when: when(one.granted_at) })}</span>
            <p>{standing(one)}</p>
          </div>
        )}
      </Loaded>
      {open && (
        <DoSheet title={t("object")} action={t("objectDo")} ready={ready} onDo={object} onClose={() => setOpen(false)}>
          <p class="hint">{t("objectText")}</p>
          <LongField label={t("reason")} value={note} wrong={wrong} onValue={setNote} />
        </DoSheet>
      )}
    </Office>
  );
}

function standing({ revoked_at, waiting, counts_from }: Objection): string {
  if (revoked_at) return t("grantEnded", { when: when(revoked_at) });
  return t(waiting ? "grantWaits" : "grantCounts", { when: when(counts_from) });
}
