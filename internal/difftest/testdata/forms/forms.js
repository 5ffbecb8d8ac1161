#!/usr/bin/env node
"use strict";
// Every way that JavaScript has to name a module, and what only looks like one.
import a, { b as c } from "m1"; import "m2"; import d, * as e from 'm3';
import { default as f, "a name" as g } from "m4";
import data from "./data.json" with { type: "json" };
export * from "m5"; export * as h from "m6"; export { i as j, default } from "m7";
const { k, l: { m }, ...rest } = require("m8"), n = require('m9'), o = require(`m10`);
var p = require("m11"), q = require("m12").deep.er, r = require("m13")(a);
try { require("m14") } catch { import("m15").then(({ x }) => x) }
(function (require, module) { require("m16") })(require, module);
!function (t, e) { "object" == typeof exports ? e(require("m17")) : define(["require", "no"], e) }(this, (t) => t);
require.resolve("no"); foo.require("no"); require(a + "no"); require(); new Require("no"); requires("no");
const text = `${require("m18")} import no from "no" ${`${import("m19")}`}`;
const pattern = a / 2 / /require\("no"\)/.exec("require('no')");
// require("no")
/* import no from "no" */
/** @import { T } from "no" */
const s = a ? require("m20") : require("m21") ?? require?.("m22");
class C extends require("m23") { static x = require("m24"); #y = require("m25"); static { require("m26") } get z() { return require("m27") } }
async function* t(u = require("m28")) { for await (const v of await import("m29")) yield require("m30") }
const { v = require("m31") } = {}, [w = require("m32")] = [];
let 名 = "🎉🎉", x = require("m33");
module.exports = { ...require("m34"), [require("m35")]: 1, async y() { await import(/* webpackChunkName: "no" */ "m36") } };
label: while (a) { if (require("m37")) break label; else do require("m38"); while (0) }
tag`${require("m39")}`; throw require("m40")
export default require("m41")
