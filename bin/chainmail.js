#!/usr/bin/env node
// Plain JavaScript, so that an old Node can say what it lacks and a new one keeps the stripped sources in its compile cache.
import "./node-24.js";
import { enableCompileCache } from "node:module";

enableCompileCache();
await import("./chainmail.ts");
