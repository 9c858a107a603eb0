import { raw } from "hono/html";
import { type Locale, say, text } from "../../domain/text.ts";
import type { Challenge } from "../../services/humans.ts";
import { PROOF_SCRIPT } from "./proof-script.ts";

const WORDS = {
  checking: text("One moment: your phone does a short check…", "请稍候，正在进行人机验证…"),
  script: text(
    "This form needs JavaScript for its check against machines. Please switch it on, or open this page in another browser.",
    "本表单需要 JavaScript 完成人机验证，请开启后重试，或在其他浏览器中打开本页。",
  ),
};

type Props = {
  challenge: Challenge;
  nonce: string;
  /** A proof that was sent already. */
  value: string;
  locale: Locale;
};

/** The part of the gate's form that proves that no machine fills it in. It stands behind the identity. */
export const HumanCheck = ({ challenge, nonce, value, locale }: Props) => (
  <>
    {challenge.by === "proof" ? (
      <>
        <input
          type="hidden"
          id="proof"
          name="proof"
          value={value}
          data-challenge={challenge.text}
          data-bits={String(challenge.difficulty)}
        />
        <p class="pending" id="checking" role="status" hidden>
          {say(WORDS.checking, locale)}
        </p>
        <script nonce={nonce}>{raw(PROOF_SCRIPT)}</script>
      </>
    ) : (
      <>
        <div class="cf-turnstile" data-sitekey={challenge.text} data-response-field-name="proof"></div>
        <script
          nonce={nonce}
          src="https://challenges.cloudflare.com/turnstile/v0/api.js"
          async
          defer
        ></script>
      </>
    )}
    <noscript>
      <p class="fail">{say(WORDS.script, locale)}</p>
    </noscript>
  </>
);
