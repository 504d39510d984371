// The API reference of the published packages, from their doc comments, into docs/api: `npm run docs`.
import { join } from 'node:path';
import { Application } from 'typedoc';
import { describePackage } from './library-build.mjs';
import { publishedFolders, root } from './package-entries.mjs';

// primitives is not for direct use: its entries would stand before everything else.
const folders = publishedFolders().filter((folder) => !folder.endsWith('/primitives'));
const app = await Application.bootstrap({
  name: 'Countersign',
  entryPoints: folders.flatMap((folder) =>
    describePackage(folder).entries.map((entry) => join(folder, 'src', `${entry}.ts`)),
  ),
  tsconfig: join(root, 'tsconfig.base.json'),
  // Types are checked by `npm run check`; here the base configuration takes in every file of the repository.
  skipErrorChecking: true,
  out: join(root, 'docs/api'),
  readme: join(root, 'README.md'),
  basePath: join(root, 'packages'),
  disableGit: true,
  sourceLinkTemplate: 'https://github.com/countersign/countersign/blob/main/packages/{path}#L{line}',
  excludePrivate: true,
  validation: { notExported: false, invalidLink: false },
  logLevel: 'Warn',
});
const project = await app.convert();
if (!project) process.exit(1);
await app.generateOutputs(project);
process.exitCode = app.logger.hasErrors() ? 1 : 0;
