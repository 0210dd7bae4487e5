import { addressesIn, keyed, maxImportRows, readPeopleCsv, repeated } from './people-csv';

const pointers = (text: string): (string | undefined)[] => readPeopleCsv(text).errors.map(({ pointer, code }) => `${pointer} ${code}`);

describe('reading a file of people', () => {
  it('takes cells as they are meant: quoted, trimmed, several at once, in any order of columns', () => {
    const { rows, errors } = readPeopleCsv(
      '\uFEFFemail,Name,roles,manager_email,mentor_emails\r\n one@demo.test ,"One, Engineer",auditor; admin ,BOSS@demo.test,m1@demo.test;M2@demo.test;m1@demo.test\r\n\r\n,,,,\r\ntwo@demo.test,Two,,,\r\n'.replace(
        '\uFEFF',
        '',
      ),
    );
    expect(errors).toEqual([]);
    expect(rows).toEqual([
      {
        row: 1,
        name: 'One, Engineer',
        email: 'one@demo.test',
        manager: 'BOSS@demo.test',
        roles: ['admin', 'auditor'],
        mentors: ['m1@demo.test', 'M2@demo.test'],
        mentorSkills: [],
      },
      { row: 4, name: 'Two', email: 'two@demo.test', manager: null, roles: [], mentors: [], mentorSkills: [] },
    ]);
  });

  it('leaves out what the file has no column for', () => {
    expect(readPeopleCsv('name,email\nOne,one@demo.test\n').rows).toEqual([
      { row: 1, name: 'One', email: 'one@demo.test', mentorSkills: [] },
    ]);
  });

  it('names every problem of its form at once', () => {
    const text = `name,email,roles\n,no-address,boss\n${'x'.repeat(201)},one@demo.test,\nTwo,ONE@demo.test,admin;wizard\nThree\n`;
    expect(pointers(text)).toEqual([
      '/rows/1/name text',
      '/rows/1/email email',
      '/rows/1/roles role-unknown',
      '/rows/2/name text',
      '/rows/3/roles role-unknown',
      '/rows/4 columns',
    ]);
  });

  it('takes for one address what is folded to one, wherever it stands', () => {
    const { rows } = readPeopleCsv(
      'name,email,manager_email,mentor_emails\nOne,one@demo.test,,\nOne,ONE@demo.test,Boss@demo.test,M@demo.test;m@DEMO.test\n',
    );
    expect(addressesIn(rows)).toEqual(['one@demo.test', 'ONE@demo.test', 'Boss@demo.test', 'M@demo.test', 'm@DEMO.test']);
    const folded = keyed(rows, (address) => `~${address.toLowerCase()}`);
    expect(folded).toMatchObject([
      { email: 'one@demo.test', key: '~one@demo.test', manager: null, mentors: [] },
      { email: 'ONE@demo.test', key: '~one@demo.test', manager: '~boss@demo.test', mentors: ['~m@demo.test'] },
    ]);
    expect(repeated(folded)).toMatchObject([{ pointer: '/rows/2/email', code: 'email-repeated' }]);
  });

  it.each([
    ['', ['/header columns', '/header columns']],
    ['name,mail\n', ['/header columns', '/header columns']],
    ['name,email,email\n', ['/header columns']],
    ['name,email\n"One,one@demo.test\n', ['/ csv']],
    [`name,email\n${'x,x@demo.test\n'.repeat(maxImportRows + 1)}`, ['/ too-many-rows']],
  ])('refuses what is no such file (%#)', (text, expected) => {
    expect(pointers(text)).toEqual(expected);
  });
});
