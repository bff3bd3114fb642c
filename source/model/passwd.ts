/** A user as the kernel knows it. */
export type UserIds = {readonly uid: number; readonly gid: number; readonly additionalGids: readonly number[]};

/** The ids of `user[:group]`, or which half of it the files do not know. */
export type UserLookup = UserIds | {readonly unknown: string};

/**
Look up `user[:group]`, each a name or a number, in the text of a container's passwd and group files, as Docker does: a number need not be listed; without
a group it is the user's own, or 0; an explicit group turns the additional ones off.
*/
export const lookUpUser = (user: string, passwd: string, group: string): UserLookup => {
	const [userPart = '', groupPart] = user.split(':', 2);
	const entry = passwdEntries(passwd).find(({name, uid}) => name === userPart || String(uid) === userPart);
	const uid = entry?.uid ?? asId(userPart);
	if (uid === undefined) return {unknown: `user ${userPart}`};
	const groups = groupEntries(group);
	if (groupPart !== undefined && groupPart !== '') {
		const gid = groups.find(({name}) => name === groupPart)?.gid ?? asId(groupPart);
		return gid === undefined ? {unknown: `group ${groupPart}`} : {uid, gid, additionalGids: []};
	}
	const gid = entry?.gid ?? 0;
	const additionalGids = entry === undefined ? [] : groups.filter(({members}) => members.includes(entry.name)).map(each => each.gid);
	return {uid, gid, additionalGids: [...new Set([gid, ...additionalGids])]};
};

/** Linux ids are 32 bits and the last one means "none". */
const asId = (text: string): number | undefined => (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 32 - 1 ? Number(text) : undefined);

type PasswdEntry = {readonly name: string; readonly uid: number; readonly gid: number};

export const passwdEntries = (text: string): readonly PasswdEntry[] =>
	text.split('\n').flatMap(line => {
		const [name, , uid, gid] = line.split(':');
		const ids = [asId(uid ?? ''), asId(gid ?? '')] as const;
		return name && ids[0] !== undefined && ids[1] !== undefined ? [{name, uid: ids[0], gid: ids[1]}] : [];
	});

export type GroupEntry = {readonly name: string; readonly gid: number; readonly members: readonly string[]};

export const groupEntries = (text: string): readonly GroupEntry[] =>
	text.split('\n').flatMap(line => {
		const [name, , gid, members = ''] = line.split(':');
		const id = asId(gid ?? '');
		return name && id !== undefined ? [{name, gid: id, members: members.trim().split(',')}] : [];
	});
