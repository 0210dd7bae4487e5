import { IsString, Matches, MaxLength, MinLength } from 'class-validator';

/** The password of whoever sets one-time codes up. */
export class TotpRequest {
  /** @example "correct horse battery staple" */
  @IsString()
  @MinLength(1)
  @MaxLength(256)
  password: string;
}

/** A secret that waits for its first code. */
export class BegunTotpAnswer {
  /**
   * `pending` until the first code has come.
   * @example pending
   */
  state: 'pending';

  /**
   * For typing into an authenticator app. Shown this once: null when the answer is replayed.
   * @example JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP
   */
  secret: string | null;

  /**
   * The same for a QR code. Shown this once: null when the answer is replayed.
   * @example "otpauth://totp/Touchstone:engineer1%40demo.test?issuer=Touchstone&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&algorithm=SHA1&digits=6&period=30"
   */
  uri: string | null;
}

/** The first code of an authenticator app: it has the secret. */
export class TotpConfirmationRequest {
  /** @example "492039" */
  @Matches(/^\d{6}$/, { message: '$property must be a text of 6 digits' })
  code: string;
}

/** Both factors, for taking away or renewing the second. */
export class BothFactorsRequest {
  /** @example "correct horse battery staple" */
  @IsString()
  @MinLength(1)
  @MaxLength(256)
  password: string;

  /**
   * A one-time code, or a recovery code.
   * @example "492039"
   */
  @IsString()
  @MinLength(1)
  @MaxLength(40)
  code: string;
}

/** How one's one-time codes stand. */
export class TotpAnswer {
  /**
   * `pending` is a set-up whose first code has not come; it dies after an hour.
   * @example on
   */
  state: 'off' | 'pending' | 'on';

  /**
   * Since when; null while they are off.
   * @example 2026-11-02T09:30:00.000Z
   */
  since: string | null;

  /**
   * How many recovery codes are not used yet.
   * @example 10
   */
  recoveryCodesLeft: number;
}

/** One-time codes with their recovery codes, which are shown this once. */
export class RecoveryCodesAnswer extends TotpAnswer {
  /**
   * Each signs in once in place of a one-time code. Shown this once: null when the answer is replayed.
   * @example ["k3fp-9xmw-2hqa-7rtd"]
   */
  recoveryCodes: string[] | null;
}
