import {statSync} from 'node:fs';
import {createGlance} from '../clients/containerd/glance.ts';
import type {Settings} from '../config/index.ts';
import {chooseNamespace} from '../services/hosts/choose-namespace.ts';
import type {Container} from '../model/container.ts';
import type {Scope} from '../store/index.ts';

export type FirstLook = {readonly address: string; readonly scope: Scope; readonly containers: readonly Container[]};

const usualPlaces = ['/run/containerd/containerd.sock', '/run/k3s/containerd/containerd.sock'];

const isThere = (path: string): boolean => statSync(path, {throwIfNoEntry: false})?.isSocket() === true;

/** Said, or the only usual one that exists; with several the choice takes longer than a first look may. */
const addressOf = ({address}: Settings): string | undefined => {
	if (address !== undefined) return address.value;
	const there = usualPlaces.filter(isThere);
	return there.length === 1 ? there[0] : undefined;
};

/** The containers as they are before anything heavy is loaded; undefined whenever that can't be had at once. */
export const firstLook = async (settings: Settings, isAll: boolean): Promise<FirstLook | undefined> => {
	const address = addressOf(settings);
	if (address === undefined) return undefined;
	const glance = createGlance(address);
	try {
		if (isAll) {
			const all = await Promise.all((await glance.namespaces.list()).map(async ({name}) => glance.containers(name)));
			return {address, scope: {kind: 'all'}, containers: all.flat()};
		}
		const namespace = settings.namespace?.value ?? (await chooseNamespace(glance));
		return {address, scope: {kind: 'one', namespace}, containers: await glance.containers(namespace)};
	} catch {
		// The real client meets the same trouble in a moment and says what it is.
		return undefined;
	} finally {
		glance.close();
	}
};
