#!/usr/bin/env node
// Plain JavaScript, so that an old Node can say what it lacks and a new one keeps the stripped sources in its compile cache.
import "./node-24.js";
// Not by name: an old Node would stumble over the missing one before node-24.js is heard.
import module from "node:module";

module.enableCompileCache();
const { freshBundle, runBundle } = module.createRequire(import.meta.url)("./bundled.cjs");
const digest = freshBundle();
if (digest !== null) runBundle(digest);
else await import("./chainmail.ts");
