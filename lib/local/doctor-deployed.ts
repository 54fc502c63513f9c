/** What no test without an account can prove of a deployed stack: its functions, quotas, dead letters, and how its probes leave. */

import * as z from "zod";
import type { Check } from "../model/check.ts";
import type { DeadLetters } from "../world/dead-letters.ts";
import type { StackFunctions } from "../world/functions.ts";

export interface DeployedWorld {
  readonly functions: Pick<StackFunctions, "list" | "quota" | "ask">;
  /** Those of a further region; closed by whoever made this world. */
  readonly functionsIn: (region: string) => Pick<StackFunctions, "list" | "ask">;
  /** Rejects where they may not be asked for. */
  readonly deadLetters: () => Promise<readonly Pick<DeadLetters, "queue" | "count">[]>;
}

/** 4 probes, 2 judges, 2 senders, and one each of resolve, plan, tick, contacts and status. */
const functionsAtOnce = 13;

const answerSchema = z.object({
  v: z.literal(1),
  checks: z
    .array(
      z.object({
        name: z.string().max(40),
        state: z.enum(["good", "warning", "bad", "unknown"]),
        words: z.string().max(2_000),
      }),
    )
    .max(20),
});

/** Each check stands alone; what can't be asked is `unknown`. */
export async function examineDeployed(world: DeployedWorld): Promise<readonly Check[]> {
  return [
    ...(await attempt("functions", () => functionChecks(world))),
    ...(await attempt("quota", async () => [quotaCheck(await world.functions.quota())])),
    ...(await attempt("dead letters", async () => [await deadLetterCheck(await world.deadLetters())])),
  ];
}

async function attempt(name: string, check: () => Promise<readonly Check[]>): Promise<readonly Check[]> {
  try {
    return await check();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [{ name, state: "unknown", words: `could not be asked for: ${why}` }];
  }
}

async function functionChecks({ functions, functionsIn }: DeployedWorld): Promise<readonly Check[]> {
  const all = await functions.list();
  const other = all.filter(({ architecture }) => architecture !== "arm64");
  const runtimes = [...new Set(all.map(({ runtime }) => runtime))].join(", ");
  const name = "functions";
  const check: Check =
    all.length === 0
      ? {
          name,
          state: "bad",
          words: "there are none in this account and region: check the name, AWS_PROFILE and AWS_REGION",
        }
      : other.length > 0
        ? {
            name,
            state: "bad",
            words: `${other.map((each) => `${each.name} (${each.architecture})`).join(", ")}: expected arm64; deploy again`,
          }
        : { name, state: "good", words: `${all.length}, arm64, ${runtimes}` };
  const probe = all.find(({ isProbe }) => isProbe);
  const own = probe === undefined ? [] : await attempt("egress", () => egressChecks(functions, probe.name, "egress"));
  const abroad: Check[] = [];
  for (const region of new Set(all.flatMap((each) => each.abroad))) {
    const title = `egress ${region}`;
    abroad.push(...(await attempt(title, () => checksAbroad(functionsIn(region), region, title))));
  }
  return [check, ...own, ...abroad];
}

async function checksAbroad(
  functions: Pick<StackFunctions, "list" | "ask">,
  region: string,
  title: string,
): Promise<readonly Check[]> {
  const probe = (await functions.list()).find(({ isProbe }) => isProbe);
  if (probe === undefined)
    return [{ name: title, state: "bad", words: `nobody looks from there: deploy the stack of ${region} too` }];
  return await egressChecks(functions, probe.name, title);
}

/** From where probes look: the function itself answers. */
async function egressChecks(
  functions: Pick<StackFunctions, "ask">,
  probe: string,
  title: string,
): Promise<readonly Check[]> {
  const answer = answerSchema.safeParse(await functions.ask(probe, { doctor: true }));
  if (!answer.success) throw new Error(`${probe} gave another answer than this release's: deploy it`);
  return answer.data.checks.map((check) => ({ ...check, name: `${title} ${check.name}` }));
}

function quotaCheck(quota: number | null): Check {
  const name = "quota";
  if (quota === null) return { name, state: "unknown", words: "AWS didn't say how many functions may run at once" };
  if (quota >= functionsAtOnce)
    return { name, state: "good", words: `${quota} functions at once, of ${functionsAtOnce} that the stack may want` };
  return {
    name,
    state: "warning",
    words: `${quota} functions at once in the whole account, and the stack may want ${functionsAtOnce}: ask for more (Service Quotas, AWS Lambda, Concurrent executions)`,
  };
}

async function deadLetterCheck(queues: readonly Pick<DeadLetters, "queue" | "count">[]): Promise<Check> {
  const counts = await Promise.all(queues.map(async ({ queue, count }) => ({ queue, count: await count() })));
  const some = counts.filter(({ count }) => count > 0);
  const name = "dead letters";
  if (some.length === 0)
    return { name, state: "good", words: `none in ${counts.map(({ queue }) => queue).join(", ")}` };
  return {
    name,
    state: "bad",
    words: `${some.map(({ queue, count }) => `${count} of ${queue}`).join(", ")}: 'chainmail dlq show'`,
  };
}
