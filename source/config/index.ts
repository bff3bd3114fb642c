export {nodeFiles} from './files.ts';
export {runtimeDirectory} from './paths.ts';
export {defaultPreferences, loadPreferences, type LoadedPreferences} from './preferences.ts';
export {describeOrigin, resolveSettings} from './settings.ts';
export type {ConfigFiles, NerdctlToml, Origin, Preferences, Setting, SettingFlags, Settings, Surroundings} from './types.ts';
