/** A new account's one-time link: choose a password, then sign in as usual. */

import "../styles/door.css";
import { useEffect, useState } from "preact/hooks";
import { post } from "../api/client.ts";
import { asProblem, type Problem } from "../api/problem.ts";
import type { ViewProps } from "../app/view.ts";
import { go } from "../app/router.ts";
import { SecretField } from "../components/fields.tsx";
import { Brand } from "../components/marks.tsx";
import { Alert, Button, Dock, Screen, Work } from "../components/parts.tsx";
import { say } from "../components/toast.tsx";
import { t } from "../locales/door.ts";
import { session, signOut } from "../store/session.ts";

const SHORTEST = 12;

/** The token stands behind `#`, so that no server on the way ever sees it. */
export function InvitationView(_: ViewProps) {
  const [token] = useState(() => decodeURIComponent(location.hash.slice(1)));
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [wrong, setWrong] = useState<string>();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    post<{ name: string }>("/invitations/look", { token }).then(
      (invited) => setName(invited.name),
      (error: unknown) => setProblem(asProblem(error)),
    );
  }, [token]);
  const accept = async () => {
    if (password.length < SHORTEST) return setWrong(t("tooShort", { count: SHORTEST }));
    setBusy(true);
    try {
      await post("/invitations/accept", { token, password });
      if (session.value) await signOut();
      say(t("inviteDone"));
      go("/masuk", { replace: true });
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Screen title={t("inviteTitle")}>
      <Work>
        <div class="door">
          <div class="door__brand">
            <Brand />
            Centang
          </div>
          <div>
            <h1>{t("inviteTitle")}</h1>
            {name && <p>{t("inviteFor", { name })}</p>}
            <p>{t("inviteText")}</p>
          </div>
          <SecretField
            label={t("newPassword")}
            name="new-password"
            autocomplete="new-password"
            value={password}
            wrong={wrong}
            onValue={(value) => {
              setWrong(undefined);
              setPassword(value);
            }}
          />
          {problem && <Alert problem={problem} />}
        </div>
      </Work>
      <Dock flat>
        <Button busy={busy} onClick={() => void accept()}>
          {t("keep")}
        </Button>
      </Dock>
    </Screen>
  );
}
