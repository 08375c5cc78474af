import { SpawnedGreenlet } from '../greenlets/spawn-tree';
import { getHub } from '../hub/hub';
import type { RawGreenlet } from '../switching/raw-greenlet';
import { formatReport, type GreenletReport, type ReportOptions } from './greenlet-report';
import { Survey } from './greenlet-survey';

/** What is shown of a tree. */
export type TreeOptions = ReportOptions;

const hub = getHub();

/**
 * The greenlets of this thread by who has spawned them. The hub is at the root: it has spawned those that nobody else
 * has, those that run Node's callbacks, and those whose spawner is forgotten. A spawner that has finished is there as
 * long as one of its descendants has not.
 *
 * @example console.log(GreenletTree.currentTree().format());
 *
 * Source: `gevent.util.GreenletTree`.
 */
export class GreenletTree {
  readonly children: GreenletTree[] = [];

  private constructor(readonly report: GreenletReport) {}

  /** The tree of this thread. */
  static currentTree(): GreenletTree {
    const survey = new Survey();
    const trees = new Map<RawGreenlet, GreenletTree>();
    const root = new GreenletTree(survey.reportOn(hub.greenlet));
    trees.set(hub.greenlet, root);
    for (const report of survey.reports()) trees.set(report.greenlet, new GreenletTree(report));
    for (const greenlet of [...trees.keys()]) GreenletTree.#hang(greenlet, trees, survey);
    return root;
  }

  /** All trees that this thread can see: its own. */
  static forest(): GreenletTree[] {
    return [GreenletTree.currentTree()];
  }

  get greenlet(): RawGreenlet {
    return this.report.greenlet;
  }

  /**
   * The tree as text.
   *
   * @param options what is shown of each greenlet
   * @throws {TypeError} ERR_INVALID_ARG_TYPE, {RangeError} ERR_OUT_OF_RANGE for wrong options
   */
  format(options?: TreeOptions): string {
    return [...this.#lines(options)].join('\n');
  }

  toString(): string {
    return this.format();
  }

  // Hangs a greenlet's tree under its spawner's, and that one's under its own, as far as they are not there yet.
  static #hang(greenlet: RawGreenlet, trees: Map<RawGreenlet, GreenletTree>, survey: Survey): void {
    for (let child = greenlet; child !== hub.greenlet;) {
      const spawner = (child instanceof SpawnedGreenlet ? child.spawningGreenlet : undefined) ?? hub.greenlet;
      const known = trees.get(spawner);
      const tree = known ?? new GreenletTree(survey.reportOn(spawner));
      tree.children.push(trees.get(child)!);
      if (known !== undefined) return;
      trees.set(spawner, tree);
      child = spawner;
    }
  }

  // Without recursion: a line of spawners may be longer than the machine's stack.
  *#lines(options: TreeOptions | undefined): Generator<string> {
    const left = [{ tree: this as GreenletTree, first: '', rest: '' }];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const { tree, first, rest } = next;
      const [head, ...details] = formatReport(tree.report, options).split('\n');
      yield `${first}${head}`;
      const bar = tree.children.length > 0 ? '│' : ' ';
      for (const detail of details) yield `${rest}${bar}${detail}`;
      const last = tree.children.length - 1;
      for (let index = last; index >= 0; index--) {
        const [branch, stem] = index === last ? ['└─ ', '   '] : ['├─ ', '│  '];
        left.push({ tree: tree.children[index]!, first: `${rest}${branch}`, rest: `${rest}${stem}` });
      }
    }
  }
}
