/** What came from the wire, made fit to be shown to a person: bounded, without control characters, without live links. */

const longestLine = 200;

/** One line of printable ASCII: all else as `\u{…}`, at most `max` characters, links defanged (`hxxp[:]//`, `www[.]`). */
export function shown(text: string, max = longestLine): string {
  // A bound before the work: what is cut off isn't escaped first.
  const escaped = escapedIn(text.slice(0, max * 2));
  const defanged = escaped
    .replace(/h(tt)(ps?):\/\//gi, "hxx$2[:]//")
    .replace(/:\/\//g, "[:]//")
    .replace(/\bwww\./gi, "www[.]")
    .replace(/\b(mailto|javascript|data|tel):/gi, "$1[:]");
  return defanged.length > max ? `${defanged.slice(0, max - 3)}...` : defanged;
}

function escapedIn(text: string): string {
  return /^[ -~]*$/.test(text) ? text : Array.from(text, escapeCharacter).join("");
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code >= 0x20 && code < 0x7f ? character : `\\u{${code.toString(16)}}`;
}

/** A host name of A-labels, or a target key or channel; anything else never reaches a subject line. */
export function hostLabel(host: string, fallback: string): string {
  if (/^[a-z0-9_][a-z0-9_.-]{0,252}$/i.test(host)) return host;
  return /^[a-z0-9_[][a-z0-9_.:[\]/@+#-]{0,252}$/i.test(fallback) ? fallback : "a target";
}

/** The end of a name says whose it is: the front is cut. */
export function fitted(host: string, max: number): string {
  return host.length <= max ? host : `..${host.slice(host.length - max + 2)}`;
}

/** `CM-7F3A·2` as `CM-7F3A.2`: subjects and SMS are ASCII. */
export function asciiId(id: string): string {
  return id.replace(/[^\x21-\x7e]/g, ".");
}
