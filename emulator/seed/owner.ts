/** The owner that an emulator's clients act as. */
export interface SeededOwner {
  readonly organizationId: string;
  readonly email: string;
  readonly password: string;
  readonly totpSecret?: string;
  /** The owner's personal API key, with the scope `*`. */
  readonly apiKey: string;
}
