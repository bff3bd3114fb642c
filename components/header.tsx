import {memo} from 'react';
import {useSampling} from '../hooks/use-sampling.ts';
import {useSelect} from '../hooks/use-select.ts';
import {countsText, headerLine, loadText, placeText} from './header-line.ts';
import {Lines} from './kit/lines.tsx';
import {useTheme} from './kit/theme-context.ts';

/** One line that says where we are and how it is there. */
export const Header = memo(({width}: {readonly width: number}) => {
	const theme = useTheme();
	const place = useSelect((state) => placeText(state, theme));
	const load = useSelect((state) => loadText(state, theme));
	const counts = useSelect(countsText);
	useSampling('none');
	return <Lines lines={[headerLine(place, load, counts, width)]} width={width} />;
});
Header.displayName = 'Header';
