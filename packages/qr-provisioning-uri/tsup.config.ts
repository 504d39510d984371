import { library } from '../../tsup.shared.ts';

export default library([
  'src/index.ts',
  'src/uri.ts',
  'src/migration.ts',
  'src/compatibility.ts',
  'src/qr.ts',
  'src/png.ts',
  'src/read-qr.ts',
]);
