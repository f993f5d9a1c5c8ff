-- How each chunk sounds in each audio variant; docs/process.md defines the figures. Chunks that were
-- loaded before have none until they are loaded again.

alter table chunks
    add column speech_share double precision,
    add column wada_snr_db double precision,
    add column peak_dbfs double precision,
    add column clipped_share double precision,
    add column bandwidth_hz double precision,
    add column loudness_lufs double precision,
    add column processed_to_raw_db double precision;
comment on column chunks.speech_share is 'The part of the chunk that is speech, from 0 to 1.';
comment on column chunks.snr_db is 'Power of the speech in this variant, less that of the noise, against the noise in its pauses, in dB.';
comment on column chunks.wada_snr_db is 'Signal-to-noise ratio from the distribution of the samples (WADA), in dB; it means something for raw audio.';
comment on column chunks.peak_dbfs is 'The largest sample in dB below full scale.';
comment on column chunks.clipped_share is 'The part of the samples that are at full scale, from 0 to 1.';
comment on column chunks.bandwidth_hz is 'The highest frequency that is less than 50 dB below the strongest one, in Hz.';
comment on column chunks.loudness_lufs is 'Integrated loudness as ITU-R BS.1770-4 has it, in LUFS.';
comment on column chunks.processed_to_raw_db is 'Power of this variant against that without any filter, in dB.';
