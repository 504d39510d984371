import { exampleTests } from '../vitest.shared.ts';

export default exampleTests(import.meta.dirname);
