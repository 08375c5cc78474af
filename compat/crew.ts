/**
 * Does many things, a few at a time, in their order.
 *
 * @param tasks what is done
 * @param workers how many at a time
 * @param work does one; what it throws ends the whole
 */
export async function inCrew<T>(tasks: readonly T[], workers: number, work: (task: T) => Promise<void>): Promise<void> {
  const queue = tasks[Symbol.iterator]();
  const one = async (): Promise<void> => {
    for (const task of queue) await work(task);
  };
  await Promise.all(Array.from({ length: workers }, one));
}
