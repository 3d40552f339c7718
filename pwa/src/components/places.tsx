/** Where you are, at the foot. The badge counts unopened papers, nothing else. */

import { t } from "../locales/core.ts";
import { path } from "../app/router.ts";
import { unopened } from "../store/inbox.ts";
import { Past, ScanFrame, Tray } from "./icons.tsx";

const PLACES = [
  { href: "/meja", word: "desk", Icon: Tray },
  { href: "/pindai", word: "scan", Icon: ScanFrame },
  { href: "/riwayat", word: "history", Icon: Past },
] as const;

export function Places() {
  return (
    <nav class="places" aria-label={t("places")}>
      {PLACES.map(({ href, word, Icon }) => (
        <a class="place" href={href} key={href} {...(path.value === href ? { "aria-current": "page" as const } : {})}>
          <Icon />
          {t(word)}
          {word === "desk" && unopened.value > 0 && (
            <span class="badge">
              {unopened.value > 99 ? "99+" : unopened.value}
              <span class="sr"> {t("newPaper")}</span>
            </span>
          )}
        </a>
      ))}
    </nav>
  );
}
