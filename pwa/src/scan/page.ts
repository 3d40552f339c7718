/**
 * The public page's own look at the claim it was opened with: an ordinary camera brings it in the fragment, which
 * no server sees. Without this script the page says all it knows of the record.
 */

import { Forged, readClaim, type Jwk } from "./claim.ts";

const place = document.getElementById("klaim");

function show(words: string | undefined, values: Record<string, string>, forged = false): void {
  if (!place || !words) return;
  place.textContent = words.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
  place.classList.toggle("bad", forged);
  place.hidden = false;
}

async function check(): Promise<void> {
  if (!place || !/^#\d{40,}$/.test(location.hash)) return;
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".house a")) link.hash = location.hash;
  const answer = await fetch("/.well-known/jwks.json", { credentials: "omit" });
  const { keys } = (await answer.json()) as { keys: Jwk[] };
  try {
    const { claim } = await readClaim(new URL(location.href), keys);
    const said = [claim.subject, claim.number, claim.signer].filter(Boolean).join(", ");
    show(place.dataset.fits, { said });
  } catch (error) {
    if (error instanceof Forged) show(place.dataset.forged, {}, true);
  }
}

// Without a line, or with a newer claim than this script knows, the record above stands alone.
check().catch(() => undefined);
