-- Which job decoded what; memory in whole MB, as transcripts have it; the temperatures tried.

alter table runs
    add column job text,
    add column device_name text,
    add column gpu_memory_mb bigint,
    alter column peak_memory_mb type bigint;
comment on column runs.job is 'The job''s id, unlike all others; a job that was killed and ran again has two.';
comment on column runs.device_name is 'The processor''s name.';
comment on column runs.gpu_memory_mb is 'Peak memory of the GPU in MB.';

alter table transcriptions add column tries bigint;
comment on column transcriptions.tries is 'Temperatures that were tried.';
