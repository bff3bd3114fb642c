export {createInputFeed, type InputFeed} from './feed.ts';
export {createInputParser, type InputParser} from './input.ts';
export type {InputEvent, KeyEvent, MouseButton, MouseEvent, ReportEvent} from './input-types.ts';
export {keyLabel, keyName, parseKeyName} from './key-name.ts';
export type {Preset} from './presets.ts';
export {type Keymap, resolveKeymap} from './resolve.ts';
export {scopeChain} from './scopes.ts';
