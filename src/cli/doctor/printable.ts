/** A line without what a terminal would take for an order: a package may be called anything. */
export function printable(line: string): string {
  return line.replace(/[\u0000-\u001F\u007F-\u009F]/g, '?');
}
