#!/usr/bin/env node
// Plain JavaScript, so that an old Node can say what it lacks and a new one keeps the stripped sources in its compile cache.
import "./node-24.js";
// Not by name: an old Node would stumble over the missing one before node-24.js is heard.
import module from "node:module";
import { bundle, isFresh } from "./bundled.js";

module.enableCompileCache();
if (isFresh()) module.createRequire(import.meta.url)(bundle);
else await import("./chainmail.ts");
