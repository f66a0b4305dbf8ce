export * from './application.ts';
export * from './cell.ts';
export * from './desk.ts';
