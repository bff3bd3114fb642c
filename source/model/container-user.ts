import {Failure} from '../errors.ts';
import {type GroupEntry, groupEntries, passwdEntries, type UserIds} from './passwd.ts';

/** Who a container is to run as, as far as it is said. */
export type UserWish = {
	/** `--user`: `name|uid[:group|gid]`. */
	readonly user?: string;
	/** The image's; undefined when there is no image. */
	readonly imageUser: string | undefined;
	/** `--group-add`, names and numbers. */
	readonly groups: readonly string[];
};

export type UserFile = 'passwd' | 'group';

const isNumber = (text: string): boolean => /^\d+$/.test(text);

/** The files of /etc that have to be read to know who is meant. */
export const userFilesFor = ({user, imageUser, groups}: UserWish): readonly UserFile[] => {
	const said = user || imageUser || '';
	const [name = '', group] = said.split(':', 2);
	const files = new Set<UserFile>();
	// Root is asked for by number 0 and by no word at all; in which groups it is, is a matter of the file.
	if (said === '' && imageUser !== undefined) files.add('group');
	if (said !== '' && (group === undefined || !user)) files.add('passwd').add('group');
	if (said !== '' && !isNumber(name)) files.add('passwd');
	if (group !== undefined && group !== '' && !isNumber(group)) files.add('group');
	if (groups.some(each => !isNumber(each))) files.add('group');
	return [...files];
};

/** runc takes no more. */
const mostId = 2 ** 31 - 1;

const asId = (text: string, said: string, what: 'user' | 'group'): number | undefined => {
	if (!isNumber(text)) return undefined;
	if (Number(text) > mostId) throw new Failure('invalid', `${what} ${text} of ${JSON.stringify(said)} is out of range`, {hint: `use a number up to ${mostId}`});
	return Number(text);
};

/** Of the files that `userFilesFor` names; one that the container lacks is undefined. */
export type UserFiles = {readonly passwd?: string | undefined; readonly group?: string | undefined};

/**
The ids behind the names, by nerdctl's rules: a number need not be listed, and takes its group from the list if it is; an explicit group of
`--user` turns the additional ones off, one of the image's does not; without a word it is root, in root's groups.
*/
export const resolveUser = ({user, imageUser, groups}: UserWish, files: UserFiles): UserIds => {
	const groupList = groupEntries(files.group ?? '');
	const said = user || imageUser || '';
	const ids = said === '' ? {uid: 0, gid: 0, additionalGids: imageUser === undefined ? [] : groupsOf('root', groupList)} : idsOf(said, {passwd: files.passwd ?? '', groupList, keepsGroups: !user});
	const own = ids.additionalGids.includes(ids.gid) ? ids.additionalGids : [ids.gid, ...ids.additionalGids];
	return {...ids, additionalGids: [...new Set([...own, ...groups.map(group => addedGroup(group, groupList))])]};
};

const groupsOf = (name: string, groups: readonly GroupEntry[]): readonly number[] => groups.filter(group => group.name !== name && group.members.includes(name)).map(({gid}) => gid);

const idsOf = (said: string, {passwd, groupList, keepsGroups}: {readonly passwd: string; readonly groupList: readonly GroupEntry[]; readonly keepsGroups: boolean}): UserIds => {
	const [userPart = '', groupPart, more] = said.split(':');
	if (more !== undefined) throw new Failure('invalid', `${JSON.stringify(said)} is not a user`, {hint: 'write it as name, uid, name:group or uid:gid'});
	const users = passwdEntries(passwd);
	// `:group` is root in that group.
	const number = userPart === '' ? 0 : asId(userPart, said, 'user');
	const entry = users.find(({name, uid}) => (number === undefined ? name === userPart : uid === number));
	if (number === undefined && entry === undefined) throw new Failure('not-found', `The image has no user ${userPart}: it is not in its /etc/passwd`, {hint: 'use a user of the image, or a number'});
	const uid = number ?? entry?.uid ?? 0;
	const gid = groupPart === undefined ? (entry?.gid ?? 0) : groupPart === '' ? 0 : (asId(groupPart, said, 'group') ?? groupNamed(groupPart, groupList));
	const named = entry ?? users.find(each => each.uid === uid);
	const additionalGids = (groupPart === undefined || keepsGroups) && named !== undefined ? groupsOf(named.name, groupList) : [];
	return {uid, gid, additionalGids};
};

const groupNamed = (name: string, groups: readonly GroupEntry[]): number => {
	const found = groups.find(group => group.name === name);
	if (found === undefined) throw new Failure('not-found', `The image has no group ${name}: it is not in its /etc/group`, {hint: 'use a group of the image, or a number'});
	return found.gid;
};

const addedGroup = (group: string, groups: readonly GroupEntry[]): number => asId(group, group, 'group') ?? groupNamed(group, groups);
