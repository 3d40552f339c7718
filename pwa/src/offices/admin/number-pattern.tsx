/** The pattern of numbers, with an example that follows every keystroke. */

import { TextField } from "../../components/fields.tsx";
import { language } from "../../locales/index.ts";
import { t } from "../../locales/offices-admin.ts";
import { serverNow } from "../../store/network.ts";
import { signedIn } from "../../store/session.ts";
import { today } from "../fields.tsx";

const ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"];
const PART = /\{([a-z_]+)(?::([1-9]))?\}/g;
/** Without these two, numbers of different papers would be the same. */
const NEEDED = ["urut", "tahun"];

function example(): Record<string, string> {
  const [year = "", month = ""] = today(serverNow()).split("-");
  const name = new Intl.DateTimeFormat("id-ID", { month: "long", timeZone: "UTC" });
  return {
    klasifikasi: "800",
    urut: "42",
    unit: "BKPSDM",
    jenis: "ST",
    sifat: "B",
    bulan: month,
    bulan_romawi: ROMAN[Number(month) - 1] ?? "",
    nama_bulan: name.format(new Date(`${year}-${month}-01T00:00:00Z`)),
    tahun: year,
  };
}

/** The number such a pattern makes today, or nothing while it is not yet a pattern. */
export function numberLike(pattern: string): string | null {
  const values = example();
  const named = [...pattern.matchAll(PART)].map(([, name]) => name as string);
  const rest = pattern.replace(PART, "");
  if (/[{}]/.test(rest) || !NEEDED.every((name) => named.includes(name))) return null;
  if (!named.every((name) => name in values)) return null;
  return pattern.replace(PART, (_, name: string, width?: string) => (values[name] ?? "").padStart(Number(width ?? 0), "0"));
}

interface Props {
  value: string;
  onValue: (value: string) => void;
}

export function NumberPattern({ value, onValue }: Props) {
  const shown = numberLike(value);
  return (
    <>
      <TextField
        label={t("pattern")}
        value={value}
        maxLength={120}
        spellcheck={false}
        autocapitalize="none"
        hint={t("patternHint", { padded: "{urut:4}" })}
        onValue={onValue}
      />
      <div class="parts" role="group" aria-label={t("patternParts")}>
        {Object.keys(example()).map((name) => (
          <button type="button" key={name} class="print" onClick={() => onValue(`${value}{${name}}`)}>
            {`{${name}}`}
          </button>
        ))}
      </div>
      <div class="example" role="status" lang={shown ? "id" : language.value}>
        {shown ? (
          <>
            <span class="hint">{t("patternExample", { agency: signedIn().agency.short_name })}</span>
            <b>{shown}</b>
          </>
        ) : (
          t("patternWrong", { sequence: "{urut}", year: "{tahun}" })
        )}
      </div>
    </>
  );
}
