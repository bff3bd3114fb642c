/** `lazy` is what the command records say. */
export type Preset = 'lazy' | 'k9s';

/**
Command id → keys, where a preset differs from the records. `k9s` keeps everything but the letters whose meaning k9s' people have in
their hands; its ctrl-d (delete) is left out on purpose, because it scrolls everywhere else.
*/
export const presets: Readonly<Record<Preset, Readonly<Record<string, readonly string[]>>>> = {
	lazy: {},
	k9s: {
		'containers.exec': ['s'],
		'containers.toggle': ['S'],
		'containers.inspect': ['d', 'y', 'i'],
		'containers.remove': ['ctrl-x', 'delete'],
		'images.remove': ['ctrl-x', 'delete'],
		'snapshots.remove': ['ctrl-x', 'delete'],
		'projects.exec': ['s'],
		'projects.toggle': ['S'],
		'projects.edit': ['e', 'E'],
		'projects.remove': ['ctrl-x', 'delete'],
		'projects.scale': ['='],
		'row.copy': ['c'],
		'stats.show': ['T'],
	},
};
