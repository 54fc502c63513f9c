/**
 * Loaded before a process's own code (`node --import`): its clock goes `CLOCK_RATE` times as fast as ours since the epoch ms
 * `CLOCK_FROM`, which a second process shares with the first. What sockets themselves wait for isn't hastened.
 */

import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers/promises";

const rate = Number(process.env.CLOCK_RATE);
const from = Number(process.env.CLOCK_FROM);

const now = Date.now;
Date.now = () => Math.round(from + (now() - from) * rate);
const monotonic = performance.now.bind(performance);
performance.now = () => monotonic() * rate;

const { setTimeout: after, setInterval: each } = globalThis;
globalThis.setTimeout = Object.assign((run: () => void, ms = 0, ...args: []) => after(run, ms / rate, ...args), {
  __promisify__: after.__promisify__,
});
globalThis.setInterval = (run: () => void, ms = 0, ...args: []) => each(run, ms / rate, ...args);
const sleep = timers.setTimeout;
timers.setTimeout = (ms = 0, ...rest) => sleep(ms / rate, ...rest);
syncBuiltinESMExports();
