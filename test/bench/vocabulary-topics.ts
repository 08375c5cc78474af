// What is measured of gevent's vocabulary, against gevent and against promises.

import path from 'node:path';
import type { Rivals } from './rivals';
import type { BenchNode, Comparison, Topic, Trial } from './topics';

const program = (name: string): string => path.resolve(__dirname, '../../../test/bench', name);
const gevent = 'python gevent';
const ours = 'greenlets';
const promises = 'promises';

interface Rivalry {
  readonly name: string;
  readonly title: string;
  /** What the ratio to gevent may be. */
  readonly toGevent?: number;
  /** What the ratio to promises may be; shown only, where they do less. */
  readonly toPromises?: number | 'shown';
}

const rivalries: readonly Rivalry[] = [
  { name: 'join', title: 'spawn and join', toGevent: 1 / 3, toPromises: 'shown' },
  { name: 'yield', title: 'sleep(0) of two greenlets that take turns', toGevent: 1 },
  { name: 'bounded', title: 'Queue(1), from a greenlet to another', toGevent: 1 },
  { name: 'channel', title: 'Channel, from a greenlet to another', toGevent: 1 },
  { name: 'timeout', title: 'Timeout, started and closed', toGevent: 1 },
  { name: 'event', title: 'Event, set until the one who waits has cleared it', toGevent: 1 },
  { name: 'frames', title: 'Taking turns below ten frames: sleep(0), await null', toPromises: 1 },
  { name: 'buffered', title: 'Queue(100), from one to another, against one of promises', toPromises: 3 },
  {
    name: 'unbounded',
    title: 'Queue, from one who takes turns after each item, against one of promises',
    toPromises: 3,
  },
  { name: 'pool', title: 'Pool(10), against p-limit', toPromises: 3 },
];

function topicOf(nodes: readonly BenchNode[], rivals: Rivals, { name, title, toGevent, toPromises }: Rivalry): Topic {
  const trials: Trial[] = nodes.map(({ node, version }) => {
    return { name: `${version} ${ours}`, file: node, args: [program('vocabulary.cjs'), name] };
  });
  const comparisons: Comparison[] = [];
  if (toGevent !== undefined && rivals.gevent !== undefined) {
    trials.push({ name: gevent, file: rivals.gevent, args: [program('gevent_rival.py'), name] });
    comparisons.push(
      ...nodes.map(({ version }) => ({ trial: `${version} ${ours}`, against: gevent, target: toGevent })),
    );
  }
  if (toPromises !== undefined && (name !== 'pool' || rivals.limitPath !== undefined)) {
    const target = toPromises === 'shown' ? undefined : toPromises;
    const args = [program('promises.cjs'), name, ...(name === 'pool' ? [rivals.limitPath!] : [])];
    for (const { node, version } of nodes) {
      trials.push({ name: `${version} ${promises}`, file: node, args });
      comparisons.push({ trial: `${version} ${ours}`, against: `${version} ${promises}`, target });
    }
  }
  return { name, title, unit: 'ns of processor time', better: 'lower', trials, comparisons, limits: [] };
}

function consumerTrials(nodes: readonly BenchNode[], { gevent: python }: Rivals): Trial[] {
  const trial = (who: string, file: string, source: string, count: number): Trial => ({
    name: `${who} ${count} consumers`,
    file,
    args: [program(source), 'consumers', String(count)],
  });
  return [100, 10_000].flatMap((count) => [
    ...nodes.map(({ node, version }) => trial(version, node, 'vocabulary.cjs', count)),
    ...(python === undefined ? [] : [trial(gevent, python, 'gevent_rival.py', count)]),
  ]);
}

/** The topics of what programs are written with. */
export function vocabularyTopics(nodes: readonly BenchNode[], rivals: Rivals): Topic[] {
  return [
    ...rivalries.map((rivalry) => topicOf(nodes, rivals, rivalry)),
    {
      name: 'consumers',
      title: 'One item of a queue from which many greenlets get',
      unit: 'ns of processor time',
      better: 'lower',
      rounds: 3,
      trials: consumerTrials(nodes, rivals),
      comparisons: [
        ...nodes.map(({ version }) => ({
          trial: `${version} 10000 consumers`,
          against: `${version} 100 consumers`,
          target: 1.15,
        })),
        // What it is to have ten thousand stacks where a cache holds a hundred.
        ...(rivals.gevent === undefined
          ? []
          : [{ trial: `${gevent} 10000 consumers`, against: `${gevent} 100 consumers` }]),
      ],
      limits: [],
    },
  ];
}
