/** Marks a callback that only wakes a greenlet: it needs none of its own. */
export const kOnHub: unique symbol = Symbol('unblock.onHub');

/** Kills a greenlet that has not run yet, without a switch; whether it is dead then. For those that kill many. */
export const kKillBeforeStart: unique symbol = Symbol('unblock.killBeforeStart');

/** An object that is there as long as the greenlet lives, and goes even if the greenlet's handle is kept. */
export const kLife: unique symbol = Symbol('unblock.life');

/** Whether anybody has seen a greenlet's handle who may keep it. */
export const kKnown: unique symbol = Symbol('unblock.known');

/**
 * Ends what the current greenlet does, and goes on with another one. It keeps its stack and its handle, which nobody may
 * have: switched to, it begins anew.
 */
export const kRest: unique symbol = Symbol('unblock.rest');

/** Gives a greenlet that rests a parent and what it is to begin with. */
export const kRenew: unique symbol = Symbol('unblock.renew');

/** What a greenlet runs, in a few words; for reports. */
export const kLabel: unique symbol = Symbol('unblock.label');

/** Has the error of a greenlet left to whoever calls this, in place of being reported. */
export const kTakeError: unique symbol = Symbol('unblock.takeError');

/** How the hub reports an error of this context, given the error; a context without it has errors that nobody has caught. */
export const kReport: unique symbol = Symbol('unblock.report');
