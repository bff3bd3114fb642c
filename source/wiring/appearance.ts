import type {DashboardOptions} from './dashboard.ts';

/** Box drawing needs a UTF-8 locale and a terminal that has the glyphs; the linux console has neither the braille nor the rounded corners. */
export const appearance = ({flags, loaded, environment}: Pick<DashboardOptions, 'flags' | 'loaded' | 'environment'>): {readonly ascii: boolean; readonly colour: boolean} => {
	const locale = environment['LC_ALL'] ?? environment['LC_CTYPE'] ?? environment['LANG'] ?? '';
	const isPlain = locale !== '' && !/utf-?8/i.test(locale);
	const wanted = loaded.preferences.ascii;
	return {
		ascii: flags.ascii || (wanted === 'auto' ? isPlain || environment['TERM'] === 'linux' : wanted),
		colour: (environment['NO_COLOR'] ?? '') === '' && loaded.preferences.theme !== 'mono',
	};
};
