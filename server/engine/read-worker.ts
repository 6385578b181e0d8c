/** Entry of the worker thread that reads one file: its `workerData` is the path, its one message the result. */
import { parentPort, workerData } from 'node:worker_threads';
import { readNow } from './read-now';

parentPort?.postMessage(readNow(String(workerData)));
