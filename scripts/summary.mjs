// Adds up the reports of a CI run and ends with the one line that CI reads. Argument: how many steps failed.
import { totals } from './reports.mjs';

const { passed, failed } = totals();
// A step that failed before it could count anything is a failure too.
console.log(`${passed} passed, ${Math.max(failed, Number(process.argv[2] ?? 0))} failed`);
