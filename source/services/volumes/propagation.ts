import {readFile, realpath} from 'node:fs/promises';
import {Failure} from '../../errors.ts';

type MountInfo = {readonly mountPoint: string; readonly optional: readonly string[]};

/** The kernel writes space, tab, newline and backslash as octal escapes; the optional fields end with a dash. */
const parse = (text: string): readonly MountInfo[] =>
	text
		.split('\n')
		.map(line => line.split(' '))
		.filter(fields => fields.length > 6)
		.map(fields => ({
			mountPoint: (fields[4] ?? '').replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
			optional: fields.slice(6, fields.indexOf('-', 6)),
		}));

/** A bind mount can share only what is shared, and be a slave only of what is shared or a slave itself. The last of several on one place counts. */
export const checkPropagation = async (source: string, propagation: string): Promise<void> => {
	const wanted = propagation.endsWith('shared') ? ['shared:'] : propagation.endsWith('slave') ? ['shared:', 'master:'] : undefined;
	if (wanted === undefined) return;
	const path = await realpath(source);
	const above = parse(await readFile('/proc/self/mountinfo', 'utf8')).filter(({mountPoint}) => path === mountPoint || mountPoint === '/' || path.startsWith(`${mountPoint}/`));
	const longest = Math.max(...above.map(({mountPoint}) => mountPoint.length));
	const mount = above.findLast(({mountPoint}) => mountPoint.length === longest);
	if (mount?.optional.some(field => wanted.some(mark => field.startsWith(mark))) === true) return;
	throw new Failure('invalid', `${mount?.mountPoint ?? path} is not a shared mount, so ${propagation} is not possible`, {hint: `mount --make-rshared ${mount?.mountPoint ?? path}`});
};
