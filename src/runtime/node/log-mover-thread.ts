/** The thread of log-mover.ts: a connection of its own, which only ever moves the log. Says `ready`, and `moved` after every move it is sent for. */
import BetterSqlite3 from 'better-sqlite3';
import { parentPort, workerData } from 'node:worker_threads';
import { invariant } from '../../domain/failures.ts';

invariant(parentPort !== null, 'this is a thread of the server');
const port = parentPort;
const { path } = workerData as { readonly path: string };
const client = new BetterSqlite3(path, { fileMustExist: true });
// Two syncs a move: the log before its pages are taken over, the file before the log may be started over.
client.pragma('synchronous = FULL');
client.pragma('wal_autocheckpoint = 0');

port.on('message', (order: 'move' | 'close') => {
  if (order === 'move') {
    client.pragma('wal_checkpoint(PASSIVE)');
    return port.postMessage('moved');
  }
  client.close();
  return port.close();
});
port.postMessage('ready');
