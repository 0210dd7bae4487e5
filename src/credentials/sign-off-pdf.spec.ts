import type { SignOffContent, SignedEvidenceAnswer } from '../claims/sign-offs.dto';
import { type Circumstances, drawSignOff } from './sign-off-pdf';

const id = '01931b2e-7c00-7000-8000-00000000000d';
const piece = (over: Partial<SignedEvidenceAnswer> = {}): SignedEvidenceAnswer => ({
  evidenceId: id,
  revision: 2,
  title: 'Automated patching via IaC',
  startedOn: '2026-03-01',
  endedOn: '2026-09-30',
  digest: 'ab'.repeat(32),
  rationale: 'The playbooks are mine.',
  acceptedBy: { id, name: 'Μάριος Παπαδόπουλος' },
  acceptedAt: '2026-11-03T10:00:00.000Z',
  ...over,
});
const content = (over: Partial<SignOffContent> = {}): SignOffContent => ({
  signOff: id,
  notice: 'This is an internal sign-off.',
  engineer: { id, name: 'Ольга Łukasiewicz-Müller' },
  claim: id,
  submission: 1,
  skillLevel: 'sfia-9:ITOP.4',
  skillName: 'Infrastructure operations',
  level: 4,
  phrase: 'Enable',
  essence: 'Performs diverse complex activities.',
  framework: { id: 'sfia-9', name: 'SFIA', version: '9', rights: '© The SFIA Foundation' },
  on: '2026-11-04',
  until: null,
  summary: 'I run the platform.',
  policy: {
    skillLevel: 'sfia-9:ITOP.4',
    acceptedPerStatement: 1,
    mayMiss: 0,
    distinctEvidence: 3,
    maxAgeMonths: 24,
    approvals: 1,
    stepping: 'any',
    lineManagerMayApprove: false,
    validMonths: null,
    reviewDays: 10,
    version: 1,
  },
  statements: [{ ref: 'sfia-9:ITOP.4.1', text: 'Automates things.', noOpportunity: null, evidence: [piece()] }],
  approvals: [
    {
      mentor: { id, name: 'Mentor One' },
      at: '2026-11-04T10:00:00.000Z',
      meaning: 'I have seen this work.',
      essence: { met: true, note: 'Works on her own.' },
      submissionDigest: 'ab'.repeat(32),
    },
  ],
  ...over,
});
const circumstances: Circumstances = {
  organisation: 'Lighthouse Works',
  madeAt: new Date('2026-11-22T19:00:00Z'),
  state: 'in-force',
  revocation: null,
  ledger: { seq: 41, digest: '9f'.repeat(32), hash: 'fd'.repeat(32) },
  checkUrl: `https://touchstone.example/api/v1/engineers/${id}/sign-offs/${id}/check/${'9f'.repeat(32)}`,
};
const draw = (over: Partial<SignOffContent> = {}, around: Partial<Circumstances> = {}): Promise<Buffer> =>
  drawSignOff(content(over), { ...circumstances, ...around });
const pages = (pdf: Buffer): number => pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length ?? 0;

test('the same values make the same bytes, others make others', async () => {
  const pdf = await draw();
  expect(pages(pdf)).toBe(2);
  expect((await draw()).equals(pdf)).toBe(true);
  expect((await draw({ summary: 'I run another platform.' })).equals(pdf)).toBe(false);
  const revocation = { by: 'Admin One', at: '2026-11-20T08:00:00.000Z', reason: 'It was another’s work.' };
  expect((await draw({}, { state: 'revoked', revocation })).equals(pdf)).toBe(false);
});

test.each<[string, Partial<SignOffContent>]>([
  [
    'forty pieces of evidence for each statement',
    {
      statements: [1, 2, 3].map((n) => ({
        ...content().statements[0]!,
        ref: `sfia-9:ITOP.4.${n}`,
        evidence: Array.from({ length: 40 }, () => piece()),
      })),
    },
  ],
  ['a word longer than a page', { summary: 'x'.repeat(8_000) }],
  ['long texts of many paragraphs', { summary: 'Some words of a sentence.\n\n'.repeat(200) }],
  [
    'right to left',
    { engineer: { id, name: 'محمد بن عبد الله' }, summary: `${'שלום עולם and English words '.repeat(100)}\n${'א'.repeat(3_000)}` },
  ],
  ['emoji, joined and not, and letters that the typeface lacks', { engineer: { id, name: '👩‍💻 李小龍 😀🇬🇷' }, summary: '🚀'.repeat(500) }],
  ['control characters and turned directions', { engineer: { id, name: 'a\u0001\u202eb\u2066\ufeff\r\n\tc' } }],
  [
    'a statement without evidence, and nothing in texts',
    { summary: '', statements: [{ ref: 'r', text: 't', noOpportunity: 'None came up.', evidence: [] }] },
  ],
])('draws %s', async (_, over) => {
  const pdf = await draw(over);
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  expect(pages(pdf)).toBeGreaterThan(0);
  expect(pages(pdf)).toBeLessThan(40);
});
