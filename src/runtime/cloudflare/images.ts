import type { Images } from '../../ports/images.ts';
export function edgeImages(): Images {
  return { inspect: () => Promise.reject(new Error('no picture decoder on this host')) };
}
