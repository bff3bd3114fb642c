import {useEffect} from 'react';
import {pasteOverlay, pressOverlay, scopesOf, type OverlayOutcome} from '../source/commands/index.ts';
import type {KeyEvent, MouseEvent} from '../source/commands/keymap/index.ts';
import type {Overlay} from '../source/store/index.ts';
import {useApp} from './app-context.ts';

/**
The one place where keys arrive: an open dialog takes them, else the keymap finds the command by where the focus is. `onMouse` gets what
the mouse did when no dialog is open.
*/
export const useKeyboard = (onMouse: (event: MouseEvent) => void): void => {
	const {input, store, commands, keymap} = useApp();
	useEffect(() => {
		const settle = (overlay: Overlay, outcome: OverlayOutcome) => {
			if (outcome === undefined) return;
			if ('answer' in outcome) commands.dialogs.answer(overlay, outcome.answer);
			else commands.dialogs.changed(outcome.overlay);
		};
		const press = (event: KeyEvent) => {
			const state = store.get();
			const overlay = state.view.overlays.at(-1);
			if (overlay !== undefined) {
				settle(overlay, pressOverlay(overlay, event.text ?? event.name));
				return;
			}
			const id = keymap.find(scopesOf(state), event.name);
			const command = id === undefined ? undefined : commands.commands.find((each) => each.id === id);
			if (command !== undefined) void commands.run(command);
		};
		return input.subscribe((event) => {
			const overlay = store.get().view.overlays.at(-1);
			if (event.type === 'key') press(event);
			else if (event.type === 'paste' && overlay !== undefined) settle(overlay, pasteOverlay(overlay, event.text));
			else if (event.type === 'mouse' && overlay === undefined) onMouse(event);
		});
	}, [input, store, commands, keymap, onMouse]);
};
