// What is measured, as data: topics, their trials (a process each), and what a trial is compared with.

import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { patchedTopics } from './patched-topics';
import type { Rivals } from './rivals';
import { vocabularyTopics } from './vocabulary-topics';

export interface Trial {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** `value of trial / value of against` is to be at most `target`, or at least if higher is better; it is only shown without. */
export interface Comparison {
  readonly trial: string;
  readonly against: string;
  readonly target?: number;
}

/** The value of `trial`, or by how much it is above that of another, is to be at most `target`, or at least if higher is better. */
export interface Limit {
  readonly trial: string;
  readonly above?: string;
  readonly target: number;
}

export interface Topic {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  /** Rounds of its own when one trial takes long or does not vary. */
  readonly rounds?: number;
  readonly trials: readonly Trial[];
  readonly comparisons: readonly Comparison[];
  readonly limits: readonly Limit[];
}

export interface BenchNode {
  readonly node: string;
  readonly version: string;
}

const root = path.resolve(__dirname, '../../..');
const fibersName = 'node-fibers (Node 14)';
const pythonName = 'python greenlet';

function program(name: string): string {
  return path.join(root, 'test', 'bench', name);
}

function fibersTrials({ fibers }: Rivals, programName: string): Trial[] {
  if (fibers === undefined) return [];
  return [{ name: fibersName, file: fibers.node, args: [program(programName), 'fibers', fibers.packagePath] }];
}

function pythonTrials({ python }: Rivals, quantity: string): Trial[] {
  return python === undefined
    ? []
    : [{ name: pythonName, file: python, args: [program('greenlet_rival.py'), quantity] }];
}

/** Trials under names that say the Node version. */
function onEach(nodes: readonly BenchNode[], what: string, args: readonly string[], env?: Trial['env']): Trial[] {
  return nodes.map(({ node, version }) => ({ name: `${version} ${what}`, file: node, args, env }));
}

function compareEach(nodes: readonly BenchNode[], what: string, against: string, target?: number): Comparison[] {
  return nodes.map(({ version }) => ({ trial: `${version} ${what}`, against: against.replace('%v', version), target }));
}

export function topicsFor(nodes: readonly BenchNode[], rivals: Rivals): Topic[] {
  return [
    {
      name: 'switch',
      title: 'One switch (shallow)',
      unit: 'ns of processor time',
      better: 'lower',
      trials: [
        ...onEach(nodes, 'main and a greenlet', [program('switch.cjs'), 'main']),
        ...onEach(nodes, 'two greenlets', [program('switch.cjs'), 'pair']),
        ...fibersTrials(rivals, 'switch.cjs'),
        ...pythonTrials(rivals, 'switch'),
      ],
      comparisons: [
        ...compareEach(nodes, 'main and a greenlet', fibersName, 0.5),
        ...compareEach(nodes, 'two greenlets', fibersName, 0.5),
      ],
      limits: [],
    },
    {
      name: 'create',
      title: 'Create, run and end',
      unit: 'ns of processor time',
      better: 'lower',
      trials: [
        ...onEach(nodes, 'RawGreenlet', [program('create.cjs'), 'unblock']),
        ...fibersTrials(rivals, 'create.cjs'),
        ...pythonTrials(rivals, 'create'),
      ],
      comparisons: compareEach(nodes, 'RawGreenlet', fibersName, 1 / 3),
      limits: [],
    },
    {
      name: 'ever-made',
      title: 'One switch, after many greenlets',
      unit: 'ns of processor time',
      better: 'lower',
      trials: [
        ...onEach(nodes, '10 ever made', [program('ever-made.cjs'), '10', 'ended']),
        ...onEach(nodes, '10000 ever made', [program('ever-made.cjs'), '10000', 'ended']),
        ...onEach(nodes, '10000 suspended', [program('ever-made.cjs'), '10000', 'suspended']),
      ],
      comparisons: [
        ...compareEach(nodes, '10000 ever made', '%v 10 ever made', 1.15),
        ...compareEach(nodes, '10000 suspended', '%v 10 ever made'),
      ],
      limits: [],
    },
    {
      name: 'hand-over',
      title: 'sleep(0) of two greenlets that take turns',
      unit: 'ns of processor time',
      better: 'lower',
      trials: [
        ...onEach(nodes, 'from one to the other', [program('hand-over.cjs'), 'direct']),
        ...onEach(nodes, 'over the hub', [program('hand-over.cjs'), 'detour']),
      ],
      comparisons: compareEach(nodes, 'from one to the other', '%v over the hub', 0.9),
      limits: [],
    },
    {
      name: 'sleep',
      title: 'One sleep of many',
      unit: 'ns of processor time',
      better: 'lower',
      rounds: 3,
      trials: [
        ...onEach(nodes, '100 sleepers', [program('sleep.cjs'), '100']),
        ...onEach(nodes, '10000 sleepers', [program('sleep.cjs'), '10000']),
      ],
      comparisons: compareEach(nodes, '10000 sleepers', '%v 100 sleepers', 1.15),
      limits: [],
    },
    {
      name: 'memory',
      title: 'Resident memory per suspended greenlet',
      unit: 'bytes',
      better: 'lower',
      rounds: 2,
      trials: [
        ...onEach(nodes, '10000, guards', ['--expose-gc', program('memory.cjs'), '10000']),
        ...onEach(nodes, '100000, no guards', ['--expose-gc', program('memory.cjs'), '100000'], {
          UNBLOCK_STACK_GUARD: '0',
        }),
        ...onEach(nodes, '10000 of spawn', ['--expose-gc', program('memory.cjs'), '10000', 'spawn']),
      ],
      comparisons: [],
      limits: nodes.flatMap(({ version }) => [
        { trial: `${version} 10000, guards`, target: 12 * 1024 },
        { trial: `${version} 10000 of spawn`, target: 13 * 1024 },
      ]),
    },
    httpTopic(nodes, 'http', 'hello', 'HTTP, trivial route, 50 connections', 0.92),
    httpTopic(nodes, 'http-storage', 'hello storage', 'The same, in an AsyncLocalStorage', 0.92),
    httpTopic(nodes, 'express', 'express', 'Express, trivial route, 50 connections', 0.95),
    httpTopic(nodes, 'express-storage', 'express storage', 'The same, in an AsyncLocalStorage', 0.95),
    ...vocabularyTopics(nodes, rivals),
    ...patchedTopics(nodes),
  ];
}

function httpTopic(nodes: readonly BenchNode[], name: string, kind: string, title: string, target: number): Topic {
  const options = ['--import', pathToFileURL(path.join(root, 'loader.mjs')).href];
  const trial = (version: string, node: string, ...more: string[]): Trial => ({
    name: version,
    file: process.execPath,
    args: [program('http.cjs'), kind, node, ...more],
  });
  return {
    ...{ name, title, unit: 'requests per second of processor time', better: 'higher', rounds: 3 },
    trials: nodes.flatMap(({ node, version }) => [
      trial(`${version} plain`, node),
      trial(`${version} with the loader`, node, ...options),
    ]),
    comparisons: compareEach(nodes, 'with the loader', '%v plain', target),
    limits: [],
  };
}
