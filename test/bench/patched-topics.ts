// What is measured of patched functions, of whole programs under the loader, against plain Node.

import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BenchNode, Topic, Trial } from './topics';

const root = path.resolve(__dirname, '../../..');
const program = (name: string): string => path.join(root, 'test', 'bench', name);
const loader = ['--import', pathToFileURL(path.join(root, 'loader.mjs')).href];
const fileCalls = ['readFileSync', 'readText', 'statSync', 'existsSync', 'openClose'];

function pair(nodes: readonly BenchNode[], args: readonly string[]): Trial[] {
  return nodes.flatMap(({ node, version }) => [
    { name: `${version} plain`, file: node, args },
    { name: `${version} with the loader`, file: node, args: [...loader, ...args] },
  ]);
}

const compared = (nodes: readonly BenchNode[], target?: number): Topic['comparisons'] =>
  nodes.map(({ version }) => ({ trial: `${version} with the loader`, against: `${version} plain`, target }));

/** The topics of what is patched. */
export function patchedTopics(nodes: readonly BenchNode[]): Topic[] {
  const files = fileCalls.map((call): Topic => {
    const trials = nodes.flatMap(({ node, version }) => [
      { name: `${version} plain, alone`, file: node, args: [program('files.cjs'), call] },
      { name: `${version} in a greenlet`, file: node, args: [...loader, program('files.cjs'), call, 'server'] },
    ]);
    return {
      name: `files-${call}`,
      title: `fs: ${call} of what is cached, while a server listens`,
      unit: 'ns of processor time',
      better: 'lower',
      rounds: 3,
      trials,
      comparisons: nodes.map(({ version }) => ({
        trial: `${version} in a greenlet`,
        against: `${version} plain, alone`,
        target: 2,
      })),
      limits: [],
    };
  });
  return [
    ...files,
    {
      name: 'files-at-once',
      title: 'Reading a cached file, 64 at a time',
      unit: 'ns',
      better: 'lower',
      rounds: 3,
      trials: nodes.flatMap(({ node, version }) => {
        const args = [program('files.cjs'), 'readFileSync'];
        return [
          { name: `${version} fs.promises.readFile`, file: node, args: [...args, 'promises'] },
          { name: `${version} readFileSync in greenlets`, file: node, args: [...loader, ...args, 'greenlets'] },
          // What there is to reach: without greenlets, and with nobody else to serve.
          { name: `${version} readFileSync, plain`, file: node, args },
        ];
      }),
      comparisons: nodes.flatMap(({ version }) => [
        {
          trial: `${version} readFileSync in greenlets`,
          against: `${version} fs.promises.readFile`,
          // Node 26 reads a file that is in memory for a promise as fast as for readFileSync.
          target: version.startsWith('v26.') ? 1 : 0.2,
        },
        { trial: `${version} readFileSync, plain`, against: `${version} fs.promises.readFile` },
      ]),
      limits: [],
    },
    {
      name: 'million',
      title: 'A script that calls existsSync a million times',
      unit: 'ms of processor time',
      better: 'lower',
      rounds: 3,
      trials: pair(nodes, [program('million.cjs')]),
      comparisons: compared(nodes, 1.1),
      limits: [],
    },
    {
      name: 'exec',
      title: "100 requests at once, each with execSync('sleep 0.1')",
      unit: 'ms',
      better: 'lower',
      rounds: 2,
      trials: pair(nodes, [program('exec.cjs')]),
      comparisons: compared(nodes),
      limits: nodes.map(({ version }) => ({ trial: `${version} with the loader`, target: 1000 })),
    },
    {
      name: 'require',
      title: 'Loading large trees of modules',
      unit: 'ms of processor time',
      better: 'lower',
      rounds: 7,
      trials: pair(nodes, [program('require.cjs')]),
      comparisons: compared(nodes, 1.05),
      limits: [],
    },
    {
      name: 'start',
      title: 'A program that does nothing',
      unit: 'ms of processor time',
      better: 'lower',
      rounds: 7,
      trials: pair(nodes, [program('start.cjs')]),
      comparisons: compared(nodes),
      limits: nodes.map(({ version }) => ({
        trial: `${version} with the loader`,
        above: `${version} plain`,
        target: 30,
      })),
    },
  ];
}
