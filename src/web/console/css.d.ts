/** A page's own style, which the build puts beside its script. */
declare module '*.css';
