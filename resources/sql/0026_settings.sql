-- What an experiment is made of, in rows: descriptions, terms of prompts, chains of filters; and the
-- events, teams and players of a corpus. Runs on PostgreSQL 14 and later.

alter table experiments
    add column description text not null default '',
    add column notes jsonb not null default '[]';
comment on column experiments.description is 'What the experiment is about, in words.';
comment on column experiments.notes is 'What was noted of it, a text each.';

create table prompt_terms (
    corpus text not null,
    experiment text not null,
    prompt text not null,
    number integer not null,
    term text not null,
    score double precision,
    weights jsonb not null,
    primary key (corpus, experiment, prompt, number),
    foreign key (corpus, experiment) references experiments on delete cascade
);
create index prompt_terms_term on prompt_terms (term);
comment on table prompt_terms is 'The terms that a prompt may hold, as its table has them; `prompts.kept` says which had a place in each prompt.';
comment on column prompt_terms.prompt is 'Name of the prompt in the config.';
comment on column prompt_terms.number is 'Place among the terms, from 0: the most valuable one first.';
comment on column prompt_terms.score is 'What the prompt''s `score` makes of its weights; empty: it has none.';
comment on column prompt_terms.weights is 'The other columns of the table, such as the weights that stand in `score`.';
call watch_table('prompt_terms');

create table processing_chains (
    corpus text not null,
    experiment text not null,
    audio text not null,
    number integer not null,
    filter text not null,
    options jsonb not null,
    primary key (corpus, experiment, audio, number),
    foreign key (corpus, experiment) references experiments on delete cascade
);
comment on table processing_chains is 'The filters of each audio variant, in their order; a variant without filters has no row.';
comment on column processing_chains.audio is 'Name of the audio variant in the config.';
comment on column processing_chains.number is 'Place in the chain, from 0.';
comment on column processing_chains.filter is 'Name of the filter.';
comment on column processing_chains.options is 'Its options, as the config gives them.';
call watch_table('processing_chains');

create view events as
select
    corpus,
    provider,
    event_id,
    max(event) as event,
    max(short_name) as short_name,
    max(event_date) as event_date,
    max(starts_at) as starts_at,
    max(season) as season,
    max(season_type) as season_type,
    max(venue) as venue,
    count(*) as recordings
from games
group by corpus, provider, event_id
order by corpus, event_date, event_id;
comment on view events is 'The events that recordings are of, each once.';

create view teams as
select
    t.corpus,
    g.provider,
    t.team,
    max(t.team_id) as team_id,
    max(t.abbreviation) as abbreviation,
    max(t.location) as location,
    max(t.nickname) as nickname,
    count(distinct g.event_id) as events,
    count(*) as recordings
from game_teams t
join games g using (corpus, recording)
group by t.corpus, g.provider, t.team
order by t.corpus, t.team;
comment on view teams is 'The teams of these events, each once.';

create view players as
select
    p.corpus,
    g.provider,
    p.player,
    p.player_id,
    array_agg(distinct p.team order by p.team) as teams,
    array_agg(distinct p.position order by p.position) filter (where p.position is not null) as positions,
    count(distinct g.event_id) as events,
    count(*) as recordings
from game_players p
join games g using (corpus, recording)
group by p.corpus, g.provider, p.player, p.player_id
order by p.corpus, p.player, p.player_id;
comment on view players is 'Who played in these events, each once; two people of one name are told apart by `player_id`.';
