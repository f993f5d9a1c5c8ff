-- A condition is its levels: its name, which names those alone that vary, may change and its rows stay.
-- Runs on PostgreSQL 14 and later.

do $$
declare
    link record;
begin
    for link in
        select conrelid::regclass as relation, conname, pg_get_constraintdef(oid) as definition
        from pg_constraint
        where contype = 'f' and confrelid in ('conditions'::regclass, 'transcriptions'::regclass)
    loop
        execute format('alter table %s drop constraint %I', link.relation, link.conname);
        execute format(
            'alter table %s add constraint %I %s on update cascade',
            link.relation, link.conname, link.definition
        );
    end loop;
end
$$;
alter table conditions add unique (corpus, experiment, model, audio, prompt, decoding, chunking);
comment on table conditions is 'The conditions of an experiment: one level of each factor, which is what a condition is known by; its name may change.';

-- Ids of transcriptions were made from the condition's name; now they are version 3 (MD5) ids made from its levels.
update transcriptions t
set transcription = overlay(
    overlay(n.hash placing '3' from 13)
    placing to_hex((('x' || substr(n.hash, 17, 1))::bit(4)::integer & 3) | 8) from 17
)::uuid
from (
    select
        i.transcription,
        md5(
            decode('c2b7a4de7d0b5f0c9a531f7d8f6f5b1e', 'hex')
            || convert_to(
                concat_ws(
                    e'\n', i.corpus, i.experiment, c.model, c.audio, c.prompt, c.decoding,
                    c.chunking, i.chunk
                ),
                'UTF8'
            )
        ) as hash
    from transcriptions i
    join conditions c using (corpus, experiment, condition)
) n
where n.transcription = t.transcription;
comment on column transcriptions.transcription is 'Id made from corpus, experiment, levels of the condition and chunk: the same in every database.';
