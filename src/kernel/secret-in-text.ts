/*
 * Obvious secrets in what people write: keys and tokens that say by their form what they are. A table of our own, since what is kept well elsewhere scans
 * repositories and brings a hundred rules that are wrong in prose. Forms as their makers document them:
 * GitHub https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/, GitLab https://docs.gitlab.com/security/tokens/#token-prefixes,
 * Slack https://docs.slack.dev/authentication/tokens/, AWS https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids.
 * A session's token of ours has no form: it is seen behind what says that it is one (the cookie's name, "Bearer", "token:").
 * Each expression takes linear time: every repetition is bounded, short or followed by what it cannot hold, and a long one begins at most once in a run of its own characters.
 */

/** A form, and what it is called in the hint. */
interface Form {
  readonly name: string;
  readonly expression: RegExp;
  /** Whether what the first group caught is one: behind a word that announces it, there may be a placeholder. The expression is global then. */
  readonly isOne?: (caught: string) => boolean;
}

// `***`, `…`, `<password>`, `${PASSWORD}`, `{{ secret }}`, `[redacted]`, `%PASSWORD%`, and the words that stand for one in every manual
const placeholder =
  /^(?:[*.…xX•]{1,200}|[<[{$%].{0,200}|(?:your|my|the|some)[_-]?\w{0,50}|pass(?:word|wd)?|pw|pwd|secret|token|redacted|changeme|example)$/iu;
const isNoPlaceholder = (caught: string): boolean => !placeholder.test(caught);

// where a secret comes from rather than the secret: an address, a path, a digest, a variable, a call
const reference =
  /^(?:[a-z][a-z\d+.-]{0,20}:\/\/|[.~]{0,2}\/|arn:|sha\d{1,3}[:=-]|\d{4}-\d\d-\d\d|(?:var|local|data|module|process|os|env|secrets?|vault|ssm|config|settings|this|self|values|each|steps|github|inputs|params|kms)[.:[]|[\w.]{1,60}\()/i;
// the name of one: `app-tls-cert-2024`, `OAuth2.0/OpenIDConnect`, `sfia-9:ITOP.4.2`
const named = /^(?:[a-z]{1,16}\d{0,2}|v?\d{1,4})(?:[-_.:/](?:[a-z]{1,16}\d{0,2}|v?\d{1,4})){1,12}[,.;:)]{0,2}$/i;

const mixes = (caught: string): boolean => /[a-z]/i.test(caught) && /\d/.test(caught);
const isValue = (caught: string): boolean => mixes(caught) && isNoPlaceholder(caught) && !reference.test(caught);

const forms: readonly Form[] = [
  // PEM, and SSH2 with its four dashes; a header that was broken into lines is one too
  {
    name: 'a private key',
    expression: /-{4}\s{0,20}BEGIN\s{1,20}(?:[A-Z\d]{1,12}\s{1,20}){0,4}PRIVATE\s{1,20}KEY(?:\s{1,20}BLOCK)?\s{0,20}-{4}/,
  },
  { name: 'a private key', expression: /PuTTY-User-Key-File-\d/ },
  { name: 'a private key', expression: /(?<![A-Za-z\d])AGE-SECRET-KEY-1[A-Z\d]{20,80}/ },
  { name: 'an AWS access key', expression: /(?<![A-Za-z\d])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z\d])/ },
  {
    name: 'an AWS secret key',
    expression: /secret_?access_?key["'`]?[ \t]{0,20}(?::=|=>|={1,2}|:)[ \t]{0,20}["'`]?[A-Za-z\d/+]{40}(?![A-Za-z\d/+])/i,
  },
  { name: 'an Azure key', expression: /(?:account|sharedaccess)key[ \t]{0,20}=[ \t]{0,20}[A-Za-z\d/+]{40}/i },
  { name: 'a GitHub token', expression: /(?<![A-Za-z\d])(?:gh[opsru]_[A-Za-z\d]{36}|github_pat_[A-Za-z\d]{22}_[A-Za-z\d]{59})/ },
  { name: 'a GitLab token', expression: /(?<![A-Za-z\d-])gl(?:pat|ptt|dt|rt|rtr|cbt|ft|soat|agent|imt|oas|ffct)-[\w-]{20}/ },
  { name: 'a Slack token', expression: /(?<![A-Za-z\d-])(?:xox[abeoprs]|xapp)-[A-Za-z\d-]{10}/ },
  { name: 'a Slack webhook', expression: /\bhooks\.slack\.com\/services\/T[A-Z\d]{6,12}\/B/ },
  { name: 'a Google API key', expression: /(?<![A-Za-z\d-])AIza[\w-]{35}(?![\w-])/ },
  { name: 'a Google token', expression: /(?<![A-Za-z\d])ya29\.[\w-]{20}/ },
  { name: 'a Stripe key', expression: /(?<![A-Za-z\d])[rs]k_live_[A-Za-z\d]{16}/ },
  { name: 'an OpenAI key', expression: /(?<![A-Za-z\d])sk-proj-(?=[\w-]{0,19}[A-Z\d])[\w-]{20}/ },
  { name: 'an Anthropic key', expression: /(?<![A-Za-z\d])sk-ant-(?=[\w-]{0,19}[A-Z\d])[\w-]{20}/ },
  { name: 'a Hugging Face token', expression: /(?<![A-Za-z\d])hf_[A-Za-z\d]{30}/ },
  { name: 'a SendGrid key', expression: /(?<![A-Za-z\d])SG\.[\w-]{16,64}\.[\w-]{16}/ },
  { name: 'an npm token', expression: /(?<![A-Za-z\d])npm_[A-Za-z\d]{36}(?![A-Za-z\d])/ },
  { name: 'a PyPI token', expression: /(?<![A-Za-z\d-])pypi-AgEI[\w-]{20}/ },
  { name: 'a Vault token', expression: /(?<![A-Za-z\d.-])hv[sbr]\.[\w-]{24}/ },
  { name: 'a DigitalOcean token', expression: /(?<![A-Za-z\d])do[opr]_v1_[0-9a-f]{64}(?![A-Za-z\d])/ },
  { name: 'a signed token (JWT)', expression: /(?<![\w.-])(?:[A-Za-z]{1,30}_){0,4}eyJ[\w-]{8,4000}\.eyJ[\w-]{8,8000}\.[\w-]{8}/ },
  { name: 'a token of Touchstone', expression: /(?<![A-Za-z\d-])tsp_[\w-]{43}/ },
  { name: 'a token of Touchstone', expression: /__Host-touchstone=[\w-]{43}/ },
  { name: 'an invitation of Touchstone', expression: /\/invitations\/[\w-]{43}/ },
  {
    name: 'a bearer token',
    expression: /\bauthorization\s{0,3}:\s{0,3}(?:bearer|basic)\s{1,3}([^\s"'<>]{8,4000})/gi,
    isOne: isNoPlaceholder,
  },
  {
    name: 'a bearer token',
    expression: /(?<![A-Za-z\d])bearer[ \t]{1,3}([\w.~+/-]{20,200})/gi,
    isOne: (caught) => isValue(caught) && !named.test(caught),
  },
  { name: 'a password in an address', expression: /:\/\/[^\s/?#:@]{0,100}:([^\s/?#@]{1,200})@/g, isOne: isNoPlaceholder },
  {
    name: 'a password in an address',
    expression: /[?&](?:password|passwd|pwd|secret|client_secret|access_token|api_key|apikey)=([^\s&#"'<>]{1,400})/gi,
    isOne: isNoPlaceholder,
  },
  // `DB_PASSWORD=…`, `"api_key": "…"`; of `/etc/passwd:12:` the rest is none
  {
    name: 'a password',
    expression: /(?<!\/etc\/)(?:password|passwd)["'`]?[ \t]{0,8}(?::=|=>|={1,2}|:)[ \t]{0,8}["'`]?([^\s"'`<>]{12,200})/gi,
    isOne: isValue,
  },
  {
    name: 'a secret or token',
    expression:
      /(?<!(?:page|next|csrf|xsrf|continuation)[_-]?|:)(?:secret|api[ _-]?key|token)["'`]?[ \t]{0,8}(?::=|=>|={1,2}|:)[ \t]{0,8}["'`]?([^\s"'`<>]{12,200})/gi,
    isOne: (caught) => isValue(caught) && !named.test(caught),
  },
];

// what is not seen hides nothing: zero-width characters, soft hyphens, joiners
const unseen = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
// what has another form may look like a letter: full width, mathematical, ligatures
const otherForm = /[^\P{Changes_When_NFKC_Casefolded}\p{ASCII}]/gu;

/** Those that came up: there are some thousand. */
const plainForms = new Map<string, string>();

/** A character in its plain form. One at a time: a whole text takes quadratic time where marks pile up. None becomes a sentence, as some would. */
function plainForm(character: string): string {
  const known = plainForms.get(character);
  if (known !== undefined) return known;
  const plain = character.normalize('NFKC');
  const kept = plain.length <= 4 ? plain : character;
  plainForms.set(character, kept);
  return kept;
}

function found(text: string): string | null {
  for (const { name, expression, isOne } of forms) {
    if (isOne === undefined) {
      if (expression.test(text)) return name;
    } else {
      // behind a placeholder there may be more: each occurrence is looked at
      for (const [, caught = ''] of text.matchAll(expression)) if (isOne(caught)) return name;
    }
  }
  return null;
}

/** What a text holds that looks like a secret: what it is called, or null. A hint, and no guarantee: a password without a form of its own looks like a word. */
export function secretIn(text: string): string | null {
  const plain = text.replace(unseen, '').replace(otherForm, plainForm);
  // as it stands too: what is not seen may part it from the word before
  return found(plain) ?? (plain === text ? null : found(text));
}
