import type { DoctorCommand } from '../arguments';
import { examine } from './examination';
import { Progress } from './progress';
import { formatExamination, formatJson } from './report';

/** Looks at an application, and prints what was found; the exit code is 1 if that includes a problem. */
export function runDoctor({ target, isJson, withDevelopment }: DoctorCommand): void {
  const progress = new Progress(process.stderr);
  try {
    const examination = examine(target, {
      withDevelopment,
      environment: process.env,
      onProgress: (...position) => progress.show(...position),
    });
    progress.clear();
    process.stdout.write(isJson ? formatJson(examination) : formatExamination(examination));
    if (examination.findings.some(({ severity }) => severity === 'problem')) process.exitCode = 1;
  } finally {
    progress.clear();
  }
}
