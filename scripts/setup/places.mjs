import path from 'node:path';
import {fileURLToPath} from 'node:url';

/** The project's folder. Plain JavaScript from here on: this part runs on whatever Node the machine has. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

export const inRoot = (...parts) => path.join(root, ...parts);

/** What set-up fetches and remembers; safe to delete. */
export const tools = inRoot('.tools');
