-- Who played, and when things were retrieved. Runs on PostgreSQL 14 and later.

alter table recordings add column retrieved_at text;
comment on column recordings.retrieved_at is 'When it was downloaded: ISO 8601, UTC.';
comment on column recordings.status is '`ok`, or why there is nothing to transcribe; `listed`: not fetched yet.';

alter table videos add column retrieved_at text;
comment on column videos.retrieved_at is 'When the site said all this, its counts among it: ISO 8601, UTC.';
comment on column videos.category is 'Category''s name, or its number.';

create table games (
    corpus text not null,
    recording text not null,
    provider text not null,
    event_id text not null,
    event text not null,
    short_name text not null,
    event_date text not null,
    starts_at text,
    season bigint,
    season_type text,
    venue text,
    primary key (corpus, recording),
    foreign key (corpus, recording) references recordings on delete cascade
);
create index games_event_id on games (event_id);
create index games_event_date on games (event_date);
comment on table games is 'The game that a recording is of, as a provider of context tells it.';
comment on column games.provider is 'Who says it, such as `espn`.';
comment on column games.event_id is 'The provider''s id of the event.';
comment on column games.event is 'Its name.';
comment on column games.short_name is 'Its name by abbreviations.';
comment on column games.event_date is 'Its day where it was played, YYYY-MM-DD.';
comment on column games.starts_at is 'When it began: ISO 8601, UTC.';
comment on column games.season is 'The year of the season.';
comment on column games.season_type is '`preseason`, `regular season`, `postseason` or `off season`.';
comment on column games.venue is 'Where it was played.';

create table game_teams (
    corpus text not null,
    recording text not null,
    side text not null,
    team text not null,
    team_id text,
    abbreviation text,
    location text,
    nickname text,
    score bigint,
    primary key (corpus, recording, side, team),
    foreign key (corpus, recording) references games on delete cascade
);
create index game_teams_team on game_teams (team);
comment on table game_teams is 'The teams of a game.';
comment on column game_teams.side is '`home`, `away`, or empty where the game has no host.';
comment on column game_teams.team is 'Full name.';
comment on column game_teams.team_id is 'The provider''s id of the team.';
comment on column game_teams.location is 'Its city or region.';
comment on column game_teams.nickname is 'Its name without that.';
comment on column game_teams.score is 'Its points at the end.';

create table game_players (
    corpus text not null,
    recording text not null,
    number bigint not null,
    side text not null,
    team text not null,
    player text not null,
    player_id text,
    position text,
    primary key (corpus, recording, number),
    foreign key (corpus, recording) references games on delete cascade
);
create index game_players_player on game_players (player);
comment on table game_players is 'Who played in a game, by team, in the provider''s order.';
comment on column game_players.number is 'Place in the provider''s order, from 0.';
comment on column game_players.side is 'The side of the team, as in `game_teams`.';
comment on column game_players.team is 'Full name of the team.';
comment on column game_players.player is 'Full name.';
comment on column game_players.player_id is 'The provider''s id of the player.';
comment on column game_players.position is 'Position, by its abbreviation.';

create or replace view failed_recordings as
select corpus, recording, title, stage, '' as audio, status, reason, source, locator
from recordings
where status not in ('ok', 'listed')
union all
select f.corpus, f.recording, i.title, 'process', f.audio, f.status, f.reason, i.source, i.locator
from audio_files f
join recordings i using (corpus, recording)
where f.status <> 'ok' and i.status = 'ok'
order by corpus, status, recording;
