import 'reflect-metadata';
import { Transform, plainToInstance } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsUrl,
  Matches,
  Max,
  Min,
  Validate,
  ValidatorConstraint,
  type ValidationArguments,
  type ValidatorConstraintInterface,
  validateSync,
} from 'class-validator';
import { isIP, isIPv6 } from 'node:net';
import { IANAZone } from 'luxon';

@ValidatorConstraint({ name: 'timeZone' })
class IsZone implements ValidatorConstraintInterface {
  validate = (zone: unknown): boolean => typeof zone === 'string' && IANAZone.isValidZone(zone);
  defaultMessage = (): string => 'TIME_ZONE must be an IANA time zone such as Europe/Berlin';
}

@ValidatorConstraint({ name: 'postgresUrl' })
class IsPostgresUrl implements ValidatorConstraintInterface {
  validate = (url: unknown): boolean =>
    typeof url === 'string' && /^postgres(ql)?:\/\/\S+$/.test(url) && URL.canParse(url) && isDecodable(url);
  defaultMessage = (at?: ValidationArguments): string =>
    `${at?.property ?? 'The address'} must look like postgres://user:password@host:5432/database, with what is special in a password written as %23 and the like`;
}

@ValidatorConstraint({ name: 'origins' })
class AreOrigins implements ValidatorConstraintInterface {
  validate = (origins: unknown): boolean => Array.isArray(origins) && origins.every(isOrigin);
  defaultMessage = (): string =>
    'CORS_ORIGINS must be origins such as https://app.example.com, separated by commas: without a path, and no star';
}

const isOrigin = (text: unknown): boolean =>
  typeof text === 'string' && /^https?:\/\/[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;

@ValidatorConstraint({ name: 'trustedProxies' })
class AreTrustedProxies implements ValidatorConstraintInterface {
  validate = (trusted: unknown): boolean =>
    typeof trusted === 'boolean' ||
    (typeof trusted === 'number' && Number.isInteger(trusted) && trusted >= 1 && trusted <= 20) ||
    (Array.isArray(trusted) && trusted.length > 0 && trusted.every(isNetwork));
  defaultMessage = (): string =>
    'TRUST_PROXY must be true, false, a number of proxies from 1 to 20, or their addresses and networks (10.0.0.5, 172.16.0.0/12) separated by commas';
}

/** An address, or a network such as 10.0.0.0/8: not one of everybody, for which there is `true`. */
function isNetwork(text: unknown): boolean {
  if (typeof text !== 'string') return false;
  const [address = '', bits, ...more] = text.split('/');
  if (isIP(address) === 0 || more.length > 0) return false;
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (isIPv6(address) ? 128 : 32));
}

const isDecodable = (url: string): boolean => !/%(?![0-9a-f]{2})/i.test(url);

/** The account and the database of an address. */
const whoAndWhat = (url: string | undefined): string => {
  const { username, pathname } = new URL(url ?? 'postgres://none');
  return `${username}${pathname}`;
};

const toNumber = ({ value }: { value: unknown }): unknown => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value);
const toList = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string'
    ? value
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== '')
    : value;
/** `true`, `2`, `10.0.0.5, 172.16.0.0/12` → true, 2, ['10.0.0.5', '172.16.0.0/12'] */
const toTrusted = ({ value }: { value: unknown }): unknown => {
  const plain = toBoolean({ value });
  if (typeof plain !== 'string') return plain;
  return /^\s*\d+\s*$/.test(plain) ? Number(plain) : toList({ value: plain });
};
const toBoolean = ({ value }: { value: unknown }): unknown => (value === 'true' ? true : value === 'false' ? false : value);

/** Every setting there is, read from the environment at start. A default stands beside its name; the README's table is made of these lines. */
export class Settings {
  /** The application's database, as the limited role. Left out, an embedded Postgres with demo data is used. */
  @IsOptional()
  @Validate(IsPostgresUrl)
  DATABASE_URL?: string;

  /** The same database as its owner: given, the application migrates at start. */
  @IsOptional()
  @Validate(IsPostgresUrl)
  DATABASE_OWNER_URL?: string;

  /** The same database as the eraser, who alone takes content away. Left out, nobody can be erased and nothing redacted. */
  @IsOptional()
  @Validate(IsPostgresUrl)
  DATABASE_ERASER_URL?: string;

  /** A streaming replica of that server, with the account and the database of DATABASE_URL: dashboards are read from it as long as it keeps up. */
  @IsOptional()
  @Validate(IsPostgresUrl)
  REPLICA_URL?: string;

  /** Where the application listens; 0 takes a free port. */
  @Transform(toNumber)
  @IsInt({ message: 'PORT must be a whole number' })
  @Min(0)
  @Max(65535)
  PORT: number = 3000;

  /** The address it listens on. */
  @Matches(/^[\w.:-]+$/, { message: 'HOST must be an address or a host name' })
  HOST: string = '127.0.0.1';

  /** How people reach it, for links in invitations; the address it listens on if left out. */
  @IsOptional()
  @IsUrl({ require_tld: false, require_protocol: true, protocols: ['http', 'https'] }, { message: 'PUBLIC_URL must be an http(s) address' })
  PUBLIC_URL?: string;

