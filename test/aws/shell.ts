/** What `emulate.sh` says in the environment. */

export function fromShell(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run 'npm run test:aws'`);
  return value;
}
