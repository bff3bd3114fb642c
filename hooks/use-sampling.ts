import {useEffect} from 'react';
import {useApp} from './app-context.ts';

/** Stats are sampled only while something that shows them is mounted. */
export const useSampling = (network: 'none' | 'all' | string): void => {
	const {sampler} = useApp();
	useEffect(() => sampler.hold({network: network === 'none' || network === 'all' ? network : [network]}), [sampler, network]);
};
