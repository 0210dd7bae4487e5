import type { Day } from '../kernel/clock';
import type { EvidenceKind } from './evidence';
import type { SupportState } from './support';

/** What a submission rests on: a support, at one revision of its evidence. */
export interface Pin {
  readonly evidenceId: string;
  readonly statement: string;
  readonly revision: number;
}

/** A pin with what it points to: the evidence as it was pinned, and the support as it is now. */
export interface PinFact extends Pin {
  /** The content of the pinned revision. */
  readonly evidence: {
    readonly title: string;
    readonly kind: EvidenceKind;
    readonly startedOn: Day | null;
    readonly endedOn: Day | null;
    /** In lower-case hex. */
    readonly digest: string;
    /** The evidence's version now: it moves with every change and every verdict. */
    readonly version: number;
  };
  readonly support: {
    readonly state: SupportState;
    readonly version: number;
    /** The revision that the support stands for now; another than the pinned one once the evidence was edited. */
    readonly revision: number;
    readonly rationale: string;
    /** Who gave the verdict that stands; null while the support is proposed. */
    readonly reviewedBy: { readonly id: string; readonly name: string } | null;
    readonly reviewedAt: Date | null;
    readonly feedback: string | null;
  };
}
