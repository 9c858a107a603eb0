import { type Locale, say } from "../../domain/text.ts";
import { WORDS } from "./words.ts";

type Props = {
  label: string;
  /** Where the button goes that asks for a code; what was typed goes along. */
  action: string;
  value: string;
  locale: Locale;
};

/** The place for a code that was sent, and a button that has one sent: it needs no script. */
export const ContactCode = ({ label, action, value, locale }: Props) => (
  <>
    <label for="contactCode">{label}</label>
    <input
      id="contactCode"
      name="contactCode"
      value={value}
      maxlength={20}
      inputmode="numeric"
      autocomplete="one-time-code"
    />
    <button class="plain" type="submit" formaction={action} formnovalidate>
      {say(WORDS.sendCode, locale)}
    </button>
  </>
);

/** Enter presses a form's first button: this one, which nobody sees, and not the one that sends a code. */
export const DefaultButton = () => (
  <button class="unseen" type="submit" tabindex={-1} aria-hidden="true"></button>
);
