import { carrierOf } from "../../domain/carriers/index.ts";
import { type Locale, say, type Text } from "../../domain/text.ts";
import type { OwnPage } from "../../services/seats.ts";
import { Layout } from "./layout.tsx";
import { WarningCard } from "./warning.tsx";
import { WORDS } from "./words.ts";

type Props = { page: OwnPage; locale: Locale; path: string; inviteUrl: string };

/** A participant's own page: the seat, the own invite, the progress, and the way back in. */
export const SeatPage = ({ page, locale, path, inviteUrl }: Props) => {
  const t = (words: Text) => say(words, locale);
  const {
    seat,
    group,
    warning,
    community,
    campaign,
    participant,
    direct,
    team,
    rank,
    recoveryCode,
    invite,
    boardIsPublic,
    waitlistPosition,
  } = page;
  return (
    <Layout locale={locale} title={community.name} path={path} refreshSeconds={invite.periodSeconds}>
      {warning && <WarningCard warning={warning} locale={locale} timezone={campaign.timezone} path={path} />}
      <section class="card">
        <p class="soft">{participant.displayName}</p>
        <h1>{community.name}</h1>
        <p class="soft">{campaign.name}</p>
        <h2>{t(WORDS.yourSeat)}</h2>
        {seat.state === "none" && waitlistPosition !== null ? (
          <p>
            {t(WORDS.noSeat)} {t(WORDS.position)}: <b>{waitlistPosition}</b>
          </p>
        ) : seat.state === "none" ? (
          <form method="post" action={`${path}/seat?lang=${locale}`}>
            <p>{t(WORDS.noSeat)}</p>
            <button type="submit">{t(WORDS.askSeat)}</button>
          </form>
        ) : group === null ? (
          <p>{t(WORDS.noGroup)}</p>
        ) : (
          <>
            <p>
              {group.name} <span class="badge">{carrierOf(group.carrier).label[locale]}</span>
            </p>
            {group.hasQrImage && (
              <>
                <p class="soft">{t(WORDS.scanGroup)}</p>
                <img class="qr" src={`${path}/group-qr`} alt={group.name} width="256" />
              </>
            )}
            {group.joinUrl && (
              <a class="go" href={group.joinUrl} rel="noreferrer">
                {t(WORDS.openGroup)}
              </a>
            )}
          </>
        )}
      </section>
      <section class="card">
        <h2>{t(WORDS.yourInvite)}</h2>
        <p class="soft">{t(WORDS.inviteNote)}</p>
        <img class="qr" src={`${path}/qr.png?size=400`} alt={inviteUrl} width="256" height="256" />
        <p>
          <a href={inviteUrl}>{inviteUrl}</a>
        </p>
      </section>
      <section class="card">
        <h2>{t(WORDS.progress)}</h2>
        <div class="figures">
          <span>
            <b>{direct}</b> {t(WORDS.direct)}
          </span>
          <span>
            <b>{team}</b> {t(WORDS.team)}
          </span>
          {rank !== null && (
            <span>
              <b>{rank}</b> {t(WORDS.rank)}
            </span>
          )}
        </div>
        {boardIsPublic && (
          <p>
            <a href={`/board/${campaign.id}?lang=${locale}`}>{t(WORDS.board)}</a>
          </p>
        )}
      </section>
      <section class="card">
        <h2>{t(WORDS.recoveryTitle)}</h2>
        <p>
          <code>{recoveryCode.toUpperCase().replace(/(.{4})(?=.)/g, "$1-")}</code>
        </p>
        <p class="soft">{t(WORDS.recoveryNote)}</p>
      </section>
    </Layout>
  );
};
