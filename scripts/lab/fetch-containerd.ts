import {type ContainerdVersion, fetchedFolder, findContainerd} from './find-containerd.ts';
import {fetchPackage} from './fetch-package.ts';

const suites: Readonly<Record<ContainerdVersion, Readonly<Record<string, readonly string[]>>>> = {
	'1.6': {debian: ['bookworm']},
	'1.7': {debian: ['trixie'], ubuntu: ['noble', 'plucky']},
	'2.1': {debian: ['sid', 'forky'], ubuntu: ['questing', 'resolute']},
};

/**
Get one containerd of a neighbouring release. Its daemon and shim need an older glibc than its runc, so it runs with the system's runc.
Answers why it is not there, or undefined when it is.
*/
export const fetchContainerd = (version: ContainerdVersion): string | undefined =>
	fetchPackage({name: 'containerd', suites: suites[version], folder: fetchedFolder(version), isThere: () => findContainerd(version) !== undefined});
