import { IsString, Matches, MaxLength, MinLength, ValidateIf } from 'class-validator';

/** A fresh proof that whoever holds the session is the person: the password, a one-time code, or both. One of them at least. */
export class ProofRequest {
  /**
   * One's own password, again.
   * @example "correct horse battery staple"
   */
  @ValidateIf(({ totp }: ProofRequest, password) => password !== undefined || totp === undefined)
  @IsString({ message: 'password must be given, as text, where totp is not' })
  @MinLength(1)
  @MaxLength(256)
  password?: string;

  /**
   * A one-time code of one's authenticator app. Each is used once.
   * @example "492039"
   */
  @ValidateIf((_, totp) => totp !== undefined)
  @Matches(/^\d{6}$/, { message: '$property must be a text of 6 digits' })
  totp?: string;
}

/** A fresh proof, where a fresh sign-in is one too: both may be left out within ten minutes of signing in. */
export class ProofOrFreshRequest {
  /**
   * One's own password, again.
   * @example "correct horse battery staple"
   */
  @ValidateIf((_, password) => password !== undefined)
  @IsString()
  @MinLength(1)
  @MaxLength(256)
  password?: string;

  /**
   * A one-time code of one's authenticator app. Each is used once.
   * @example "492039"
   */
  @ValidateIf((_, totp) => totp !== undefined)
  @Matches(/^\d{6}$/, { message: '$property must be a text of 6 digits' })
  totp?: string;
}
