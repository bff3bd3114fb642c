const escapes = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)|[ -/]*[0-~])/g;

/** Something a person can read is on the screen; switching screens and hiding the cursor is not that. */
export const hasText = (seen: string): boolean => /[\p{L}\p{N}]/u.test(seen.replaceAll(escapes, ''));

/** The whole frame: borders of the panes. */
export const hasFrame = (seen: string): boolean => seen.includes('╭') && seen.includes('Containers');

export const hasRow = (seen: string): boolean => /bench-\d{4}/.test(seen);

/** The row under the cursor is reversed, one colour from edge to edge (`rowText`); the newest one that was painted. */
export const cursorRow = (seen: string): string | undefined => [...seen.matchAll(/\u001B\[7m([^\u001B]*)/g)].at(-1)?.[1];

export const isCursorOn = (name: string) => (seen: string): boolean => [...seen.matchAll(/\u001B\[7m([^\u001B]*)/g)].some(([, text]) => text?.includes(name) === true);
