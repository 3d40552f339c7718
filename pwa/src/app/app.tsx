/** The whole app: picks the screen for the address and the person. */

import { useEffect } from "preact/hooks";
import { BackBar, Dock, Empty, Screen, Work } from "../components/parts.tsx";
import { Toast } from "../components/toast.tsx";
import { t } from "../locales/core.ts";
import { arriving, session } from "../store/session.ts";
import { DoorView, OPEN, ROUTES, home } from "./routes.tsx";
import { go, parts, path } from "./router.ts";

export function App() {
  return (
    <>
      <Current />
      <Toast />
    </>
  );
}

function Current() {
  const [place = "", ...at] = parts(path.value);
  const who = session.value;
  const Open = OPEN[place];
  // A citizen's scanner waits for nobody's session.
  if (who === undefined && place !== "pindai") return null;
  if (Open) return <Open at={at} />;
  if (!who || arriving.value || !who.totp_confirmed) return <DoorView at={[]} />;
  if (!place || place === "masuk") return <Forward to={home(who)} />;
  const View = ROUTES[place];
  return View ? <View key={path.value} at={at} /> : <Nowhere />;
}

function Forward({ to }: { to: string }) {
  useEffect(() => go(to, { replace: true }), [to]);
  return null;
}

function Nowhere() {
  return (
    <Screen title={t("notFoundTitle")}>
      <BackBar title={t("notFoundTitle")} to="/" />
      <Work>
        <Empty title={t("notFoundTitle")}>{t("notFoundText")}</Empty>
      </Work>
      <Dock>
        <a class="btn btn--main" href="/">
          {t("toDesk")}
        </a>
      </Dock>
    </Screen>
  );
}
