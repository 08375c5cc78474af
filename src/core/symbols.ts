/** Marks a callback that only wakes a greenlet: it needs none of its own. */
export const kOnHub: unique symbol = Symbol('unblock.onHub');
