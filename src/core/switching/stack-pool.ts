/**
 * The stacks of finished greenlets wait for the next ones: how many, is what a program has needed of late. Those that
 * nobody has needed from one full garbage collection to the next are given back here, but for a few.
 */
import { binding } from '../binding';
import { node } from '../node';
import { kOnHub } from '../symbols';

const collections = new FinalizationRegistry(onCollection);

function onCollection(): void {
  trim();
  giveBackUnneeded();
}

// Bit by bit, since each takes longer than a switch.
function trim(): void {
  if (binding.trimPool()) node.setImmediate(trim).unref();
}
trim[kOnHub] = true;

/** Gives back what is not needed, after each full collection from now on; once, for the hub. */
export function giveBackUnneeded(): void {
  collections.register({}, undefined);
}
