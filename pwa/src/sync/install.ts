/** The browser's own offer to put Centang on the home screen, kept until somebody wants it. */

import { signal } from "@preact/signals";

interface InstallOffer extends Event {
  prompt(): Promise<unknown>;
}

export const installOffer = signal<InstallOffer | null>(null);

if (typeof window !== "undefined") {
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    installOffer.value = event as InstallOffer;
  });
  window.addEventListener("appinstalled", () => (installOffer.value = null));
}

export async function install(): Promise<void> {
  await installOffer.value?.prompt();
  installOffer.value = null;
}
