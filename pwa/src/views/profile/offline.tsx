/** Work without a line: what this phone holds and how old it is, its PIN, and how to empty it. */

import { useEffect, useState } from "preact/hooks";
import { SecretField } from "../../components/fields.tsx";
import { Key, Past } from "../../components/icons.tsx";
import { BackBar, Button, OfflineStrip, Screen, Work } from "../../components/parts.tsx";
import { Sheet } from "../../components/sheet.tsx";
import { say } from "../../components/toast.tsx";
import { moment } from "../../lib/time.ts";
import { t as core } from "../../locales/core.ts";
import { language } from "../../locales/index.ts";
import { t } from "../../locales/offline.ts";
import { signedIn } from "../../store/session.ts";
import { choosePin, empty, fresh, holding, onlyPinOpens, opensByPasskey, vaultState, type Holding } from "../../sync/held.ts";
import { keep } from "../../sync/keep.ts";
import { PasskeySheet } from "./open-by-passkey.tsx";

const SHORTEST = 6;

/** 3,4 MB; below a megabyte in KB. */
export function sizeOf(bytes: number): string {
  const locale = language.value === "en" ? "en-GB" : "id-ID";
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1_000, "KB"] : [bytes / 1_000_000, "MB"];
  return `${value.toLocaleString(locale, { maximumFractionDigits: unit === "MB" ? 1 : 0 })} ${unit}`;
}

export function useHolding(): Holding | null {
  const [held, setHeld] = useState<Holding | null>(null);
  const [state, round] = [vaultState.value, fresh.value];
  useEffect(() => void holding().then(setHeld), [state, round]);
  return held;
}

export function holdingWords(held: Holding | null): string {
  if (!held?.at) return t(vaultState.value === "none" ? "off" : "holdsNone");
  const when = moment(new Date(held.at), new Date(), signedIn().agency.zone);
  return t("holds", { count: held.papers, size: sizeOf(held.bytes), when });
}

export function OfflineView() {
  const [open, setOpen] = useState<"pin" | "passkey" | "empty" | null>(null);
  const [busy, setBusy] = useState(false);
  const held = useHolding();
  const state = vaultState.value;
  const [recognises, setRecognises] = useState(false);
  useEffect(() => void opensByPasskey().then(setRecognises), [state, open]);
  const toggle = () => {
    if (!recognises) return setOpen("passkey");
    void onlyPinOpens().then(() => setRecognises(false));
  };
  const sync = async () => {
    setBusy(true);
    await keep({ force: true });
    setBusy(false);
    say(t("synced"));
  };
  return (
    <Screen title={t("offline")}>
      <BackBar title={t("offline")} to="/profil" />
      <OfflineStrip />
      <Work>
        <div class="pad">
          <p>{t("offlineText")}</p>
          {state === "none" ? (
            <Button onClick={() => setOpen("pin")}>{t("choosePin")}</Button>
          ) : (
            <>
              <p role="status" class="num">
                <b>{holdingWords(held)}</b>
              </p>
              <Button kind="line" busy={busy} onClick={() => void sync()}>
                {t("syncNow")}
              </Button>
            </>
          )}
        </div>
        {state !== "none" && (
          <ul class="settings">
            <li>
              <button type="button" onClick={() => setOpen("pin")}>
                <Key />
                <span class="settings__words">
                  {t("changePin")}
                  <small>{t("changePinText")}</small>
                </span>
              </button>
            </li>
            <li>
              <button type="button" role="switch" aria-checked={recognises} onClick={toggle}>
                <Key />
                <span class="settings__words">
                  {t("byPasskey")}
                  <small>{t(recognises ? "byPasskeyOn" : "byPasskeyOff")}</small>
                </span>
                <span class="switch" aria-hidden="true" />
              </button>
            </li>
            <li>
              <button type="button" onClick={() => setOpen("empty")}>
                <Past />
                <span class="settings__words">
                  {t("emptyNow")}
                  <small>{t("emptyText")}</small>
                </span>
              </button>
            </li>
          </ul>
        )}
      </Work>
      {open === "pin" && <PinSheet onClose={() => setOpen(null)} />}
      {open === "passkey" && <PasskeySheet onClose={() => setOpen(null)} />}
      {open === "empty" && <EmptySheet onClose={() => setOpen(null)} />}
    </Screen>
  );
}

/** One digit over and over, or a plain run. */
const plain = (pin: string): boolean => /^(.)\1*$/.test(pin) || "01234567890 09876543210".includes(pin);

function PinSheet({ onClose }: { onClose: () => void }) {
  const [pin, setPin] = useState("");
  const [again, setAgain] = useState("");
  const [wrong, setWrong] = useState<{ pin?: string; again?: string }>({});
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    if (pin.length < SHORTEST) return setWrong({ pin: t("pinShort", { count: SHORTEST }) });
    if (plain(pin)) return setWrong({ pin: t("pinPlain") });
    if (pin !== again) return setWrong({ again: t("pinDiffers") });
    setBusy(true);
    await choosePin(pin);
    say(t("pinChosen"));
    onClose();
    void keep({ force: true });
  };
  const field = (name: "pin" | "again", value: string, set: (value: string) => void) => (
    <SecretField
      label={t(name === "pin" ? "newPin" : "pinAgain")}
      autocomplete="off"
      hint={name === "pin" ? t("newPinHint") : undefined}
      value={value}
      wrong={wrong[name]}
      onValue={(next) => {
        setWrong({});
        set(next);
      }}
    />
  );
  return (
    <Sheet title={t("choosePin")} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void submit();
        }}
      >
        {field("pin", pin, setPin)}
        {field("again", again, setAgain)}
        <Button submit busy={busy}>
          {t("choosePin")}
        </Button>
      </form>
    </Sheet>
  );
}

function EmptySheet({ onClose }: { onClose: () => void }) {
  const erase = async () => {
    await empty();
    say(t("emptied"));
    onClose();
  };
  return (
    <Sheet title={t("emptyNow")} onClose={onClose}>
      <p class="rise__text">{t("emptyText")}</p>
      <Button kind="line" onClick={onClose}>
        {core("cancel")}
      </Button>
      <Button onClick={() => void erase()}>{t("emptyNow")}</Button>
    </Sheet>
  );
}
