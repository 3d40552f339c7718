/** The fields of the printed style: plainly the agency's, or a kind's, where each may be left to the agency. */

import { CheckBox } from "../../components/fields.tsx";
import { Down } from "../../components/icons.tsx";
import { t } from "../../locales/offices-admin.ts";
import { Choice } from "../fields.tsx";
import type { BlockPart, FootKind, Kind, PrintedStyle } from "../types.ts";
import { BlockPreview } from "./block.tsx";
import { printedAs, raised } from "./printed.ts";

const FEET: FootKind[] = ["sentence", "code", "none"];

interface Props<T> {
  value: T;
  onValue: (changed: Partial<PrintedStyle>) => void;
}

export function AgencyStyle({ value, onValue }: Props<PrintedStyle>) {
  return (
    <>
      <BlockPreview style={value} />
      <OrderList order={value.block_order} onOrder={(block_order) => onValue({ block_order })} />
      <CheckBox checked={value.print_titles} onChecked={(print_titles) => onValue({ print_titles })}>
        {t("printTitles")}
        <small>{t("printTitlesHint")}</small>
      </CheckBox>
      <CheckBox checked={value.print_nip} onChecked={(print_nip) => onValue({ print_nip })}>
        {t("printNip")}
        <small>{t("printNipHint")}</small>
      </CheckBox>
      <Choice label={t("foot")} hint={t("footHint")} value={value.foot} onValue={(foot) => onValue({ foot: foot as FootKind })}>
        {FEET.map((foot) => (
          <option key={foot} value={foot}>
            {t(`foot-${foot}`)}
          </option>
        ))}
      </Choice>
    </>
  );
}

type Own = Pick<Kind, keyof PrintedStyle>;

interface KindProps {
  value: Own;
  agency: PrintedStyle;
  onValue: (changed: Partial<Own>) => void;
}

export function KindStyle({ value, agency, onValue }: KindProps) {
  return (
    <>
      <BlockPreview style={printedAs(value, agency)} />
      <Choice
        label={t("order")}
        hint={value.block_order ? undefined : t("agencyHas", { is: agency.block_order.map((part) => t(`part-${part}`)).join(", ") })}
        value={value.block_order ? "own" : ""}
        onValue={(own) => onValue({ block_order: own ? agency.block_order : null })}
      >
        <option value="">{t("asAgency")}</option>
        <option value="own">{t("orderOwn")}</option>
      </Choice>
      {value.block_order && <OrderList order={value.block_order} onOrder={(block_order) => onValue({ block_order })} />}
      <YesNo label={t("titles")} value={value.print_titles} agency={agency.print_titles} onValue={(print_titles) => onValue({ print_titles })} />
      <YesNo label={t("nip")} value={value.print_nip} agency={agency.print_nip} onValue={(print_nip) => onValue({ print_nip })} />
      <Choice
        label={t("foot")}
        hint={value.foot ? t("footHint") : t("agencyHas", { is: t(`foot-${agency.foot}`) })}
        value={value.foot ?? ""}
        onValue={(foot) => onValue({ foot: (foot || null) as FootKind | null })}
      >
        <option value="">{t("asAgency")}</option>
        {FEET.map((foot) => (
          <option key={foot} value={foot}>
            {t(`foot-${foot}`)}
          </option>
        ))}
      </Choice>
    </>
  );
}

interface YesNoProps {
  label: string;
  value: boolean | null;
  agency: boolean;
  onValue: (value: boolean | null) => void;
}

function YesNo({ label, value, agency, onValue }: YesNoProps) {
  return (
    <Choice
      label={label}
      hint={value === null ? t("agencyHas", { is: t(agency ? "isPrinted" : "notPrinted") }) : undefined}
      value={value === null ? "" : String(value)}
      onValue={(said) => onValue(said === "" ? null : said === "true")}
    >
      <option value="">{t("asAgency")}</option>
      <option value="true">{t("isPrinted")}</option>
      <option value="false">{t("notPrinted")}</option>
    </Choice>
  );
}

/** From top to bottom; each part but the first can go up. */
function OrderList({ order, onOrder }: { order: BlockPart[]; onOrder: (order: BlockPart[]) => void }) {
  return (
    <div class="field">
      <span class="label">{t("orderFrom")}</span>
      <ol class="order">
        {order.map((part, index) => (
          <li key={part}>
            <span>{t(`part-${part}`)}</span>
            {index > 0 && (
              <button type="button" class="hit" aria-label={t("partUp", { part: t(`part-${part}`) })} onClick={() => onOrder(raised(order, part))}>
                <Down small />
              </button>
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}
