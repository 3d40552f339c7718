/** A screen in a chunk of its own, with a skeleton while it comes and a way out when it does not. */

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api/problem.ts";
import { Failed, Screen, Skeleton, Work } from "../components/parts.tsx";
import { t } from "../locales/core.ts";

type Loader<P> = () => Promise<ComponentType<P>>;

export function lazy<P extends object>(load: Loader<P>): ComponentType<P> {
  let ready: ComponentType<P> | undefined;
  return function Lazy(props: P) {
    const [state, setState] = useState<{ View?: ComponentType<P>; failed?: boolean }>(ready ? { View: ready } : {});
    const start = () => {
      setState({});
      load().then(
        (View) => setState({ View: (ready = View) }),
        () => setState({ failed: true }),
      );
    };
    useEffect(() => {
      if (!ready) start();
    }, []);
    const { View, failed } = state;
    if (View) return <View {...props} />;
    return (
      <Screen title={t("loading")}>
        <Work>{failed ? <Failed problem={new Problem("client/offline")} retry={start} /> : <Skeleton />}</Work>
      </Screen>
    );
  };
}
