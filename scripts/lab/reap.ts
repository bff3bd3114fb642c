/** Started by the shell that outlives a crashed lab owner: `reap.ts <folder> <cgroup>`. */
import {removeLab} from './remove.ts';

const [folder, cgroup] = process.argv.slice(2);
if (folder === undefined || cgroup === undefined) throw new Error('reap.ts needs a folder and a cgroup');
await removeLab(folder, cgroup);
