import {Failure} from '../../../errors.ts';
import {createTreeFilter, parsePatterns, type TreeFilter} from '../../../model/ignore-pattern.ts';
import type {Handler, ServerCall} from '../../grpc/index.ts';
import {followLinks, withoutCovered} from './follow-links.ts';
import {daemonsWord, sendTree} from './send-tree.ts';

/** A list in the metadata of a call. Lists that are not ASCII are escaped as in the query of a URL, and say so beside it. */
export const metadataList = ({metadata}: Pick<ServerCall, 'metadata'>, name: string): readonly string[] => {
	const values = metadata.get(name) ?? [];
	const isEncoded = /^(?:1|t|true)$/i.test(metadata.get(`${name}-encoded`)?.[0] ?? '');
	return isEncoded ? values.map(value => decodeURIComponent(value.replaceAll('+', ' '))) : values;
};

/** Undefined: the whole of it. */
const includesOf = async (root: string, patterns: readonly string[], followPaths: readonly string[]): Promise<readonly string[] | undefined> => {
	if (followPaths.length === 0) return patterns;
	const followed = await followLinks(root, followPaths);
	return followed === undefined ? patterns : withoutCovered([...patterns, ...followed]);
};

const filterFor = async (call: ServerCall, root: string): Promise<TreeFilter> => {
	const includes = await includesOf(root, metadataList(call, 'include-patterns'), metadataList(call, 'followpaths'));
	return createTreeFilter(parsePatterns(includes ?? []), parsePatterns(metadataList(call, 'exclude-patterns')));
};

/**
Folders of this machine that a build may read, by the names that the build has for them. Nothing else can be asked for. `onFailure` is
told of what the daemon can't know: it gets the sentence alone, and a call that it gave up itself is none.
*/
export const fileSyncHandler = (folders: ReadonlyMap<string, string>, onFailure: (error: unknown) => void = () => {}): readonly [string, Handler] => [
	'/moby.filesync.v1.FileSync/DiffCopy',
	async call => {
		const [name = ''] = metadataList(call, 'dir-name');
		const root = folders.get(name);
		if (root === undefined) throw new Failure('not-found', `there is no folder called ${JSON.stringify(name)} for this build`);
		try {
			await sendTree(call, root, await filterFor(call, root));
		} catch (error) {
			if (!call.signal.aborted && !(error instanceof Failure && error.cause === daemonsWord)) onFailure(error);
			throw error;
		}
	},
];