  /** Origins (`https://app.example.com`, separated by commas) whose pages may call the API from browsers, with the session cookie too; none if left out. */
  @Transform(toList)
  @Validate(AreOrigins)
  CORS_ORIGINS: string[] = [];

  /** The organisation's time zone: what day it is here. */
  @Validate(IsZone)
  TIME_ZONE: string = 'UTC';

  /** Where the embedded Postgres and the demo's credentials live. */
  @Matches(/\S/, { message: 'DATA_DIR must be a folder' })
  DATA_DIR: string = '.data';

  /** A session ends after so many minutes without a request. */
  @Transform(toNumber)
  @IsInt({ message: 'SESSION_IDLE_MINUTES must be a whole number' })
  @Min(1)
  @Max(43_200)
  SESSION_IDLE_MINUTES: number = 480;

  /** A session ends so many hours after its sign-in, used or not. */
  @Transform(toNumber)
  @IsInt({ message: 'SESSION_HOURS must be a whole number' })
  @Min(1)
  @Max(8_760)
  SESSION_HOURS: number = 168;

  /** An invitation that is not used dies after so many hours. */
  @Transform(toNumber)
  @IsInt({ message: 'INVITATION_HOURS must be a whole number' })
  @Min(1)
  @Max(720)
  INVITATION_HOURS: number = 72;

  /** What takes two admins and was not confirmed expires after so many days. */
  @Transform(toNumber)
  @IsInt({ message: 'ADMIN_REQUEST_DAYS must be a whole number' })
  @Min(1)
  @Max(90)
  ADMIN_REQUEST_DAYS: number = 7;

  /** How many connections to the database one process holds at most. */
  @Transform(toNumber)
  @IsInt({ message: 'DATABASE_POOL must be a whole number' })
  @Min(2)
  @Max(200)
  DATABASE_POOL: number = 10;

  /** How many requests a minute one person may make, over all processes. */
  @Transform(toNumber)
  @IsInt({ message: 'RATE_LIMIT must be a whole number' })
  @Min(10)
  @Max(100_000_000)
  RATE_LIMIT: number = 1_200;

  /** How many requests a minute may come from one network (an IPv4 address, an IPv6 /64) without a sign-in that holds, over all processes. */
  @Transform(toNumber)
  @IsInt({ message: 'PUBLIC_RATE_LIMIT must be a whole number' })
  @Min(10)
  @Max(100_000_000)
  PUBLIC_RATE_LIMIT: number = 600;

  /** For how many days it is kept which requests were refused, with the addresses that they came from. */
  @Transform(toNumber)
  @IsInt({ message: 'REFUSED_REQUESTS_DAYS must be a whole number' })
  @Min(1)
  @Max(3_650)
  REFUSED_REQUESTS_DAYS: number = 30;

  /** For how many days an invitation is kept after it was used, replaced or over. */
  @Transform(toNumber)
  @IsInt({ message: 'INVITATIONS_DAYS must be a whole number' })
  // for thirty days a fresh one is told to the person it signs in
  @Min(31)
  @Max(3_650)
  INVITATIONS_DAYS: number = 90;

  /** For how many days a personal access token is kept, and listed, after it was revoked or over. */
  @Transform(toNumber)
  @IsInt({ message: 'ENDED_TOKENS_DAYS must be a whole number' })
  @Min(1)
  @Max(3_650)
  ENDED_TOKENS_DAYS: number = 30;

  /** For how many days a network (as a hash) is known as one that somebody signs in from, after their last sign-in there. */
  @Transform(toNumber)
  @IsInt({ message: 'KNOWN_NETWORKS_DAYS must be a whole number' })
  @Min(1)
  @Max(3_650)
  KNOWN_NETWORKS_DAYS: number = 90;

  /** How many months after they have left people's records are due to be erased; left out, never. Two admins erase, nothing is erased by itself. */
  @IsOptional()
  @Transform(toNumber)
  @IsInt({ message: 'RETENTION_MONTHS_AFTER_LEAVING must be a whole number' })
  @Min(1)
  @Max(1_200)
  RETENTION_MONTHS_AFTER_LEAVING?: number;

  /** Whether statements are prepared under a name; false for poolers that cannot (pgbouncer before 1.21 in transaction mode). */
  @Transform(toBoolean)
  @IsBoolean({ message: 'NAMED_STATEMENTS must be true or false' })
  NAMED_STATEMENTS: boolean = true;

  /** Whether connections are told to keep plans (decision 0020); false for poolers that hand connections on between transactions, whom else they would tell it. */
  @Transform(toBoolean)
  @IsBoolean({ message: 'KEPT_PLANS must be true or false' })
  KEPT_PLANS: boolean = true;

  /** A statement that runs longer is cut off, in milliseconds. */
  @Transform(toNumber)
  @IsInt({ message: 'STATEMENT_TIMEOUT_MS must be a whole number' })
  @Min(100)
  @Max(600_000)
  STATEMENT_TIMEOUT_MS: number = 15_000;

