-- What jobs had to tell that their results depend on, as `notices/` has it. Runs on PostgreSQL 14 and later.

create table notices (
    corpus text not null,
    experiment text not null,
    step text not null,
    place text not null,
    number integer not null,
    stage text not null,
    recording text,
    source text,
    kind text not null,
    bears_on_results boolean not null,
    count bigint not null,
    text text not null,
    remedy text not null,
    primary key (corpus, experiment, step, place, number),
    foreign key (corpus, experiment) references experiments on delete cascade
);
create index notices_recording on notices (corpus, recording);
comment on table notices is 'What to know before an experiment is believed: what the jobs behind it had to tell.';
comment on column notices.step is 'The rule whose job tells it.';
comment on column notices.place is 'What the job worked on: a shard, a pass and a shard, a model, an experiment, `all`.';
comment on column notices.number is 'Position among the notices of the job, from 0.';
comment on column notices.recording is 'The recording''s id, where it is about one.';
comment on column notices.source is 'Else what it is about: a file, a listing, a site.';
comment on column notices.kind is 'What kind of notice it is; docs/notices.md lists them.';
comment on column notices.bears_on_results is 'Whether results are another thing than was meant; else it is about how the run went.';
comment on column notices.count is 'How many times it happened.';
comment on column notices.text is 'What is the matter.';
comment on column notices.remedy is 'What to do.';

create view what_to_know as
select
    n.corpus,
    n.experiment,
    n.kind,
    n.text,
    n.remedy,
    n.bears_on_results,
    sum(n.count)::bigint as times,
    array_agg(distinct coalesce(n.recording, n.source) order by coalesce(n.recording, n.source))
        filter (where coalesce(n.recording, n.source) is not null) as about
from notices n
group by n.corpus, n.experiment, n.kind, n.text, n.remedy, n.bears_on_results
order by n.corpus, n.experiment, n.bears_on_results desc, n.kind, n.text;
comment on view what_to_know is 'Notices that say the same, together, with the recordings (else sources) that they are about.';
