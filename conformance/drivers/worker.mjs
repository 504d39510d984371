// workerd: as in console.mjs, from the handler that `workerd test` calls.
import { runSuite } from '../dist/suite.js';

export default {
  async test() {
    console.log(JSON.stringify(await runSuite()));
  },
};
