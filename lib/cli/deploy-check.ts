/** `chainmail deploy-check`: the real chain of a deployed stack with a drill, then what can't be proved without an account. */

import { examineDeployed } from "../local/doctor-deployed.ts";
import type { Check } from "../model/check.ts";
import { visible } from "../protocols/printable.ts";
import { withStore } from "./data.ts";
import { stackChecks, worstOf } from "./doctor.ts";
import { drillCommand } from "./drill.ts";
import { type ExitCode, unavailable } from "./exit.ts";
import type { Io } from "./io.ts";

interface DeployCheckOptions {
  readonly stack: string;
  /** A customer or a target; without one the first customer. */
  readonly drill?: string;
  /** Ms that each channel has. */
  readonly within: number;
}

/** 0: all is well, warnings included; 2: something is bad, or somebody wasn't reached; 3: something could not be asked, or nothing could be played. */
export async function deployCheckCommand({ stack, drill, within }: DeployCheckOptions, io: Io): Promise<ExitCode> {
  // `data` isn't used beside a stack.
  const place = { stack, data: "" };
  const whom =
    drill ??
    (await withStore(place, async ({ config }) => {
      for await (const { id } of config.customers()) return id;
      return null;
    }));
  if (whom === null) io.stdout.write("no drill: there are no customers yet; import them, and check again\n");
  const played = whom === null ? unavailable : await drillCommand(whom, { ...place, within }, io);
  io.stdout.write("\n");
  const checks = [...(await deployedChecks(stack)), ...(await stackChecks(place))];
  for (const { name, state, words } of checks)
    io.stdout.write(`${state.padEnd(7)} ${visible(name).padEnd(20)} ${visible(words)}\n`);
  io.stdout.write("\nOnly you can see: that the drill's mails and SMS arrived, and no alarm of the stack is on.\n");
  const worst = worstOf(checks);
  return worst === 2 || played === 2 ? 2 : worst === 0 ? played : worst;
}

async function deployedChecks(stack: string): Promise<readonly Check[]> {
  const { openFunctions } = await import("../world/functions.ts");
  const { openDeadLetters } = await import("../world/dead-letters.ts");
  const functions = openFunctions(stack);
  const abroad: ReturnType<typeof openFunctions>[] = [];
  let letters: Awaited<ReturnType<typeof openDeadLetters>> | undefined;
  try {
    return await examineDeployed({
      functions,
      functionsIn(region) {
        const there = openFunctions(stack, region);
        abroad.push(there);
        return there;
      },
      deadLetters: async () => {
        letters = await openDeadLetters(stack);
        return letters.all;
      },
    });
  } finally {
    for (const each of [functions, ...abroad]) each.close();
    letters?.close();
  }
}
