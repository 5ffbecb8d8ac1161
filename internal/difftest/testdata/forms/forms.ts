// Every way that TypeScript has to name a module, and what only looks like one.
import a, { b as c, type D } from "m1"; import type T from 'm2'; import "m3";
import type { U, V as W } from "m4";
import type * as X from "m5";
import { default as d, "a name" as e } from "m6";
import data from "./data.json" with { type: "json" };
import {} from "m7";
import * as 名 from "m8"; /* 🎉 */ import { f } from "m9";
import
  g
from
  "m10"
export * from "m11"; export * as ns from "m12"; export { h as i } from "m13"; export {} from "m14";
export type { Z } from "m15"; export { type Y, default as y } from "m16"; export * as default from "m17";
export type * from "m18";
export type * as types from "m19";
import r = require("m20");
export import r2 = require("m21");
import type R3 = require("m22");
import alias = ns.inner;
const { p, q: z } = require("m23"), w = require(`m24`), v = import("m25");
let t: import("m26").T<number>, s: typeof import("m27"), u: import("m28").A.B | null;
declare module "m29" { import k from "m30"; export { k } from "m31"; }
declare global { interface Window { x: import("m32").X } }
namespace N { import inner = require("m33"); }
require.resolve("no"); foo.require("no"); require(x + "no"); require(); import.meta.resolve("no");
if (a) { (async () => { await import("m34", { with: { type: "json" } }); })(); }
const text = `${require("m35")} import no from "no" ${`${import("m36")}`}`;
const pattern = /import no from "no"|require\("no"\)/;
const quoted = 'import no from "no"; require("no")';
// import no from "no"
/* require("no") */
/** @type {import("no").T} */
const after = (require("m37"), require("m38")).default;
const method = require("m39").inner.deep("x");
const cast = <any>require("m40"), other = require("m41") as any, sure = require("m42")!;
@decorate(require("m43"))
class C<in out T> extends require("m44").Base<T> {
  static accessor x = require("m45");
  #y = require("m46");
  static { require("m47"); }
  constructor(private readonly z = require("m48")) { super(); }
  override async *[Symbol.iterator](): AsyncGenerator<import("m49").T> { yield* await import("m50"); }
}
const generic = f<string>, sat = { a: require("m51") } satisfies object;
using resource = require("m52");
await using more = require("m53");
enum E { A = require("m54") }
function over(x: string): void;
function over(x: any, y = require("m55")) { return require(/* why */ "m56") }
type Fn = abstract new (x: import("m57").A) => asserts x is string;
switch (x) { case require("m58"): break; default: require('m\u0035\x39') }
label: for (const x of require("m60")) { continue label }
export default require("m61");
