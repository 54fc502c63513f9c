/** The functions of a deployed stack, under the caller's own AWS credentials. */

import { GetAccountSettingsCommand, InvokeCommand, LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { environmentNames } from "./environment.ts";
import { resultsQueueName } from "./queue-names.ts";

interface DeployedFunction {
  readonly name: string;
  /** `arm64`, `x86_64`. */
  readonly architecture: string;
  readonly runtime: string;
  readonly isProbe: boolean;
  /** Further regions whose vantages it was told of; their stacks stand there. */
  readonly abroad: readonly string[];
}

export interface StackFunctions {
  /** Those of this region. */
  list(): Promise<readonly DeployedFunction[]>;
  /** How many functions of the account may run at once. */
  quota(): Promise<number | null>;
  /** What a function answers to `question`, as JSON has it. */
  ask(name: string, question: unknown): Promise<unknown>;
  close(): void;
}

/** Rejects nothing until it is asked. Without a region it is the caller's own. */
export function openFunctions(stack: string, region?: string): StackFunctions {
  const client = new LambdaClient({ ...(region !== undefined && { region }) });
  return {
    async list() {
      const all: DeployedFunction[] = [];
      let next: string | undefined;
      do {
        const page = await client.send(new ListFunctionsCommand({ Marker: next }));
        for (const { FunctionName = "", Architectures = [], Runtime = "", Environment } of page.Functions ?? []) {
          const told = Environment?.Variables ?? {};
          // Names are shortened where they would be too long; what the stack told its functions isn't. A probe knows no tables.
          const isProbe = told[environmentNames.resultsQueue]?.endsWith(`/${resultsQueueName(stack)}`) ?? false;
          const abroad = told[environmentNames.vantages]?.split(",") ?? [];
          const architecture = Architectures.join(", ");
          if (isProbe || told[environmentNames.stack] === stack)
            all.push({ name: FunctionName, architecture, runtime: Runtime, isProbe, abroad });
        }
        next = page.NextMarker === "" ? undefined : page.NextMarker;
      } while (next !== undefined);
      return all;
    },
    async quota() {
      const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}));
      return AccountLimit?.ConcurrentExecutions ?? null;
    },
    async ask(name, question) {
      const command = new InvokeCommand({ FunctionName: name, Payload: Buffer.from(JSON.stringify(question)) });
      const { Payload, FunctionError } = await client.send(command, { abortSignal: AbortSignal.timeout(120_000) });
      if (FunctionError !== undefined) throw new Error(`${name} failed: look at its log`);
      return JSON.parse(Payload?.transformToString() ?? "null");
    },
    close: () => client.destroy(),
  };
}
