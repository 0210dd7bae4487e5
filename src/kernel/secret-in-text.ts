/*
 * Obvious secrets in what people write: keys and tokens that say by their form what they are. A table of our own, since what is kept well elsewhere scans
 * repositories and brings a hundred rules that are wrong in prose. Forms as their makers document them:
 * GitHub https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/, GitLab https://docs.gitlab.com/security/tokens/#token-prefixes,
 * Slack https://docs.slack.dev/authentication/tokens/, AWS https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids.
 * Each expression takes linear time: a match begins at most once in a run of its own characters, and every repetition is bounded or followed by what it cannot hold.
 */

/** A form, and what it is called in the hint. */
interface Form {
  readonly name: string;
  readonly expression: RegExp;
  /** What is caught in the first group may be a placeholder, which is no secret; the expression is global then. */
  readonly mayBePlaceholder?: true;
}

const forms: readonly Form[] = [
  { name: 'a private key', expression: /-----BEGIN (?:RSA |DSA |EC |OPENSSH |ENCRYPTED |PGP )?PRIVATE KEY(?: BLOCK)?-----/ },
  { name: 'a private key', expression: /\bAGE-SECRET-KEY-1[A-Z0-9]{20,80}/ },
  { name: 'an AWS access key', expression: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/ },
  { name: 'a GitHub token', expression: /\b(?:gh[opsru]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})/ },
  { name: 'a GitLab token', expression: /(?<![\w-])gl(?:pat|ptt|dt|rt|rtr|cbt|ft|soat|agent|imt|oas|ffct)-[\w-]{20}/ },
  { name: 'a Slack token', expression: /(?<![\w-])(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10}/ },
  { name: 'a Slack webhook', expression: /\bhooks\.slack\.com\/services\/T[A-Z0-9]{6,12}\/B/ },
  { name: 'a Google API key', expression: /(?<![\w-])AIza[\w-]{35}(?![\w-])/ },
  { name: 'a Stripe key', expression: /\b[rs]k_live_[A-Za-z0-9]{16}/ },
  { name: 'an npm token', expression: /\bnpm_[A-Za-z0-9]{36}\b/ },
  { name: 'a PyPI token', expression: /(?<![\w-])pypi-AgEI[\w-]{20}/ },
  { name: 'a Vault token', expression: /(?<![\w.-])hv[sbr]\.[\w-]{24}/ },
  { name: 'a DigitalOcean token', expression: /\bdo[opr]_v1_[0-9a-f]{64}\b/ },
  { name: 'a signed token (JWT)', expression: /(?<![\w.-])eyJ[\w-]{8,4000}\.eyJ[\w-]{8,8000}\.[\w-]{8}/ },
  { name: 'a token of Touchstone', expression: /(?<![\w-])tsp_[\w-]{43}/ },
  { name: 'an invitation of Touchstone', expression: /\/invitations\/[\w-]{43}/ },
  {
    name: 'a bearer token',
    expression: /\bauthorization\s{0,3}:\s{0,3}(?:bearer|basic)\s{1,3}([^\s"'<>]{8,4000})/gi,
    mayBePlaceholder: true,
  },
  { name: 'a password in an address', expression: /:\/\/[^\s/?#:@]{0,100}:([^\s/?#@]{1,200})@/g, mayBePlaceholder: true },
  {
    name: 'a password in an address',
    expression: /[?&](?:password|passwd|pwd|secret|client_secret|access_token|api_key|apikey)=([^\s&#"'<>]{1,400})/gi,
    mayBePlaceholder: true,
  },
];

// `***`, `…`, `<password>`, `${PASSWORD}`, `{{ secret }}`, `[redacted]`, `%PASSWORD%`, and the words that stand for one in every manual
const placeholder =
  /^(?:[*.…xX•]{1,200}|[<[{$%].{0,200}|(?:your|my|the|some)[_-]?\w{0,50}|pass(?:word|wd)?|pw|pwd|secret|token|redacted|changeme|example)$/iu;

/** What a text holds that looks like a secret: what it is called, or null. A hint, and no guarantee: a password without a form of its own looks like a word. */
export function secretIn(text: string): string | null {
  for (const { name, expression, mayBePlaceholder } of forms) {
    if (mayBePlaceholder !== true) {
      if (expression.test(text)) return name;
    } else {
      // behind a placeholder there may be more: each occurrence is looked at
      for (const [, caught = ''] of text.matchAll(expression)) if (!placeholder.test(caught)) return name;
    }
  }
  return null;
}
