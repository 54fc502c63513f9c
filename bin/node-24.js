// Loaded first, in plain JavaScript, so that an old Node says what it lacks instead of stumbling over TypeScript.
if (Number.parseInt(process.versions.node, 10) < 24) {
  process.stderr.write(
    `chainmail: Node ${process.versions.node} is too old: in this folder npx ('npx chainmail', 'npx cdk') takes the Node 24 that 'npm ci' installed, or use Node 24 or later\n`,
  );
  process.exit(64);
}
