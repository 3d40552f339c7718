/** How the foot of a signed page will look: a drawing with an invented signer, in the order that is set. */

import { QrSketch } from "../../components/qr-image.tsx";
import { t } from "../../locales/offices-admin.ts";
import type { BlockPart, PrintedStyle } from "../types.ts";

const SIGNER = { capacity: "Kepala Dinas Contoh", titled: "Dra. Hj. Ratna Contoh, M.Si.", plain: "Ratna Contoh", nip: "NIP 197001011995032001" };
const CODE = "7Q2MX-4ZP9T-RAK8W-E3C5V";

export function BlockPreview({ style }: { style: PrintedStyle }) {
  const order = style.block_order.filter((part) => part !== "nip" || style.print_nip);
  const described = order.map((part) => t(`part-${part}`)).join(", ");
  return (
    <figure class="sketch">
      <div class="sketch__page" role="img" lang="id" aria-label={t("previewIs", { parts: described, foot: t(`foot-${style.foot}`) })}>
        <div class="sketch__block">
          {order.map((part) => (
            <Part key={part} part={part} style={style} />
          ))}
        </div>
        {style.foot !== "none" && (
          <div class="sketch__foot">
            <QrSketch />
            {style.foot === "sentence" && (
              <p>
                Dokumen ini telah ditandatangani secara elektronik menggunakan sertifikat elektronik yang diterbitkan oleh … Periksa keasliannya di …
              </p>
            )}
          </div>
        )}
      </div>
      <figcaption class="hint">{t("preview")}</figcaption>
    </figure>
  );
}

function Part({ part, style: { block_order, print_titles } }: { part: BlockPart; style: PrintedStyle }) {
  switch (part) {
    case "capacity":
      // With a comma where the name follows, as under a letter.
      return <p>{SIGNER.capacity + (block_order.indexOf("capacity") < block_order.indexOf("name") ? "," : "")}</p>;
    case "code":
      return (
        <p class="sketch__code">
          <QrSketch />
          <span>Ditandatangani secara elektronik oleh:</span>
          <small>{CODE}</small>
        </p>
      );
    case "name":
      return <p class="sketch__name">{print_titles ? SIGNER.titled : SIGNER.plain}</p>;
    case "nip":
      return <p class="sketch__small">{SIGNER.nip}</p>;
  }
}
