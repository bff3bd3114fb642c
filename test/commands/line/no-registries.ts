import type {RegistriesService} from '../../../source/services/registries/index.ts';

/** For verbs that have no business with a registry: nobody is logged in anywhere, and nothing is found. */
export const noRegistries: RegistriesService = {
	known: async () => undefined,
	login: async () => {
		throw new Error('no registry here');
	},
	logout: async () => undefined,
	search: async () => [],
};
