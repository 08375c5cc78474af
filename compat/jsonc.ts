/**
 * Reads JSON with comments and trailing commas.
 *
 * @throws {SyntaxError} what `JSON.parse` throws, with the line as it is in the text
 * @example parseJsonc('[1, // one\n 2,]') // [1, 2]
 *
 * Has no twin in gevent.
 */
export function parseJsonc(text: string): unknown {
  // Strings come first in the pattern, so that what looks like a comment in one is passed over with it.
  const token = /"(?:\\.|[^"\\])*"|\/\/[^\n]*|\/\*[^]*?\*\/|,(?=(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*[\]}])/g;
  return JSON.parse(text.replace(token, (found) => (found.startsWith('"') ? found : found.replace(/[^\n]/g, ' '))));
}
