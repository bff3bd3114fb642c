import type {ConfigFiles} from '../../source/config/index.ts';

export const fakeFiles = (contents: Readonly<Record<string, string>>, directories: readonly string[] = []): ConfigFiles => ({
	readText: async path => contents[path],
	exists: async path => path in contents || directories.includes(path),
});
