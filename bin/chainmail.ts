#!/usr/bin/env node
/** The command line. `bin/chainmail.js` is the same with a compile cache; this file runs by itself under Node 24. */
import { run } from "../lib/cli/program.ts";

process.exitCode = await run(process.argv.slice(2), process);
