import {useSyncExternalStore} from 'react';
import type {Job} from '../source/commands/index.ts';
import {useApp} from './app-context.ts';

/** Every job of this session, newest first. */
export const useJobs = (): readonly Job[] => {
	const {jobs} = useApp().commands;
	return useSyncExternalStore(jobs.subscribe, jobs.list);
};

const running = (jobs: readonly Job[]): number => jobs.reduce((sum, {status}) => sum + Number(status === 'running'), 0);

/** How many run: wakes only when that number changes. */
export const useRunningJobs = (): number => {
	const {jobs} = useApp().commands;
	return useSyncExternalStore(jobs.subscribe, () => running(jobs.list()));
};
