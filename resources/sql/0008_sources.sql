-- What was asked for recordings, as `sources.tsv` has it; what a podcast's feed says about an episode.
-- Runs on PostgreSQL 14 and later.

create table sources (
    corpus text not null references corpora on delete cascade,
    source text not null,
    listing text not null,
    kind text not null,
    asked_at text,
    listed bigint not null,
    taken bigint not null,
    skipped jsonb not null,
    vanished bigint not null,
    status text not null,
    reason text,
    primary key (corpus, source, listing)
);
create index sources_status on sources (status) where status <> 'ok';
comment on table sources is 'What was asked for recordings: what each list had, and what was taken of it.';
comment on column sources.source is 'Its place in the config, such as `recordings.0`.';
comment on column sources.listing is 'What was asked: a folder, a table, a feed, a playlist; `recordings.source` names it.';
comment on column sources.kind is 'Kind of source: `folder`, `rss`, ...';
comment on column sources.asked_at is 'When its site was last asked, ISO 8601 in UTC; empty: it is read here.';
comment on column sources.listed is 'Entries that it has: taken and skipped ones.';
comment on column sources.taken is 'Entries that are recordings of the corpus by this listing.';
comment on column sources.skipped is 'Entries that are not: an object of counts by reason.';
comment on column sources.vanished is 'Recordings that it no longer lists, but that are kept.';
comment on column sources.status is '`ok`, `empty`, or why it could not be listed.';
comment on column sources.reason is 'The status in words.';

alter table videos add column show text, add column season text, add column episode text;
comment on column videos.source is 'Who says it: `feed`, `youtube-api`, `yt-dlp`, or `missing`: the site has no such video any more.';
comment on column videos.show is 'Podcast that it is an episode of.';
comment on column videos.season is 'Season of that podcast.';
comment on column videos.episode is 'Number of the episode.';
