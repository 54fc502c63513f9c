#!/usr/bin/env node
// Plain JavaScript, so that an old Node can say what it lacks and a new one keeps the stripped sources in its compile cache.
import module from "node:module";

if (Number.parseInt(process.versions.node, 10) < 24) {
  process.stderr.write(
    `chainmail: Node ${process.versions.node} is too old: run it as 'npx chainmail', which takes the Node 24 that 'npm ci' installed, or use Node 24 or later\n`,
  );
  process.exit(64);
}
module.enableCompileCache();
await import("./chainmail.ts");
