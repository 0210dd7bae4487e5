import { unzipSync } from 'fflate';
import type { ClaimHistoryItem } from '../../src/claims/claim-answers.dto';
import { Eraser } from '../../src/ledger/eraser';
import { act, approval, makeTrio, seeClaim, statementRef } from '../factories/claims';
import { type TestPerson, byTwoAdmins, makePerson } from '../factories/people';
import { described } from '../security/document';
import { type Answer, type TestApp, startApp } from '../setup/app';

/*
 * What was taken out is shown to nobody from the moment of its entry on, though its content goes only when the eraser comes by. Here it does not: what is
 * read then is what is read once it has come.
 */

const word = 'zqstillthere';
const reason = 'It held a password.';

let api: TestApp;
let one: TestPerson;
let two: TestPerson;
let auditor: TestPerson;
beforeAll(async () => {
  api = await startApp();
  one = await makePerson(api, { roles: ['admin'] });
  two = await makePerson(api, { roles: ['admin'] });
  auditor = await makePerson(api, { roles: ['auditor'] });
});
afterAll(() => api.close());

const must = <Body>(answer: Answer<Body>, status = 200): Answer<Body> => {
  if (answer.status !== status) throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer;
};
const said = (what: string): string => `${word} ${what}`;

interface Said {
  readonly engineer: TestPerson;
  readonly readers: readonly TestPerson[];
  readonly evidence: string;
  readonly claim: string;
  readonly draft: string;
  readonly signOff: string;
  readonly history: readonly ClaimHistoryItem[];
}

/** A record with words in every field that takes some, of everybody who writes there. */
async function recordOfWords(): Promise<Said> {
  const { engineer, mentor, manager } = await makeTrio(api);
  const work = must(
    await engineer.post<{ id: string }>('/engineers/me/evidence', {
      title: said('title'),
      description: said('description'),
      outcome: said('outcome'),
      role: 'supervised',
      supervisedBy: said('supervisor'),
      links: [{ url: `https://${word}.example/x`, label: said('label') }],
      tags: [said('tag')],
      endedOn: '2026-10-01',
      supports: [1, 2].map((n) => ({ statement: statementRef(1, n), rationale: said('rationale') })),
    }),
    201,
  ).body.id;
  const path = `/engineers/${engineer.id}/evidence/${work}`;
  must(await engineer.patch(path, { outcome: said('second outcome') }, { ifMatch: (await engineer.get(path)).etag ?? '' }));
  const claimed = async (level: number): Promise<string> =>
    must(await engineer.post<{ id: string }>('/engineers/me/claims', { skillLevel: `sfia-9:ITOP.${level}`, summary: said('summary') }), 201)
      .body.id;
  const claim = await claimed(1);
  const claimPath = `/engineers/${engineer.id}/claims/${claim}`;
  must(await act(engineer, await seeClaim(engineer, claimPath), 'submission'));
  const statements = [{ statement: statementRef(1, 1), feedback: said('more feedback') }];
  must(await act(mentor, await seeClaim(mentor, claimPath), 'change-request', { feedback: said('feedback'), statements }));
  must(await act(engineer, await seeClaim(engineer, claimPath), 'submission'));
  const verdicts = [1, 2].map((n) => ({ evidence: work, statement: statementRef(1, n), verdict: 'accepted', feedback: said('verdict') }));
  must(await act(mentor, await seeClaim(mentor, claimPath), 'reviews', { verdicts }));
  const note = { essence: { met: true, note: said('note') } };
  const approved = must(await act(mentor, await seeClaim(mentor, claimPath), 'approval', approval(mentor, note))).body;
  const signOff = approved.signOff?.id ?? '';
  const revocation = { password: one.password, reason: said('revoked') };
  must(await one.post(`/engineers/${engineer.id}/sign-offs/${signOff}/revocation`, revocation));
  const draft = await claimed(2);
  const draftPath = `/engineers/${engineer.id}/claims/${draft}`;
  const noOpportunity = [{ statement: statementRef(2, 1), reason: said('no opportunity') }];
  must(await engineer.patch(draftPath, { noOpportunity }, { ifMatch: (await seeClaim(engineer, draftPath)).etag }));
  must(await one.post(`/people/${engineer.id}/accreditations`, { skill: 'sfia-9:ITOP', upToLevel: 1, reason: said('accredited') }), 201);
  const { history } = (await seeClaim(engineer, claimPath)).claim;
  return { engineer, readers: [engineer, mentor, manager, one, auditor], evidence: work, claim, draft, signOff, history };
}

