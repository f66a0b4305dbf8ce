import { expect, it } from 'vitest';
import { nodeImages } from '../../src/runtime/node/images.ts';
import { drawPhotoCases } from './photo-cases.ts';

it('finds wrong in each photo of the table what the table says', async () => {
  const images = nodeImages();
  const cases = await drawPhotoCases();
  const found = await Promise.all(cases.map(async ({ name, bytes }) => [name, (await images.inspect(bytes)).problems]));
  expect(found).toEqual(cases.map(({ name, problems }) => [name, problems]));
});
