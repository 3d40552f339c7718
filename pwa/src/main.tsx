import "./styles/base.css";
import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./app/app.tsx";
import { ReaderView } from "./app/routes.tsx";
import { listen } from "./app/router.ts";
import { language } from "./locales/index.ts";
import { loadProblems } from "./locales/explain.ts";
import { loadInbox } from "./store/inbox.ts";
import { offlineSince } from "./store/network.ts";
import { resume, session } from "./store/session.ts";
import "./sync/badge.ts";
import "./sync/install.ts";
import { keepUpdated } from "./sync/updates.ts";
import { fetchHeldPile } from "./views/inbox.tsx";
import { Insecure } from "./views/insecure.tsx";

const root = document.getElementById("app") as HTMLElement;
document.documentElement.lang = language.value;

const idle = (task: () => void) => setTimeout(task, 1500);

async function start(): Promise<void> {
  listen();
  // Without a line the lock on what lies here is the first thing to show.
  await Promise.all([resume(), offlineSince.peek() && fetchHeldPile().catch(() => undefined)]);
  if (session.value) void loadInbox();
  render(<App />, root);
  // Whoever is here may have left something unsent; the chunk comes from the cache without a line.
  const stop = effect(() => {
    if (!session.value) return;
    void import("./sync/outgoing.ts").then((sync) => sync.startSending()).catch(() => undefined);
    queueMicrotask(() => stop());
  });
  idle(() => {
    void loadProblems().catch(() => undefined);
    void keepUpdated().catch(() => undefined);
    // The chunks a signer needs next, so that a weak line does not stand between reading and signing.
    if (session.value) {
      void import("./sync/push.ts").then((push) => push.keepPush()).catch(() => undefined);
      void ReaderView.ahead().catch(() => undefined);
      void import("./views/sign.tsx").catch(() => undefined);
    }
  });
}

// Over plain http to a network address there are neither keys nor a service worker: say so.
const usable = isSecureContext && "subtle" in crypto && "indexedDB" in window;
if (usable) void start();
else render(<Insecure secure={isSecureContext} />, root);
