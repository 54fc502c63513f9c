#!/usr/bin/env node
/** The command line. `bin/chainmail.js` is the same for any Node: it says so where one is too old. */
import module from "node:module";

// Before anything of ours is loaded: stripping the types of a hundred files takes longer than a probe.
module.enableCompileCache();
// Who reads us may leave early (`| head`): the rest is said to nobody, and the exit code stays.
for (const output of [process.stdout, process.stderr])
  output.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });

async function main(): Promise<number> {
  const { run } = await import("../lib/cli/program.ts");
  const code = await run(process.argv.slice(2), process).catch((error: unknown) => {
    console.error(error);
    // Not Node's 1, which a plugin takes for `weak`.
    return 3;
  });
  for (const output of [process.stdout, process.stderr])
    await new Promise<void>((written) => output.write("", () => written()));
  return code;
}

// Not when nothing is left to do: a look at a silent server, begun before `up` was stopped, isn't waited for.
void main().then((code) => process.exit(code));
