import {isFailure} from '../../../errors.ts';
import {checkedProjectName} from '../../../model/compose/name.ts';
import type {Project} from '../../../model/compose/project.ts';
import type {Surroundings} from '../types.ts';
import {projectOf} from './project.ts';

/** A project that may be there without its files: then its labels tell what belongs to it. */
export type Meant = {readonly name: string; readonly project: Project | undefined};

/**
The project of a verb that works on what is there. All profiles count unless one was named: a container of a service that is not active now is the
project's all the same. With `-p` alone the files may be gone.
*/
export const meant = async (context: Surroundings, flags: Parameters<typeof projectOf>[1]): Promise<Meant> => {
	try {
		const {project} = await projectOf(context, {...flags, profile: flags.profile.length === 0 ? ['*'] : flags.profile});
		return {name: project.name, project};
	} catch (error) {
		if (flags.projectName === undefined || flags.file.length > 0 || !isFailure(error, 'not-found')) throw error;
		return {name: checkedProjectName(flags.projectName), project: undefined};
	}
};
