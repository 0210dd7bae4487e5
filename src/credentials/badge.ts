import { createHash } from 'node:crypto';
import type { SignOffContent } from '../claims/sign-offs.dto';

/*
 * A sign-off as an Open Badges 3.0 AchievementCredential (https://www.imsglobal.org/spec/ob/v3p0), and what its issuer publishes.
 */

const credentialsContext = 'https://www.w3.org/ns/credentials/v2';
const badgesContext = 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json';
const schema = 'https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json';

/** A public key as it is published; its id is the address at which it is found alone, as the standard asks. */
export interface PublicRsaJwk {
  readonly kty: 'RSA';
  readonly use: 'sig';
  readonly alg: 'RS256';
  readonly kid: string;
  readonly n: string;
  readonly e: string;
}

/** Addresses of what is published; `origin` is how people reach the application. */
export const issuerUrl = (origin: string): string => `${origin}/.well-known/issuer.json`;
export const keyUrl = (origin: string, thumbprint: string): string => `${origin}/.well-known/keys/${thumbprint}`;
export const statusListUrl = (origin: string, list: number): string => `${origin}/.well-known/status/${list}`;

/** Who signs. */
export interface Issuer {
  readonly origin: string;
  readonly organisation: string;
}

/** The issuer's profile inside a credential. */
export const issuerProfile = ({ origin, organisation }: Issuer): Record<string, unknown> => ({
  id: issuerUrl(origin),
  type: ['Profile'],
  name: organisation,
  url: origin,
  description: 'Signs off levels of skills for its own engineers, on evidence judged by their mentors. Its sign-offs are internal.',
});

/** The profile as it is published by itself. */
export const publishedProfile = (issuer: Issuer): Record<string, unknown> => ({
  '@context': [credentialsContext, badgesContext],
  ...issuerProfile(issuer),
});

/** What a badge says beside the frozen content. */
export interface BadgeFacts {
  readonly content: SignOffContent;
  /** The salted digest of the content, lower-case hex. */
  readonly digest: string;
  readonly engineerEmail: string;
  readonly validFrom: Date;
  /** Its last moment; null: none. */
  readonly validUntil: Date | null;
  /** The page that the skill's text is quoted from. */
  readonly source: string;
  readonly status: { readonly list: number; readonly index: number };
}

const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

function criteria({ statements, policy, approvals, framework, level, essence }: SignOffContent): string {
  return [
    ...statements.map(
      ({ text, noOpportunity }) => `- ${text}${noOpportunity === null ? '' : ' *(no opportunity to show this, as the approvers agreed)*'}`,
    ),
    '',
    `Each statement is shown by at least ${count(policy.acceptedPerStatement, 'piece of work', 'pieces of work')} that a mentor accepted, and the level’s essence was judged over the whole by ${count(approvals.length, 'mentor', 'mentors')}: ${essence}`,
    '',
    `Level ${level} of ${framework.name} ${framework.version}. ${framework.rights}`,
  ].join('\n');
}

/** A piece of evidence, once, with the statements it shows; never its title or what was done: that may name customers, systems and weaknesses. */
function evidenceOf({ statements }: SignOffContent): Record<string, unknown>[] {
  const pieces = new Map<string, { revision: number; digest: string; shows: string[] }>();
  for (const { ref, evidence } of statements) {
    for (const { evidenceId, revision, digest } of evidence) {
      const piece = pieces.get(evidenceId) ?? { revision, digest, shows: [] };
      piece.shows.push(ref);
      pieces.set(evidenceId, piece);
    }
  }
  return [...pieces].map(([evidenceId, { revision, digest, shows }]) => ({
    id: `urn:uuid:${evidenceId}`,
    type: ['Evidence'],
    narrative: `Shows ${shows.join(', ')}.`,
    description: `Revision ${revision}. The work itself stays with the organisation; the salted SHA-256 digest of its description is ${digest}.`,
  }));
}

