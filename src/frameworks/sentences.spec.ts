import fc from 'fast-check';
import { sentencesOf } from './sentences';

describe('sentencesOf', () => {
  it.each<[string, string[]]>([
    ['', []],
    ['One.', ['One.']],
    ['Keeps logs. Reads them.', ['Keeps logs.', 'Reads them.']],
    ['Keeps logs! Reads them? Yes.', ['Keeps logs!', 'Reads them?', 'Yes.']],
    ['Keeps “logs.” Reads them.', ['Keeps “logs.”', 'Reads them.']],
    ['Keeps logs. “Reads” them. (Daily.) Burns them.', ['Keeps logs.', '“Reads” them.', '(Daily.)', 'Burns them.']],
    ['Keeps logs (see Annex. Further ones too) and reads them.', ['Keeps logs (see Annex. Further ones too) and reads them.']],
    ['Keeps logs. 24 hours a day.', ['Keeps logs.', '24 hours a day.']],
    ['Uses v1.2.3. Keeps No. 5 and fig. 2.', ['Uses v1.2.3.', 'Keeps No. 5 and fig. 2.']],
    ['Uses tools, e.g. Ansible, i.e. Those. Keeps logs.', ['Uses tools, e.g. Ansible, i.e. Those.', 'Keeps logs.']],
    ['Keeps logs, lists, etc. Reads them.', ['Keeps logs, lists, etc.', 'Reads them.']],
    ['Keeps logs, lists, etc. and reads them.', ['Keeps logs, lists, etc. and reads them.']],
    ['Handles events.Reports metrics.', ['Handles events.', 'Reports metrics.']],
    ['Handles events (daily).Reports metrics.', ['Handles events (daily).', 'Reports metrics.']],
    ['Uses Node.js, Socket.IO and Paint.Net daily.', ['Uses Node.js, Socket.IO and Paint.Net daily.']],
    ['Waits ... Then acts.', ['Waits ...', 'Then acts.']],
    ['Says no. Acts.', ['Says no.', 'Acts.']],
  ])('splits %j', (paragraph, sentences) => {
    expect(sentencesOf(paragraph)).toEqual(sentences);
  });

  it('loses no words, and splits a sentence no further', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z.!? ()"0-9]{0,60}$/), (paragraph) => {
        const sentences = sentencesOf(paragraph);
        expect(sentences.join('').replaceAll(' ', '')).toBe(paragraph.replaceAll(' ', ''));
      }),
    );
  });
});
