import * as React from "m1";
import type { FC } from "m2";
const generic = <T,>(x: T) => require("m3") as T;
export const App: FC<{ x?: import("m4").X }> = ({ x }) => (
  <Page<string> icon={require("m5")} render={async () => (await import("m6")).default}>
    import no from "no"; it's {x ? <b>require("no")</b> : require("m7")}
  </Page>
);
export { type Props, default as Other } from "m8";
