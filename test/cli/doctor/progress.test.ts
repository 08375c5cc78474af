import { expect } from 'chai';

import { Progress } from '../../../src/cli/doctor/progress';

function terminal(isTTY: boolean): { isTTY: boolean; columns: number; written: string[]; write(text: string): void } {
  const written: string[] = [];
  return { isTTY, columns: 48, written, write: (text) => void written.push(text) };
}

describe('the progress of the doctor', () => {
  it('is one line of a terminal, no longer than that, and is taken away', () => {
    const screen = terminal(true);
    const progress = new Progress(screen);
    progress.show(1, 20, 'a-package\u001B[2J-with-a-long-name');
    progress.show(2, 20, 'too soon after it');
    progress.clear();
    progress.clear();
    expect(screen.written).to.deep.equal(['\r\u001B[Kunblock doctor: 1 of 20 packages, a-package?[2J', '\r\u001B[K']);
  });

  it('is not there where nobody looks', () => {
    const file = terminal(false);
    const progress = new Progress(file);
    progress.show(1, 20, 'package');
    progress.clear();
    expect(file.written).to.deep.equal([]);
  });
});
