import { readFileSync } from "node:fs";

interface Group<Value> {
  readonly values: readonly Value[];
}

interface HostileInputs {
  readonly create_extra_fields: Group<object>;
  readonly json_types: Group<unknown>;
  readonly passwords_refuse: Group<string>;
  readonly text_filters: Group<string>;
  readonly metadata_filter_keys: Group<string>;
  readonly sort_fields: Group<string>;
  readonly page_numbers: Group<string>;
}

interface Identifiers {
  readonly emails_refuse: Group<string>;
  readonly emails_same_account: Group<readonly [string, string]>;
  readonly emails_not_same: Group<readonly [string, string]>;
  readonly usernames_watch: Group<string>;
}

// Not imported: bundlers refuse the lone surrogates in them.
const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8"));

/** What people send to break things, by where it goes. */
export const hostile = fixture("hostile-inputs") as HostileInputs;
export const identifiers = fixture("emails-and-usernames") as Identifiers;
