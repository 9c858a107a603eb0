import type { FormField } from "../../domain/criteria/types.ts";
import { formFields } from "../../domain/evaluate.ts";
import { IDENTITIES, IDENTITY_TYPES } from "../../domain/identity.ts";
import { type Locale, say, type Text } from "../../domain/text.ts";
import type { Landing } from "../../services/arrivals.ts";
import { ContactCode, DefaultButton } from "./contact-code.tsx";
import { HumanCheck } from "./human-check.tsx";
import type { Mistakes } from "./mistakes.ts";
import { WORDS } from "./words.ts";

type Props = {
  landing: Pick<Landing, "gate" | "ticket" | "challenge"> & {
    invite: { code: string };
    /** Where a code is asked for, where that is said. */
    contact?: string | null;
  };
  /** Marks the form's own script, where it has one. */
  nonce: string | null;
  locale: Locale;
  /** What stands in the fields, by their names. */
  typed: URLSearchParams;
  /** What is wrong with it. */
  mistakes?: Mistakes;
};

/** One field's part of the props. */
type At = Required<Omit<Props, "landing" | "nonce">>;

/** What the gate asks, and who asks to come in. It goes to the invite's code: no token in its address. */
export const GateForm = ({ landing, nonce, locale, typed, mistakes = new Map() }: Props) => {
  const t = (words: Text) => say(words, locale);
  const at = { locale, typed, mistakes };
  const [acknowledgement, ...others] = formFields(landing.gate) as [FormField, ...FormField[]];
  return (
    <form class="card" method="post" action={`/i/${landing.invite.code}`}>
      {others.some(({ type }) => type === "contactCode") && <DefaultButton />}
      <h2>{t(WORDS.gate)}</h2>
      <input type="hidden" name="ticket" value={landing.ticket} />
      <input type="hidden" name="lang" value={locale} />
      <Identity {...at} />
      {others.map((field) =>
        field.type === "proof" ? null : field.type === "contactCode" ? (
          <ContactCode
            label={t(field.label)}
            action={landing.contact ?? `/i/${landing.invite.code}/contact`}
            value={typed.get(field.name) ?? ""}
            locale={locale}
          />
        ) : (
          <Field field={field} {...at} />
        ),
      )}
      <label for="displayName">{t(WORDS.displayName)}</label>
      <Input name="displayName" maxlength={40} autocomplete="nickname" {...at} />
      <Mistake name="displayName" {...at} />
      <Seldom name="inviteCode" label={t(WORDS.inviteCode)} maxlength={300} {...at} />
      <Seldom name="recoveryCode" label={t(WORDS.recovery)} maxlength={40} {...at} />
      <Field field={acknowledgement} required {...at} />
      {landing.challenge && nonce !== null && (
        <HumanCheck
          challenge={landing.challenge}
          nonce={nonce}
          value={typed.get("proof") ?? ""}
          locale={locale}
        />
      )}
      <button type="submit">{t(WORDS.submit)}</button>
    </form>
  );
};

const Identity = (at: At) => {
  const t = (words: Text) => say(words, at.locale);
  const chosen = at.typed.get("identity.type");
  return (
    <>
      <label for="identity.value">{t(WORDS.identity)}</label>
      <div class="row">
        <select name="identity.type" aria-label={t(WORDS.identityType)}>
          {IDENTITY_TYPES.map((type) => (
            <option value={type} selected={type === chosen}>
              {t(IDENTITIES[type])}
            </option>
          ))}
        </select>
        <Input
          name="identity.value"
          required
          maxlength={320}
          autocomplete={chosen === "email" ? "email" : "off"}
          {...at}
        />
      </div>
      <Mistake name="identity.value" {...at} />
      <p class="soft">{t(WORDS.identityNote)}</p>
    </>
  );
};

const Field = ({ field, required, ...at }: At & { field: FormField; required?: boolean }) => {
  const label = say(field.label, at.locale);
  const { name, type, options } = field;
  const value = at.typed.get(name);
  if (type === "checkbox") {
    return (
      <label class="check">
        <input type="checkbox" name={name} value="true" checked={value === "true"} required={required} />
        <span>{label}</span>
      </label>
    );
  }
  if (type === "choices") return <Choices field={field} {...at} />;
  return (
    <>
      <label for={name}>{label}</label>
      {type === "choice" ? (
        <select id={name} name={name}>
          <option value="">{say(WORDS.choose, at.locale)}</option>
          {options?.map((option, i) => (
            <option value={option} selected={option === value}>
              {optionText(field, i, at.locale)}
            </option>
          ))}
        </select>
      ) : (
        <Input name={name} maxlength={500} {...INPUTS[type]} {...at} />
      )}
      <Mistake name={name} {...at} />
    </>
  );
};

/** What the browser is told of a field that is typed in: which keys and which checks it offers. */
const INPUTS: Partial<Record<FormField["type"], Pick<InputProps, "type" | "inputmode">>> = {
  number: { inputmode: "decimal" },
  date: { type: "date" },
  url: { type: "url", inputmode: "url" },
};

const optionText = ({ labels, options }: FormField, i: number, locale: Locale): string => {
  const words = labels?.[i];
  return words === undefined ? (options?.[i] ?? "") : say(words, locale);
};

/** Several answers to one question: a box each. */
const Choices = ({ field, ...at }: At & { field: FormField }) => {
  const { name, label, options = [] } = field;
  const ticked = at.typed.getAll(name);
  return (
    <fieldset>
      <legend>{say(label, at.locale)}</legend>
      {options.map((option, i) => (
        <label class="check">
          <input type="checkbox" name={name} value={option} checked={ticked.includes(option)} />
          <span>{optionText(field, i, at.locale)}</span>
        </label>
      ))}
      <Mistake name={name} {...at} />
    </fieldset>
  );
};

/** A field that few people need: closed, until there is something in it. */
const Seldom = ({
  name,
  label,
  maxlength,
  ...at
}: At & { name: string; label: string; maxlength: number }) => (
  <details open={Boolean(at.typed.get(name))}>
    <summary class="soft">{label}</summary>
    <Input name={name} label={label} maxlength={maxlength} {...at} />
    <Mistake name={name} {...at} />
  </details>
);

type InputProps = At & {
  name: string;
  maxlength: number;
  /** Where no label element says it. */
  label?: string;
  required?: boolean;
  autocomplete?: string;
  type?: "date" | "url";
  inputmode?: "decimal" | "url";
};

/** An input with what was typed into it. Of those that are wrong, the first one is where to begin. */
const Input = ({ name, label, autocomplete = "off", typed, mistakes, locale: _, ...more }: InputProps) => (
  <input
    id={name}
    name={name}
    value={typed.get(name) ?? ""}
    aria-label={label}
    autocomplete={autocomplete}
    {...more}
    {...(mistakes.has(name) ? { "aria-invalid": "true", "aria-describedby": `${name}-mistake` } : {})}
    autofocus={mistakes.keys().next().value === name}
  />
);

/** What is wrong with a field, right under it. */
const Mistake = ({ name, mistakes }: At & { name: string }) =>
  mistakes.has(name) ? (
    <p class="fail" id={`${name}-mistake`}>
      {mistakes.get(name)}
    </p>
  ) : null;
