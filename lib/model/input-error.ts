/** What a person typed or wrote can't be used. The message is one sentence that names the field, the value and what was expected. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** What a command depends on can't be reached just now. The message is one sentence that names it and says why. */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
}
