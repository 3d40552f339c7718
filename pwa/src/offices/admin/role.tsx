/** Giving a role; an operator's is for one unit, another officer's is for two officers to decide. */

import { useState } from "preact/hooks";
import { post } from "../../api/client.ts";
import { asProblem } from "../../api/problem.ts";
import type { RoleName } from "../../api/types.ts";
import { CheckBox, TextField } from "../../components/fields.tsx";
import { t } from "../../locales/offices-admin.ts";
import { t as words } from "../../locales/offices.ts";
import { serverNow } from "../../store/network.ts";
import { Choice } from "../fields.tsx";
import { DoSheet, when } from "../parts.tsx";
import type { Named, RoleGrant, Unit } from "../types.ts";

const ROLES: RoleName[] = ["operator", "official", "registration-officer", "auditor", "administrator"];

interface Props {
  person: Named;
  units: Unit[];
  onClose: () => void;
  onDone: (said: string) => void;
}

export function RoleSheet({ person, units, onClose, onDone }: Props) {
  const [role, setRole] = useState<RoleName>("operator");
  const [unit, setUnit] = useState("");
  const [cleared, setCleared] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const [toOfficers, setToOfficers] = useState(false);
  const forUnit = role === "operator";
  const ready = () => {
    setWrong(forUnit && !unit ? words("fillIn") : undefined);
    return !forUnit || Boolean(unit);
  };
  const grant = async () => {
    try {
      const body = { person_id: person.id, role, unit_id: forUnit ? unit : null, cleared: forUnit && cleared };
      const { counts_from } = await post<RoleGrant>("/roles", body);
      const waits = new Date(counts_from) > serverNow();
      onDone(t(waits ? "roleGrantedFrom" : "roleGranted", { name: person.name, role: words(role), when: when(counts_from) }));
    } catch (error) {
      if (asProblem(error).code !== "identity/officers-decide") throw error;
      setToOfficers(true);
    }
  };
  if (toOfficers) return <OfficerProposal {...{ person, onClose, onDone }} />;
  return (
    <DoSheet title={t("roleAdd")} action={t("roleAddDo")} ready={ready} onDo={grant} onClose={onClose}>
      <Choice label={t("role")} hint={t(`hint-${role}`)} value={role} onValue={(value) => setRole(value as RoleName)}>
        {ROLES.map((one) => (
          <option key={one} value={one}>
            {words(one)}
          </option>
        ))}
      </Choice>
      {forUnit && (
        <>
          <Choice label={t("unit")} value={unit} wrong={wrong} onValue={setUnit}>
            <option value="" />
            {units.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </Choice>
          <CheckBox checked={cleared} onChecked={setCleared}>
            {t("cleared")}
          </CheckBox>
        </>
      )}
    </DoSheet>
  );
}

/** Two officers decide on a third: the administrator only proposes. */
function OfficerProposal({ person, onClose, onDone }: Omit<Props, "units">) {
  const [decree, setDecree] = useState("");
  const [wrong, setWrong] = useState<string>();
  const ready = () => {
    setWrong(decree.trim() ? undefined : words("fillIn"));
    return Boolean(decree.trim());
  };
  const propose = async () => {
    await post("/decisions", { kind: "make-officer", person_id: person.id, payload: { decree: decree.trim() } });
    onDone(t("roleProposed"));
  };
  return (
    <DoSheet title={words("make-officer")} action={t("roleProposeDo")} ready={ready} onDo={propose} onClose={onClose}>
      <p>
        <b>{person.name}</b>
      </p>
      <p class="hint">{t("officersDecide")}</p>
      <TextField label={words("decree")} value={decree} wrong={wrong} maxLength={200} onValue={setDecree} />
    </DoSheet>
  );
}
