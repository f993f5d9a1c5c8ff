-- What each experiment's rows were loaded from: a load of the same files has nothing to do.
-- Runs on PostgreSQL 14 and later.

create table loads (
    corpus text not null,
    experiment text not null,
    digest text not null,
    rows jsonb not null,
    notes jsonb not null,
    loaded_at timestamptz not null default now(),
    primary key (corpus, experiment),
    foreign key (corpus, experiment) references experiments on delete cascade
);
comment on table loads is 'Which files the rows of an experiment equal; no row: its next load looks at all of them.';
comment on column loads.digest is 'SHA-256 of all that was loaded; the receipt has the same.';
comment on column loads.rows is 'How many rows were loaded, by table.';
comment on column loads.notes is 'What could not be stored as it was, a sentence each.';
comment on column loads.loaded_at is 'When.';

-- Who changes rows by hand makes the next load look at all of them again, and undo it.
create function forget_loads() returns trigger
language plpgsql security definer set search_path = pg_catalog
as $$
begin
    if coalesce(current_setting('snakescribe.loading', true), '') <> 'yes' then
        execute format('delete from %I.loads', tg_table_schema);
    end if;
    return null;
end
$$;

-- Every migration that makes a table of results calls this for it.
create procedure watch_table(name text)
language plpgsql
as $$
begin
    execute format(
        'create trigger forget_loads after insert or update or delete or truncate on %I '
        'for each statement execute function forget_loads()', name
    );
end
$$;

do $$
declare
    name text;
begin
    foreach name in array array[
        'corpora', 'sources', 'recordings', 'videos', 'tags', 'thumbnails', 'localizations',
        'topics', 'games', 'game_teams', 'game_players', 'audio_files', 'plans', 'speech_regions',
        'chunks', 'experiments', 'notices', 'conditions', 'runs', 'transcriptions', 'prompts',
        'segments', 'words', 'scores', 'condition_scores', 'comparisons', 'metrics', 'factors',
        'strata', 'calibration', 'terms', 'errors', 'suspects', 'combinations', 'chunkings'
    ] loop
        call watch_table(name);
    end loop;
end
$$;
