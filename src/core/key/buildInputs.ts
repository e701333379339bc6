import type { Place } from '../problem';
import type { Selection } from '../context/selectFiles';

/** What sort of thing an input is. The names are part of the key: changing one changes every key. */
export type InputKind =
  | 'schema'
  | 'platform'
  | 'image'
  | 'stage'
  | 'argument'
  | 'option'
  | 'files'
  | 'feature'
  | 'feature-files'
  | 'feature-lock'
  | 'feature-order'
  | 'user';

/** One thing that the build would read: what identifies it, and nothing else. */
export interface BuildInput {
  readonly kind: InputKind;
  readonly name: string;
  /** Lower-case hex sha256 of its content. */
  readonly digest: string;
}

/** Where an input is read, for people; it identifies nothing, and rides beside the inputs. */
export interface InputOrigin {
  readonly place: Place | undefined;
  /** The instruction or property, short: `COPY package*.json`. */
  readonly label: string;
  /** Of what reads files. */
  readonly selection?: Selection;
}

/** Something a person should know of the key: a fallback to more input than the build may read. */
export interface InputNote {
  readonly text: string;
  readonly place: Place | undefined;
}

/** Everything that identifies a build, in canonical order, and beside it what explains it. */
export interface CollectedInputs {
  readonly inputs: readonly BuildInput[];
  readonly origins: ReadonlyMap<BuildInput, InputOrigin>;
  readonly notes: readonly InputNote[];
  readonly bases: readonly BaseName[];
}

/** An image that the build takes from the world, by its moving name: never part of the key. */
export interface BaseName {
  readonly reference: string;
  /** `from`: a stage starts from it; `files`: files alone are taken. */
  readonly role: 'from' | 'files';
  /** The platform that FROM asks for where it is not the target's. */
  readonly platform: string | undefined;
}

/** Gathers inputs; one that is the same in kind, name and digest counts once. */
export class InputList {
  private readonly found = new Map<string, BuildInput>();
  private readonly origins = new Map<BuildInput, InputOrigin>();
  private readonly notes: InputNote[] = [];
  private readonly bases: BaseName[] = [];

  add(input: BuildInput, origin: InputOrigin): void {
    // Neither a kind nor a digest has a space.
    const identity = `${input.kind} ${input.digest} ${input.name}`;
    if (!this.found.has(identity)) {
      this.found.set(identity, input);
      this.origins.set(input, origin);
    }
  }

  note(note: InputNote): void {
    this.notes.push(note);
  }

  base(name: BaseName): void {
    this.bases.push(name);
  }

  collected(): CollectedInputs {
    const { origins, notes, bases } = this;
    return { inputs: [...this.found.values()], origins, notes, bases };
  }
}