/** Reads all that names the record, as everybody who may; answers the words that each got, by what they asked. */
async function readAll({ engineer, readers, evidence, claim, draft, signOff }: Said): Promise<Map<string, string>> {
  const of: Readonly<Record<string, readonly string[]>> = {
    engineerId: [engineer.id],
    personId: [engineer.id],
    managerId: [readers[2]?.id ?? ''],
    evidenceId: [evidence],
    claimId: [claim, draft],
    signOffId: [signOff],
  };
  const found = new Map<string, string>();
  const fill = (path: string): string[] => {
    const [, name] = /\{(\w+)\}/.exec(path) ?? [];
    return name === undefined ? [path] : (of[name] ?? []).flatMap((id) => fill(path.replace(`{${name}}`, id)));
  };
  const queries: Readonly<Record<string, readonly string[]>> = {
    '/engineers/{engineerId}/evidence': ['', `?q=${word}`],
    '/engineers/{engineerId}/evidence/{evidenceId}': ['', '?revision=1'],
    '/engineers/{engineerId}/ledger': ['?limit=100'],
    '/administration/ledger': ['?limit=100'],
    '/engineers/{engineerId}/level-statements': ['?skillLevel=sfia-9:ITOP.1'],
    '/engineers/{engineerId}/readiness': ['?skillLevel=sfia-9:ITOP.2'],
  };
  for (const { method, path } of described) {
    const template = path.replace('/api/v1', '');
    // all that could name somebody; but an export writes an entry, so it is read by itself, and what tells of refusals changes with each question
    if (method !== 'GET' || !/engineerId|personId|managerId|reviews|administration|sign-offs|organisation/.test(path)) continue;
    if (/export|refused/.test(path)) continue;
    for (const filled of fill(template)) {
      for (const query of queries[template] ?? ['']) {
        for (const reader of readers) {
          const answer = await reader.get(`${filled}${query}`);
          const bytes = answer.bytes.toString('latin1');
          const zipped = bytes.startsWith('PK')
            ? Object.values(unzipSync(answer.bytes)).map((one) => Buffer.from(one).toString('utf8'))
            : [];
          found.set(`${reader.name} ${filled}${query}`, [String(answer.status), bytes, ...zipped].join('\n'));
        }
      }
    }
  }
  return found;
}
const withWord = (read: Map<string, string>): string[] => [...read].filter(([, text]) => text.includes(word)).map(([asked]) => asked);

/** What was read, where it can be compared: not papers, which are made anew each time, nor what says when it was read or how much content is there. */
const comparable = (read: Map<string, string>): Record<string, string> =>
  Object.fromEntries(
    [...read]
      .filter(([asked, text]) => !/\/ledger\/(verification|checkpoints)|overview|health/.test(asked) && /^\d+\n[[{]/.test(text))
      .map(([asked, text]) => [asked, text.replaceAll(/"(asOf|at|instance|lastUsedAt|expiresAt)":"[^"]*"/g, '')]),
  );

/** The files of an export that have the word in them. */
async function exportedFiles(person: TestPerson, path: string): Promise<string[]> {
  const answer = must(await person.get(path));
  return Object.entries(unzipSync(answer.bytes)).flatMap(([name, bytes]) =>
    Buffer.from(bytes).toString('utf8').includes(word) ? [name] : [],
  );
}

/** Lets the eraser come by, after what is done while it does not. */
async function withoutEraser(work: () => Promise<void>): Promise<void> {
  const eraser = api.app.get(Eraser, { strict: false });
  const away = jest.spyOn(eraser, 'eraseNow').mockResolvedValue();
  try {
    await work();
  } finally {
    away.mockRestore();
    await eraser.eraseNow();
  }
}
const contents = async ({ id }: TestPerson): Promise<number> => {
  const sql = `SELECT count(*)::int AS count FROM record_content WHERE engineer_id = $1 AND strpos(body::text, $2) > 0`;
  return (await api.database.query<{ count: number }>(sql, [id, word]))[0]?.count ?? 0;
};

test('words that were redacted are shown to nobody from then on, whether the eraser has come or not', async () => {
  const record = await recordOfWords();
  const { engineer, evidence, claim, signOff, history } = record;
  const wanted = { action: 'redact', personId: engineer.id, reason };
  const entryOf = (kind: string): number => history.find((one) => one.kind === kind)?.entry ?? 0;
  expect(withWord(await readAll(record)).length).toBeGreaterThan(20);
  let before = new Map<string, string>();
  await withoutEraser(async () => {
    const parts = [
      { evidence, revision: 1, frozen: true },
      { evidence, revision: 2, frozen: true },
      { evidence, statement: statementRef(1, 1) },
      { evidence, statement: statementRef(1, 2) },
      { claim },
      { claim, entry: entryOf('claim.changes-requested') },
      { claim, entry: entryOf('claim.approved') },
      { signOff },
    ];
    for (const what of parts) must(await byTwoAdmins(one, two, { ...wanted, ...what }));
    // what is entered is done, as far as anybody can tell
    for (const { frozen: _, ...what } of parts.map((part) => ({ frozen: false, ...part }))) {
      const again = await one.post('/administration/requests', { ...wanted, ...what });
      expect([what, again.status, again.body['code']]).toEqual([what, 409, 'already-redacted']);
    }
    const draft = `/engineers/${engineer.id}/claims/${record.draft}`;
    must(await engineer.post(`${draft}/redaction`, { reason }, { ifMatch: (await engineer.get(draft)).etag ?? '' }));
    expect(await contents(engineer)).toBeGreaterThan(10);
    // but for why they were accredited, which no redaction is about
    const spared = ['accreditations.json', 'accreditations.csv', 'administration.json', 'administration.csv'];
    expect(await exportedFiles(engineer, '/engineers/me/export')).toEqual(spared);
    before = await readAll(record);
    expect(withWord(before).filter((asked) => !/accreditations|administration\/ledger/.test(asked))).toEqual([]);
  });
  expect(await contents(engineer)).toBe(0);
  expect(comparable(await readAll(record))).toEqual(comparable(before));
}, 120_000);

test('nor is anything of who was erased', async () => {
  const record = await recordOfWords();
  const { engineer } = record;
  let before = new Map<string, string>();
  await withoutEraser(async () => {
    must(await byTwoAdmins(one, two, { action: 'erase-person', personId: engineer.id, reason }));
    expect(await contents(engineer)).toBeGreaterThan(10);
    before = await readAll(record);
    const mine = (asked: string): boolean => asked.includes(engineer.id) || asked.includes(record.readers[2]?.id ?? '');
    expect(withWord(before).filter(mine)).toEqual([]);
  });
  expect(await contents(engineer)).toBe(0);
  expect(comparable(await readAll(record))).toEqual(comparable(before));
}, 120_000);
