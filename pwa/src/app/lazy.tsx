/** A screen in a chunk of its own, with a skeleton while it comes and a way out when it does not. */

import type { ComponentType } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { Problem } from "../api/problem.ts";
import { Failed, Screen, Skeleton, Work } from "../components/parts.tsx";
import { t } from "../locales/core.ts";

type Loader<P> = () => Promise<ComponentType<P>>;
/** `ahead` fetches the chunk before the screen is asked for; it is then there at once. */
export type Lazy<P> = ComponentType<P> & { ahead(): Promise<ComponentType<P>> };

export function lazy<P extends object>(load: Loader<P>): Lazy<P> {
  let ready: ComponentType<P> | undefined;
  const ahead = async () => (ready = await load());
  function Lazy(props: P) {
    const [state, setState] = useState<{ View?: ComponentType<P>; failed?: boolean }>(ready ? { View: ready } : {});
    const start = () => {
      setState({});
      ahead().then(
        (View) => setState({ View }),
        () => setState({ failed: true }),
      );
    };
    useLayoutEffect(() => {
      if (!ready) start();
    }, []);
    const { View, failed } = state;
    if (View) return <View {...props} />;
    return (
      <Screen title={t("loading")}>
        <Work>{failed ? <Failed problem={new Problem("client/offline")} retry={start} /> : <Skeleton />}</Work>
      </Screen>
    );
  }
  return Object.assign(Lazy, { ahead });
}
