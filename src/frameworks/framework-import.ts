import { type RefusalError, raise } from '../kernel/refusal';
import { RawBody, parseJson } from '../platform/body.pipe';
import type { FrameworkPack } from './framework-pack';
import { PageError, frameworkOfPage, importSfiaPage } from './importers/sfia-page';
import { packsFolder, skillCodesOf } from './pack-files';
import { PackError, parsePack } from './pack-reader';

const maxErrors = 100;
/** Only for the messages of the readers, which speak of files. */
const name = 'import';

/** What an import may be sent as: a pack, or a framework's page as text. */
export const importMediaTypes = ['application/json', 'text/plain', 'text/markdown'] as const;

/**
 * Reads what somebody imports into a pack.
 * @throws Refused `wrong-media-type`, `malformed` where it is not even JSON, `import-refused` naming each place and reason
 */
export function readImport(mediaType: string, text: string): FrameworkPack {
  if (!(importMediaTypes as readonly string[]).includes(mediaType)) {
    return raise('wrong-media-type', 'Send a pack as application/json, or a page as text/plain or text/markdown.');
  }
  if (text.trim() === '') return raise('malformed', 'The body is empty: send a pack or a page.');
  try {
    if (mediaType !== 'application/json') {
      const frameworkId = frameworkOfPage(text);
      return importSfiaPage(text, name, frameworkId === null ? {} : skillCodesOf(packsFolder(), frameworkId));
    }
    // what no body may hold (depth, poisonous names, NUL) is refused here as everywhere
    parseJson(new RawBody(mediaType, Buffer.from(text, 'utf8')));
    return parsePack(text, name);
  } catch (error) {
    if (error instanceof PackError) {
      return refuseImport(
        error.problems.map(({ place, reason }) => ({ pointer: place, code: 'pack', detail: sentence(`${place || 'The pack'} ${reason}`) })),
      );
    }
    if (error instanceof PageError) {
      return refuseImport(
        error.problems.map(({ line, reason }) => ({ pointer: `/line/${line}`, code: 'page', detail: sentence(`Line ${line}: ${reason}`) })),
      );
    }
    throw error;
  }
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

const refuseImport = (errors: readonly RefusalError[]): never => raise('import-refused', undefined, errors.slice(0, maxErrors));
