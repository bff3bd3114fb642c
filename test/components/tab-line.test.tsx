import {expect, test} from 'vitest';
import {paneTabs} from '../../components/tab-line.tsx';
import {stack} from '../../source/commands/index.ts';

const counts = stack.map(() => 142);
const lineOf = (tabs: ReturnType<typeof paneTabs>): string => tabs.map(({text, isCurrent}) => (isCurrent ? `[${text}]` : ` ${text} `)).join(' ');

test.each(stack.map(({id, title}) => [id, title] as const))('on eighty columns %s is said whole, and no number is missing', (id, title) => {
	const tabs = paneTabs(id, counts, 80);
	expect(lineOf(tabs).length).toBeLessThan(80);
	expect(lineOf(tabs)).toContain(`${title} 142]`);
	expect(tabs.map(({text}) => text.split(' ')[0])).toEqual(stack.map((_, index) => String(index + 1)));
});

test('with room for everything everything is said', () => {
	expect(paneTabs('containers', counts, 200).every(({text}) => text.endsWith(' 142'))).toBe(true);
});

test('a drilled-in pane stands where it was entered', () => {
	expect(paneTabs('snapshots', counts, 80).find(({isCurrent}) => isCurrent)?.text).toContain('Snapshotters');
});
