/** The errors that Node throws for arguments, made as Node makes them. */

/** Makes the TypeError that Node throws for an argument of a wrong type. */
export function invalidArgType(name: string, expected: string, actual: unknown): TypeError {
  const type = actual === null ? 'null' : typeof actual;
  const error: NodeJS.ErrnoException = new TypeError(
    `The "${name}" argument must be ${expected}. Received type ${type}${describe(actual)}`,
  );
  error.code = 'ERR_INVALID_ARG_TYPE';
  return error;
}

/** Makes the RangeError that Node throws for an argument of the right type with a value that it cannot have. */
export function outOfRange(name: string, range: string, actual: unknown): RangeError {
  const error: NodeJS.ErrnoException = new RangeError(
    `The value of "${name}" is out of range. It must be ${range}. Received ${String(actual)}`,
  );
  error.code = 'ERR_OUT_OF_RANGE';
  return error;
}

/** Makes the TypeError for an option that does not exist, such as one that is misspelt. */
export function unknownOption(name: string, known: readonly string[]): TypeError {
  const error: NodeJS.ErrnoException = new TypeError(`There is no option "${name}"; there is ${known.join(', ')}`);
  error.code = 'ERR_INVALID_ARG_VALUE';
  return error;
}

function describe(value: unknown): string {
  if (typeof value === 'string') return ` (${JSON.stringify(value)})`;
  return typeof value === 'number' || typeof value === 'boolean' ? ` (${String(value)})` : '';
}
