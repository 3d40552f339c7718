/** Giving a role; an operator's is for one unit. */

import { useState } from "preact/hooks";
import { post } from "../../api/client.ts";
import type { RoleName } from "../../api/types.ts";
import { t } from "../../locales/offices-admin.ts";
import { t as words } from "../../locales/offices.ts";
import { Choice } from "../fields.tsx";
import { DoSheet } from "../parts.tsx";
import type { Named, Unit } from "../types.ts";

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
  const [wrong, setWrong] = useState<string>();
  const forUnit = role === "operator";
  const ready = () => {
    setWrong(forUnit && !unit ? words("fillIn") : undefined);
    return !forUnit || Boolean(unit);
  };
  const grant = async () => {
    await post("/roles", { person_id: person.id, role, unit_id: forUnit ? unit : null });
    onDone(t("roleGranted", { name: person.name, role: words(role) }));
  };
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
        <Choice label={t("unit")} value={unit} wrong={wrong} onValue={setUnit}>
          <option value="" />
          {units.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </Choice>
      )}
    </DoSheet>
  );
}