/** Whom the badge is for: the name as signed off, and the address hashed with a salt, as platforms look for it. */
function identifiers({ content, engineerEmail, digest }: BadgeFacts): Record<string, unknown>[] {
  const hashed = createHash('sha256').update(`${engineerEmail}${digest}`, 'utf8').digest('hex');
  return [
    { type: 'IdentityObject', hashed: false, identityHash: content.engineer.name, identityType: 'name' },
    { type: 'IdentityObject', hashed: true, identityHash: `sha256$${hashed}`, salt: digest, identityType: 'emailAddress' },
  ];
}

const seconds = (instant: Date): string => `${instant.toISOString().slice(0, 19)}Z`;

/** The credential of a sign-off, without its proof: that is the JWT's signature. */
export function achievementCredential(facts: BadgeFacts, issuer: Issuer): Record<string, unknown> {
  const { content, validFrom, validUntil, status, source } = facts;
  const { framework, skillName, skillLevel, level, phrase } = content;
  const name = `${skillName}, level ${level} (${phrase})`;
  const list = statusListUrl(issuer.origin, status.list);
  return {
    '@context': [credentialsContext, badgesContext],
    id: `urn:uuid:${content.signOff}`,
    type: ['VerifiableCredential', 'AchievementCredential'],
    name,
    description: content.notice,
    issuer: issuerProfile(issuer),
    validFrom: seconds(validFrom),
    ...(validUntil === null ? {} : { validUntil: seconds(validUntil) }),
    awardedDate: seconds(validFrom),
    credentialSubject: {
      id: `urn:uuid:${content.engineer.id}`,
      type: ['AchievementSubject'],
      identifier: identifiers(facts),
      achievement: {
        id: `${issuer.origin}/api/v1/policies/${skillLevel}`,
        type: ['Achievement'],
        achievementType: 'Competency',
        name,
        description: content.essence,
        humanCode: skillLevel,
        criteria: { narrative: criteria(content) },
        alignment: [
          {
            type: ['Alignment'],
            targetName: `${skillName}, level ${level}`,
            targetUrl: source,
            targetFramework: `${framework.name} ${framework.version}`,
            targetCode: skillLevel,
          },
        ],
      },
    },
    evidence: evidenceOf(content),
    credentialSchema: [{ id: schema, type: '1EdTechJsonSchemaValidator2019' }],
    credentialStatus: {
      id: `${list}#${status.index}`,
      type: 'BitstringStatusListEntry',
      statusPurpose: 'revocation',
      statusListIndex: String(status.index),
      statusListCredential: list,
    },
  };
}

/** A status list as a credential (Bitstring Status List v1.0), good for a day so that an old copy cannot stand for the new one. */
export function statusListCredential(list: number, encodedList: string, at: Date, issuer: Issuer): Record<string, unknown> {
  const id = statusListUrl(issuer.origin, list);
  return {
    '@context': [credentialsContext],
    id,
    type: ['VerifiableCredential', 'BitstringStatusListCredential'],
    issuer: issuerUrl(issuer.origin),
    validFrom: seconds(at),
    validUntil: seconds(new Date(at.getTime() + 86_400_000)),
    credentialSubject: { id: `${id}#list`, type: 'BitstringStatusList', statusPurpose: 'revocation', encodedList },
  };
}

/** The claims that a JWT of a credential repeats beside it (Open Badges 3.0, section 8.2). */
export function registeredClaims(credential: Record<string, unknown>): Record<string, unknown> {
  const { id, issuer, validFrom, validUntil, credentialSubject } = credential;
  const at = (instant: unknown): number => Math.floor(Date.parse(String(instant)) / 1000);
  return {
    iss: typeof issuer === 'string' ? issuer : (issuer as { id: string }).id,
    jti: id,
    nbf: at(validFrom),
    ...(validUntil === undefined ? {} : { exp: at(validUntil) }),
    sub: (credentialSubject as { id: string }).id,
  };
}
