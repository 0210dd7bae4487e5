import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsDateString,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import {
  type EvidenceContent,
  type EvidenceKind,
  type EvidenceRole,
  type EvidenceState,
  lineOf,
  tagsOf,
} from '../../src/evidence/evidence';
import { HoldsNoSecret, IsWords } from '../../src/platform/rules';

export class LinkBody {
  @Matches(/^https?:\/\/[^\s@]+$/)
  @MaxLength(2000)
  @HoldsNoSecret()
  url: string;

  @IsOptional()
  @IsWords(200)
  label?: string | null;
}

export class SupportBody {
  @IsString()
  @MinLength(1)
  @MaxLength(100)
  statement: string;

  @IsWords(5000)
  rationale: string;
}

export class EvidenceBody {
  @IsWords(200)
  title: string;

  @IsWords(20_000)
  description: string;

  @IsOptional()
  @IsWords(20_000)
  outcome?: string | null;

  @IsOptional()
  @IsIn(['alone', 'led', 'took-part', 'supervised'])
  role?: EvidenceRole | null;

  @IsOptional()
  @IsWords(200)
  supervisedBy?: string | null;

  @IsOptional()
  @IsIn(['work', 'training', 'lab'])
  kind?: EvidenceKind;

  @IsOptional()
  @IsDateString()
  startedOn?: string | null;

  @IsOptional()
  @IsDateString()
  endedOn?: string | null;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => LinkBody)
  links?: LinkBody[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsWords(50, { each: true })
  tags?: string[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => SupportBody)
  supports?: SupportBody[];
}

export class ListQuery {
  @IsOptional()
  @Transform(({ value }) => Number(value))
  @IsInt()
  @Min(1)
  @Max(100)
  limit = 20;

  @IsOptional()
  @IsString()
  @MaxLength(2000)
  cursor?: string;

  @IsOptional()
  @IsIn(['logged', 'archived'])
  state: EvidenceState = 'logged';
}

/** The content of a first revision. */
export const contentOf = (body: EvidenceBody): EvidenceContent => ({
  title: lineOf(body.title),
  description: body.description,
  outcome: body.outcome ?? null,
  role: body.role ?? null,
  supervisedBy: typeof body.supervisedBy === 'string' ? lineOf(body.supervisedBy) : null,
  kind: body.kind ?? 'work',
  startedOn: body.startedOn ?? null,
  endedOn: body.endedOn ?? null,
  links: body.links?.map(({ url, label }) => ({ url, label: typeof label === 'string' ? lineOf(label) : null })) ?? [],
  tags: tagsOf(body.tags ?? []),
});
