import {stringify} from 'yaml';
import type {Plain} from '../../model/compose/value.ts';

/** Quotes where YAML 1.1 would read something else, too: `on` and `0o7` mean different things to different readers. */
export const printYaml = (value: Plain): string => stringify(value, {lineWidth: 0, version: '1.1', aliasDuplicateObjects: false});
