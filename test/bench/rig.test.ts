import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { canPin } from '../../bench/rig.ts';

/** In a process of its own, because the pinning is of the whole process. */
const STARTED_PINNED = `
  const { pinSelf, startRig } = await import('./bench/rig.ts');
  const { targetNamed } = await import('./bench/targets.ts');
  pinSelf();
  const rig = await startRig(targetNamed('bare'), { nodeFlags: [], dataRoot: ${JSON.stringify(tmpdir())} });
  console.log(JSON.stringify(rig.cores));
  await rig.close();
  process.exit(0);
`;

it.skipIf(!canPin())('starts a server on one core and its load on the other, pinned to the latter itself', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', STARTED_PINNED]);
  expect(JSON.parse(stdout)).toEqual({ server: '0', load: '1' });
});
