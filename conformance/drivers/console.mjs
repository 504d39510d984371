// Node, Bun and Deno: the result is the last line on standard output.
import { runSuite } from '../dist/suite.js';

console.log(JSON.stringify(await runSuite()));
