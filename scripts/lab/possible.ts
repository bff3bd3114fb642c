import {existsSync} from 'node:fs';
import {type ContainerdVersion, findContainerd} from './find-containerd.ts';

const hasProgram = (name: string): boolean => `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`.split(':').some(folder => existsSync(`${folder}/${name}`));

/** Why no real container can be run here, for the name of a test that is skipped; undefined when all is there. */
export const whyNoContainers = (version?: ContainerdVersion): string | undefined => {
	if (process.platform !== 'linux') return 'not Linux';
	if (process.geteuid?.() !== 0) return 'not root';
	if (findContainerd(version) === undefined) return version === undefined ? 'no containerd here' : `no containerd ${version} here`;
	if (!hasProgram('runc')) return 'no runc here';
	if (!existsSync('/bin/busybox')) return 'no busybox-static here';
	return undefined;
};

/** A title that says why its tests did not run. */
export const titled = (title: string, reason: string | undefined): string => (reason === undefined ? title : `${title} (skipped: ${reason})`);
