/** The protocols that are written out, a line each: what the registry is made of, beside those that are declared. */
export { aspenCanonical } from './aspen-canonical/index.ts';
export { birchRsa2 } from './birch-rsa2/index.ts';
export { cedarSealed } from './cedar-sealed/index.ts';
export { harborJson } from './harbor-json/index.ts';
export { heronRates } from './heron-rates/index.ts';
export { lotusMd5 } from './lotus-md5/index.ts';
export { mapleFull } from './maple-full/index.ts';
export { osmanthusSm } from './osmanthus-sm/index.ts';
export { plumLogin } from './plum-login/index.ts';
export { sparrowPing } from './sparrow-ping/index.ts';
export { willowLink } from './willow-link/index.ts';
