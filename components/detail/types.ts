import type {Tab} from '../../source/commands/index.ts';

/** What every tab gets: its place, and the frame it draws itself into. */
export type TabProps = {
	readonly width: number;
	readonly height: number;
	readonly hasFocus: boolean;
	/** Name of what is shown, sanitized. */
	readonly name: string;
	readonly tabs: readonly Tab[];
	readonly active: string;
};
