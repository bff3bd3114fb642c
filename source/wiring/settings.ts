import {homedir} from 'node:os';
import process from 'node:process';
import {type LoadedPreferences, loadPreferences, nodeFiles, resolveSettings, type SettingFlags, type Settings} from '../config/index.ts';

/** Flags, environment, nerdctl.toml, config.yaml: read once, before anything else. */
export const readSettings = async (flags: SettingFlags, env: NodeJS.ProcessEnv): Promise<{readonly settings: Settings; readonly loaded: LoadedPreferences}> => {
	const where = {env, home: homedir(), uid: process.geteuid?.() ?? 0, files: nodeFiles};
	const [settings, loaded] = await Promise.all([resolveSettings({flags, ...where}), loadPreferences(where)]);
	return {settings, loaded};
};
