/** Called in a callback: blocks it until everything else that is under way has gone on. */
export type Block = () => void;

/**
 * A small program that calls `block` in callbacks of one kind, and then `end` with what it has seen: the same, and in the
 * same order, as with plain Node, where `block` stops the process.
 */
export type Program = (block: Block, end: (seen?: unknown) => void) => unknown;

/** Programs by the kind of callback in which they block. */
export type Kinds = Readonly<Record<string, Program>>;
