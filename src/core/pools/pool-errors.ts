import { Full } from '../errors';

/**
 * A pool had no room for another greenlet, or not in time.
 *
 * Source: `gevent.pool.PoolFull`.
 */
export class PoolFull extends Full {
  override readonly code: string = 'ERR_UNBLOCK_POOL_FULL';

  constructor(message = 'There is no room in the pool') {
    super(message);
    this.name = 'PoolFull';
  }
}

/** A job for a worker thread had not ended when its ThreadPool was killed. */
export class ThreadPoolKilled extends Error {
  readonly code: string = 'ERR_UNBLOCK_THREAD_POOL_KILLED';

  constructor(message = 'The thread pool was killed') {
    super(message);
    this.name = 'ThreadPoolKilled';
  }
}