  /** The Ed25519 private key (PEM, PKCS #8, mode 600) that signs checkpoints of the ledger. Left out, the demo makes one in DATA_DIR; with DATABASE_URL no checkpoints are made. */
  @IsOptional()
  @Matches(/\S/, { message: 'LEDGER_KEY_FILE must be a file' })
  LEDGER_KEY_FILE?: string;

  /** A folder of public keys (PEM) that signed checkpoints before the present key did. */
  @IsOptional()
  @Matches(/\S/, { message: 'LEDGER_PUBLIC_KEYS_DIR must be a folder' })
  LEDGER_PUBLIC_KEYS_DIR?: string;

  /** What the organisation is called on sign-off packs and badges. */
  @Matches(/\S/, { message: 'ORGANISATION must be a name' })
  ORGANISATION: string = 'This organisation';

  /** The RSA private key (PEM, PKCS #8, mode 600, 2048 bits or more) that signs badges. Left out, the demo makes one in DATA_DIR; with DATABASE_URL no badges are signed. */
  @IsOptional()
  @Matches(/\S/, { message: 'BADGE_KEY_FILE must be a file' })
  BADGE_KEY_FILE?: string;

  /** A folder of public keys (PEM) that signed badges before the present key did. */
  @IsOptional()
  @Matches(/\S/, { message: 'BADGE_PUBLIC_KEYS_DIR must be a folder' })
  BADGE_PUBLIC_KEYS_DIR?: string;

  /** The key (32 bytes in base64, mode 600) that encrypts the secrets of one-time codes. Left out, the demo makes one in DATA_DIR; with DATABASE_URL nobody can set up one-time codes. */
  @IsOptional()
  @Matches(/\S/, { message: 'SECRETS_KEY_FILE must be a file' })
  SECRETS_KEY_FILE?: string;

  /**
   * Whether an admin who has invited somebody may not accredit them, nor the other way round, where there is another admin who can. Nobody then makes up a person,
   * holds their link and lets them judge, alone.
   */
  @Transform(toBoolean)
  @IsBoolean({ message: 'ACCREDITATION_SEPARATE_FROM_INVITATION must be true or false' })
  ACCREDITATION_SEPARATE_FROM_INVITATION: boolean = false;

  /** A checkpoint of the ledger is made every so many minutes, if anything changed; 0: only by command. */
  @Transform(toNumber)
  @IsInt({ message: 'CHECKPOINT_MINUTES must be a whole number' })
  @Min(0)
  @Max(10_080)
  CHECKPOINT_MINUTES: number = 60;

  /**
   * Whose X-Forwarded headers say where a request comes from, and by which protocol: nobody's; everybody's (`true`: whoever reaches the application can say what they like);
   * those of so many proxies, counted from here; or those of these addresses and networks.
   */
  @Transform(toTrusted)
  @Validate(AreTrustedProxies)
  TRUST_PROXY: boolean | number | string[] = false;

  /** How much is logged: one JSON line a request at info. */
  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], { message: 'LOG_LEVEL must be fatal, error, warn, info, debug or silent' })
  LOG_LEVEL: string = 'info';
}

/** All that is wrong with the settings, at once. */
export class SettingsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`These settings are wrong:\n${problems.map((problem) => `  - ${problem}`).join('\n')}\nREADME.md lists every setting.`);
    this.name = 'SettingsError';
  }
}

/**
 * Reads the settings from an environment; empty values count as left out.
 * @throws SettingsError naming every mistake
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const names = Object.keys(new Settings());
  const known = [
    ...names,
    'DATABASE_URL',
    'DATABASE_OWNER_URL',
    'DATABASE_ERASER_URL',
    'REPLICA_URL',
    'PUBLIC_URL',
    'LEDGER_KEY_FILE',
    'LEDGER_PUBLIC_KEYS_DIR',
    'BADGE_KEY_FILE',
    'BADGE_PUBLIC_KEYS_DIR',
    'RETENTION_MONTHS_AFTER_LEAVING',
    'SECRETS_KEY_FILE',
  ];
  const given = Object.fromEntries(known.filter((name) => (env[name] ?? '').trim() !== '').map((name) => [name, env[name]]));
  const settings = plainToInstance(Settings, given, { exposeDefaultValues: true });
  const problems = validateSync(settings).flatMap((error) => Object.values(error.constraints ?? {}));
  if (settings.DATABASE_OWNER_URL !== undefined && settings.DATABASE_URL === undefined) {
    problems.push('DATABASE_OWNER_URL is set but DATABASE_URL is not: requests need the limited role');
  }
  if (settings.DATABASE_ERASER_URL !== undefined && settings.DATABASE_URL === undefined) {
    problems.push('DATABASE_ERASER_URL is set but DATABASE_URL is not: requests need the limited role');
  }
  const { REPLICA_URL } = settings;
  // what cannot be read as an address has its own problem already
  if (problems.length === 0 && REPLICA_URL !== undefined && whoAndWhat(REPLICA_URL) !== whoAndWhat(settings.DATABASE_URL)) {
    problems.push('REPLICA_URL must name the same account and database as DATABASE_URL: there too, requests need the limited role');
  }
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}
