export * from './application.ts';
export * from './cell.ts';
export * from './cells.ts';
export * from './desk.ts';
export * from './operators.ts';
export * from './rollups.ts';
export * from './steps.ts';
export * from './watch.ts';
