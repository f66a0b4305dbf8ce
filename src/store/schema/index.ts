export * from './cell.ts';
export * from './desk.ts';
