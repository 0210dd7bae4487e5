import type { SignOffContent, SignedEvidenceAnswer, SignedStatementAnswer } from '../claims/sign-offs.dto';
import { PdfSheet, grey } from './pdf-sheet';

/** What a PDF of a sign-off shows beside the frozen content. */
export interface Circumstances {
  readonly organisation: string;
  /** When the pack is made; the state is that of this moment. */
  readonly madeAt: Date;
  readonly state: 'in-force' | 'expired' | 'revoked';
  readonly revocation: { readonly by: string; readonly at: string; readonly reason: string | null } | null;
  readonly ledger: { readonly seq: number; readonly digest: string; readonly hash: string };
  /** Where the QR code leads. */
  readonly checkUrl: string;
}

const minute = (instant: string): string => `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;

const daysOf = ({ startedOn, endedOn }: SignedEvidenceAnswer): string => {
  if (startedOn === null) return endedOn === null ? 'going on' : `up to ${endedOn}`;
  return endedOn === null ? `since ${startedOn}, going on` : startedOn === endedOn ? startedOn : `${startedOn} to ${endedOn}`;
};

const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

function policyLines({ policy }: SignOffContent): string[] {
  return [
    `Each statement needs at least ${count(policy.acceptedPerStatement, 'accepted piece', 'accepted pieces')} of evidence; ${
      policy.mayMiss === 0 ? 'none may stay without' : `${policy.mayMiss} may stay without, if there was no opportunity`
    }.`,
    `At least ${count(policy.distinctEvidence, 'different piece', 'different pieces')} of evidence, none older than ${count(policy.maxAgeMonths, 'month', 'months')} on the day of the first submission.`,
    `${count(policy.approvals, 'eligible mentor', 'different eligible mentors')} must approve; a line manager may${policy.lineManagerMayApprove ? '' : ' not'}.`,
    policy.stepping === 'any' ? 'Any defined level above the one held may be claimed.' : 'Levels are claimed one at a time.',
    policy.validMonths === null ? 'A sign-off has no last day.' : `A sign-off lasts ${count(policy.validMonths, 'month', 'months')}.`,
  ];
}

/**
 * Draws a sign-off for people to read. The same values make the same bytes.
 * @returns a PDF
 */
export function drawSignOff(content: SignOffContent, circumstances: Circumstances): Promise<Buffer> {
  const { organisation, madeAt, ledger } = circumstances;
  const { framework } = content;
  const title = `${content.skillName}, level ${content.level}`;
  const sheet = new PdfSheet({ title: `${content.engineer.name}: ${title}`, author: organisation, at: madeAt });
  const side = 104;
  const beside = 360;
  sheet.qr(circumstances.checkUrl, 'Scan to check it', side);
  sheet.text(`INTERNAL SIGN-OFF · ${organisation}`, { size: 8, color: grey, width: beside, after: 10 });
  sheet.text(content.engineer.name, { font: 'bold', size: 20, width: beside, after: 2 });
  sheet.text(`${title} – ${content.phrase}`, { font: 'bold', size: 12, width: beside, after: 2 });
  sheet.text(`${framework.name} ${framework.version} · ${content.skillLevel}`, { color: grey, width: beside, after: 12 });
  sheet.downTo(56 + side + 30);
  drawState(sheet, content, circumstances);

  sheet.heading('The level');
  sheet.text(content.essence);
  sheet.heading('In the engineer’s words');
  sheet.text(content.summary);
  sheet.heading(content.approvals.length === 1 ? 'Approved by' : `Approved by ${content.approvals.length} mentors`);
  for (const { mentor, at, meaning, essence, proof } of content.approvals) {
    sheet.keepTogether(60);
    const by = proof === undefined ? '' : ` · proven by ${proof.method === 'totp' ? 'a one-time code' : 'password'}`;
    sheet.text(`${mentor.name} · ${minute(at)}${by}`, { font: 'bold', after: 1 });
    sheet.text(`“${meaning}”`, { indent: 12, after: 1 });
    sheet.text(`Essence of the level ${essence.met ? 'met' : 'not met'}: ${essence.note}`, { indent: 12, after: 8 });
  }
  sheet.heading('Statements and their evidence');
  for (const statement of content.statements) drawStatement(sheet, statement);
  sheet.heading('The policy it was granted under');
  for (const line of policyLines(content)) sheet.text(`• ${line}`, { after: 1 });
  sheet.heading('How to check it');
  sheet.text(
    'This page is for reading. What proves the sign-off is sign-off.json and proof.json of the same pack: its digest stands in the ledger, and the ledger’s head in a signed checkpoint. README.txt of the pack says how to verify them offline. The QR code asks the organisation whether the sign-off still stands.',
  );
  sheet.field('Sign-off', content.signOff, { font: 'mono', size: 8 });
  sheet.field('Ledger entry', `${ledger.seq} of the record of ${content.engineer.id}`, { size: 8 });
  sheet.field('Digest of the content', ledger.digest, { font: 'mono', size: 7.5 });
  sheet.field('Hash of the entry', ledger.hash, { font: 'mono', size: 7.5 });
  sheet.heading('Notice');
  sheet.text(content.notice);
  sheet.text(`The wording of levels and statements: ${framework.rights}`, { size: 8.5, color: grey });
  sheet.text('Characters that the typeface of this document lacks appear as boxes; sign-off.json has the exact text.', {
    size: 8.5,
    color: grey,
  });
  return sheet.finish(`Internal sign-off ${content.signOff} · made ${minute(madeAt.toISOString())}`);
}

function drawState(sheet: PdfSheet, content: SignOffContent, { state, revocation, madeAt }: Circumstances): void {
  if (revocation !== null) {
    sheet.banner(
      `REVOKED on ${minute(revocation.at)} by ${revocation.by}.${revocation.reason === null ? '' : ` Reason: ${revocation.reason}`}`,
    );
  } else if (state === 'expired') sheet.banner(`EXPIRED: it was in force until ${content.until ?? ''}.`);
  sheet.field('Signed off on', content.on, { font: 'bold' });
  sheet.field('In force until', content.until === null ? 'no last day' : `${content.until} (the last day)`);
  const words = { 'in-force': 'in force', expired: 'expired', revoked: 'revoked' } as const;
  sheet.field('State', `${words[state]} when this was made, ${minute(madeAt.toISOString())}`);
  sheet.field('Engineer', `${content.engineer.name} (${content.engineer.id})`);
  sheet.field('Claim', `${content.claim}, submission ${content.submission}`);
}

function drawStatement(sheet: PdfSheet, { ref, text, noOpportunity, evidence }: SignedStatementAnswer): void {
  sheet.keepTogether(72);
  sheet.text(ref, { size: 8, color: grey, after: 0 });
  sheet.text(text, { font: 'bold', after: 4 });
  if (noOpportunity !== null) sheet.text(`No opportunity: ${noOpportunity}`, { indent: 12 });
  if (evidence.length === 0 && noOpportunity === null) sheet.text('No accepted evidence.', { indent: 12, color: grey });
  for (const piece of evidence) {
    sheet.keepTogether(44);
    sheet.text(piece.title, { indent: 12, after: 0 });
    sheet.text(`revision ${piece.revision} · ${daysOf(piece)} · accepted by ${piece.acceptedBy.name}, ${minute(piece.acceptedAt)}`, {
      indent: 12,
      size: 8,
      color: grey,
      after: 1,
    });
    sheet.text(piece.rationale, { indent: 24, size: 9, after: 6 });
  }
  sheet.text('', { size: 3, after: 2 });
}
