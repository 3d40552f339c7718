/** How I want to be told: of what, by which way, and at which hours not. Each change is kept at once. */

import { useRef } from "preact/hooks";
import { replace } from "../../api/client.ts";
import { asProblem } from "../../api/problem.ts";
import type { Choices, NewsTopic } from "../../api/types.ts";
import { Field } from "../../components/fields.tsx";
import { BackBar, Failed, OfflineStrip, Screen, Skeleton, Work } from "../../components/parts.tsx";
import { useResource } from "../../components/resource.ts";
import { say } from "../../components/toast.tsx";
import { t } from "../../locales/choices.ts";
import { explain } from "../../locales/explain.ts";
import { signedIn } from "../../store/session.ts";

const PATH = "/notification-preferences";
const TOPICS: NewsTopic[] = ["waits", "returned", "decided", "reminders", "digest"];
/** What quiet hours begin with. */
const NIGHT = { start: "21:00", end: "05:30" };

export function ChoicesView() {
  const { value, problem, reload, set } = useResource<Choices>(PATH);
  const sent = useRef<Promise<unknown>>(Promise.resolve());
  const latest = useRef(0);

  /** Shown at once and sent in order; the last answer counts, a refusal shows what is kept. */
  const change = (changed: Partial<Choices>) => {
    if (!value) return;
    const next = { ...value, ...changed };
    set(next);
    const mine = ++latest.current;
    const { mailbox: _mailbox, digest_hour: _hour, ...chosen } = next;
    sent.current = sent.current.then(async () => {
      try {
        const kept = await replace<Choices>(PATH, chosen);
        if (mine === latest.current) set(kept);
      } catch (error) {
        say(explain(asProblem(error)));
        if (mine === latest.current) reload();
      }
    });
  };

  return (
    <Screen title={t("title")}>
      <BackBar title={t("title")} to="/profil" />
      <OfflineStrip />
      <Work>
        {problem && <Failed problem={problem} retry={reload} />}
        {!value && !problem && <Skeleton rows={6} />}
        {value && <Form kept={value} onChange={change} />}
      </Work>
    </Screen>
  );
}

interface FormProps {
  kept: Choices;
  onChange: (changed: Partial<Choices>) => void;
}

function Form({ kept, onChange }: FormProps) {
  const { zone } = signedIn().agency;
  const hour = String(kept.digest_hour).padStart(2, "0");
  const hints: Partial<Record<NewsTopic, string>> = {
    reminders: t("remindersHint"),
    digest: t("digestHint", { hour, zone }),
  };
  const toggle = (topic: NewsTopic) => {
    const on = new Set(kept.topics);
    if (!on.delete(topic)) on.add(topic);
    onChange({ topics: [...on] });
  };
  return (
    <>
      <h2 class="group">{t("what")}</h2>
      <ul class="settings settings--plain">
        {TOPICS.map((topic) => (
          <Switch key={topic} name={t(topic)} hint={hints[topic]} on={kept.topics.includes(topic)} act={() => toggle(topic)} />
        ))}
      </ul>
      <p class="pad settings__words">
        <small>{t("always")}</small>
      </p>
      <h2 class="group">{t("where")}</h2>
      <ul class="settings settings--plain">
        <Switch name={t("push")} hint={t("pushHint")} on={kept.push} act={() => onChange({ push: !kept.push })} />
        <Switch
          name={t("email")}
          hint={kept.mailbox ? t("emailHint", { mailbox: kept.mailbox }) : t("emailNone")}
          on={kept.email}
          act={() => onChange({ email: !kept.email })}
        />
      </ul>
      {!kept.push && !(kept.email && kept.mailbox) && (
        <p class="pad" role="status">
          {t("listOnly")}
        </p>
      )}
      <h2 class="group">{t("quiet")}</h2>
      <ul class="settings settings--plain">
        <Switch
          name={t("quiet")}
          hint={t("quietHint")}
          on={kept.quiet !== null}
          act={() => onChange({ quiet: kept.quiet ? null : NIGHT })}
        />
        {kept.quiet && (
          <Switch
            name={t("urgent")}
            hint={t("urgentHint")}
            on={kept.urgent_passes}
            act={() => onChange({ urgent_passes: !kept.urgent_passes })}
          />
        )}
      </ul>
      {kept.quiet && <Hours quiet={kept.quiet} zone={zone} onChange={(quiet) => onChange({ quiet })} />}
    </>
  );
}

type Quiet = NonNullable<Choices["quiet"]>;

function Hours({ quiet, zone, onChange }: { quiet: Quiet; zone: string; onChange: (quiet: Quiet) => void }) {
  return (
    <div class="pad">
      {(["start", "end"] as const).map((edge) => (
        <Field
          key={edge}
          label={t(edge)}
          hint={edge === "end" ? t("zone", { zone }) : undefined}
          control={(a11y) => (
            <div class="input">
              <input
                {...a11y}
                type="time"
                required
                value={quiet[edge]}
                onChange={({ currentTarget: { value } }) => {
                  if (value) onChange({ ...quiet, [edge]: value.slice(0, 5) });
                }}
              />
            </div>
          )}
        />
      ))}
    </div>
  );
}

interface SwitchProps {
  name: string;
  hint?: string | undefined;
  on: boolean;
  act: () => void;
}

const Switch = ({ name, hint, on, act }: SwitchProps) => (
  <li>
    <button type="button" role="switch" aria-checked={on} onClick={act}>
      <span class="settings__words">
        {name}
        {hint && <small>{hint}</small>}
      </span>
      <span class="switch" aria-hidden="true" />
    </button>
  </li>
);
