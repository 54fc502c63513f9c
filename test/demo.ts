/**
 * What `npm start` promises, watched as a newcomer would: the arc suspected → told → recovered within a minute and a
 * half, in the terminal and in the alerts file, and an end by Ctrl-C. Run by `npm run demo:check`.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const patience = 100_000;
const demo = spawn(process.execPath, ["bin/chainmail.js", "up", "--data", "no-such-folder", "--port", "0"], {
  stdio: ["ignore", "pipe", "inherit"],
});
let out = "";
demo.stdout.setEncoding("utf8").on("data", (text) => {
  out += text;
  process.stdout.write(text);
});

const arc = [/suspected: looking again/, /\.1\] TLS lost: mail\.acme\.example/, /\.2\] Recovered: mail\.acme\.example/];
const began = Date.now();
while (Date.now() - began < patience && !arc.every((step) => step.test(out))) await sleep(250);

const missing = arc.filter((step) => !step.test(out));
const page = /http:\/\/127\.0\.0\.1:\d+\/customers\/acme/.exec(out)?.[0] ?? "no link";
const pageStatus = await fetch(page).then(
  (response) => response.status,
  (error) => String(error),
);
const alertsFile = /alerts file +(\S+)/.exec(out)?.[1] ?? "no alerts file";
const kinds = readFileSync(alertsFile, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line).kind);

demo.kill("SIGINT");
const [code] = await once(demo, "exit");

const problems = [
  ...missing.map((step) => `the terminal never said ${step}`),
  ...(pageStatus === 200 ? [] : [`the page ${page} answered ${pageStatus}`]),
  ...(kinds.join() === "opened,recovered" ? [] : [`the alerts file has ${kinds.join()}`]),
  ...(code === 0 ? [] : [`Ctrl-C ended it with ${code}`]),
];
for (const problem of problems) console.error(`demo: ${problem}`);
console.log(
  `demo: ${problems.length === 0 ? "as promised" : "not as promised"}, ${Math.round((Date.now() - began) / 1_000)} s`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
