/** A new person's way in: a user name, and the link with which they choose a password alone. */

import { useState } from "preact/hooks";
import { post } from "../../api/client.ts";
import { TextField } from "../../components/fields.tsx";
import { t } from "../../locales/offices-admin.ts";
import { DoSheet } from "../parts.tsx";
import type { PersonRow } from "../types.ts";

interface Props {
  person: PersonRow;
  onLink: (link: string, until: string) => void;
  onClose: () => void;
}

const USERNAME = /^[a-zA-Z0-9._@-]{3,64}$/;

/** First and last word of a name without its titles, as offices usually do. */
function suggested(name: string): string {
  const plain = name.replace(/,.*/, "").normalize("NFD").toLowerCase();
  const words = plain.split(/\s+/).filter((word) => word && !word.endsWith("."));
  const ends = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return ends.join(".").replace(/[^a-z0-9.]/g, "");
}

export function InviteSheet({ person, onLink, onClose }: Props) {
  const [username, setUsername] = useState(() => suggested(person.name));
  const [wrong, setWrong] = useState<string>();
  const ready = () => {
    const sound = USERNAME.test(username.trim());
    setWrong(sound ? undefined : t("usernameHint"));
    return sound;
  };
  const invite = async () => {
    const made = await post<{ link: string; expires_at: string }>("/invitations", {
      person_id: person.id,
      username: username.trim(),
    });
    onLink(made.link, made.expires_at);
  };
  return (
    <DoSheet title={t("invite")} action={t("inviteDo")} ready={ready} onDo={invite} onClose={onClose}>
      <p class="hint">{t("inviteText", { name: person.name })}</p>
      <TextField
        label={t("username")}
        hint={t("usernameHint")}
        value={username}
        wrong={wrong}
        maxLength={64}
        autocapitalize="none"
        autocomplete="off"
        spellcheck={false}
        onValue={setUsername}
      />
    </DoSheet>
  );
}
