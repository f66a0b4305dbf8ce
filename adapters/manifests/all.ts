/** The declared protocols that are shipped, a line each; what they say is checked when the registry is loaded. */
export { default as quailJson } from './quail-json.json' with { type: 'json' };
