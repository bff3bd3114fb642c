export {networkHooks, type HookPlaces} from './hooks.ts';
