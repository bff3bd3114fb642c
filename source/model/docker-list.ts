import type {Container} from './container.ts';
import {dockerName, dockerStatus} from './docker-status.ts';
import {portsText, type PortMapping} from './docker-ports.ts';
import {labels} from './labels.ts';
import {goStruct} from './template-struct.ts';
import {goQuote, goTime} from './template-values.ts';

const maximumCommand = 20;

/** Go's `strconv.Quote` of what runs; truncated to 20 characters with an ellipsis, as in a list. */
export const commandText = (args: readonly string[] | undefined, truncated: boolean): string => {
	if (args === undefined) return '';
	const characters = [...args.join(' ')];
	const shown =
		truncated && characters.length > maximumCommand ? `${characters.slice(0, maximumCommand - 1).join('')}…` : characters.join('');
	return goQuote(shown);
};

export type ListItemParts = {
	readonly container: Container;
	readonly args: readonly string[] | undefined;
	readonly ports: readonly PortMapping[];
	readonly size: string;
	readonly truncated: boolean;
	readonly now: number;
};

/** One row of `ps`, with the fields that `--format` knows, in nerdctl's order. */
export const listItem = ({container, args, ports, size, truncated, now}: ListItemParts) => {
	const {labels: all, id} = container;
	return goStruct(
		'*container.ListItem',
		{
			Command: commandText(args, truncated),
			CreatedAt: goTime(container.createdAt, container.createdNanos),
			ID: truncated ? id.slice(0, 12) : id,
			Image: container.image,
			Platform: all[labels.platform] ?? '',
			Names: dockerName(all),
			Ports: portsText(ports),
			Status: dockerStatus(container, now),
			Runtime: container.runtime,
			Size: size,
			Labels: Object.entries(all)
				.map(([key, value]) => `${key}=${value}`)
				.sort()
				.join(','),
		},
		{hidden: {LabelsMap: all, Label: (key: unknown) => all[String(key)] ?? ''}},
	);
};

export type ListItem = ReturnType<typeof listItem>;

/** docker's column titles where they are not the field's name. */
export const listHeaders: Readonly<Record<string, string>> = {ID: 'CONTAINER ID', Names: 'NAMES'};
