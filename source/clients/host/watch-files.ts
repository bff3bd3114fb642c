import {watch} from 'node:fs';
import {basename, dirname} from 'node:path';

/**
Tells when one of some files, or one beside them that `also` wants, changes, comes or goes, until it is stopped. Their directories are watched: editors write another file and rename it.
A directory that is not there, or may not be watched, tells nothing.
*/
export const watchFiles = (paths: readonly string[], onChange: () => void, also: (name: string) => boolean = () => false): {stop(): void} => {
	const watchers = [...Map.groupBy(paths, (path) => dirname(path))].flatMap(([folder, files]) => {
		const names = new Set(files.map((file) => basename(file)));
		try {
			const watcher = watch(folder, {persistent: false}, (_event, name) => {
				if (name === null || names.has(name) || also(name)) onChange();
			});
			watcher.on('error', () => {
				// The directory went: whoever looks the next time finds out.
				watcher.close();
			});
			return [watcher];
		} catch {
			// Not there, or no watch is left: a refresh still looks.
			return [];
		}
	});
	return {
		stop() {
			for (const watcher of watchers) watcher.close();
		},
	};
};
