/** Runs `index.mjs` of its folder under a runtime API, as Lambda's own client does, and writes its peak memory to the file RIE_PEAK after each event. */

import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
const { handler } = await import(pathToFileURL(`${process.cwd()}/index.mjs`).href);
async function answerTo(event) {
  try {
    return await handler(event, {});
  } catch (error) {
    return { error: String(error) };
  }
}

for (;;) {
  const next = await fetch(`${api}/invocation/next`);
  const id = next.headers.get("lambda-runtime-aws-request-id");
  const answer = await answerTo(await next.json());
  writeFileSync(process.env.RIE_PEAK, /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]);
  await fetch(`${api}/invocation/${id}/response`, { method: "POST", body: JSON.stringify(answer ?? null) });
}
