import type {Theme} from './theme.ts';

/** `label      value`, the label muted and padded so that values stand under each other. */
export const field = (theme: Theme, label: string, value: string, width = 14): string => `${theme.paint('muted', label.padEnd(width))} ${value}`;

export const heading = (theme: Theme, text: string): string => theme.paint('strong', text);
