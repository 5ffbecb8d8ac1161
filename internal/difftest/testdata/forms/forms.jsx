import React, { lazy } from "m1";
const Page = lazy(() => import("m2"));
export const App = ({ children }) => (
  <>
    import no from "no" and require("no") are text here, it's so
    <Page icon={require("m3")} title="require('no')" {...require("m4")} on:click={() => import("m5")} />
    {/* require("no") */}
    {children ?? <img src={require("m6").default} alt='import "no"' />}
    {`${require("m7")}`}
  </>
);
export { default } from "m8";
