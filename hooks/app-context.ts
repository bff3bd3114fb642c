import {createContext, useContext} from 'react';
import type {Context} from '../source/commands/index.ts';
import type {InputEvent, Keymap} from '../source/commands/keymap/index.ts';
import type {ContainerRef} from '../source/model/container.ts';
import type {AppStore} from '../source/store/index.ts';
import type {Sampler} from '../source/watch/index.ts';
import type {LogsService} from '../source/services/logs/index.ts';

/** What every hook reaches the program through. Made once by the composition root; it never changes while the screen is up. */
export type AppHandles = {
	readonly store: AppStore;
	readonly commands: Context;
	readonly sampler: Sampler;
	readonly logs: LogsService;
	/** The text of nerdctl's `network-config.json` of a container, or undefined when there is none. */
	readonly readNetworkConfig: (ref: ContainerRef) => Promise<string | undefined>;
	readonly keymap: Keymap;
	readonly input: Input;
	readonly screen: Screen;
	readonly colour: boolean;
};

/** The keyboard and mouse, already parsed. */
export type Input = {subscribe(listener: (event: InputEvent) => void): () => void};

export type Screen = {
	size(): {readonly columns: number; readonly rows: number};
	onResize(listener: () => void): () => void;
};

export const AppContext = createContext<AppHandles | undefined>(undefined);

export const useApp = (): AppHandles => {
	const handles = useContext(AppContext);
	if (handles === undefined) throw new Error('useApp is called outside of <AppContext>');
	return handles;
};
