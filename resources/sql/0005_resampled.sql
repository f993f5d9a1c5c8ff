-- What was resampled for a figure's interval, and for its difference from the baseline.

alter table metrics add column resampled_by text, add column delta_resampled_by text;
comment on column metrics.resampled_by is 'What was resampled for `low` and `high`: recording, or chunk where too few recordings have data.';
comment on column metrics.delta_resampled_by is 'The same for the delta and p, which are of the chunks that the baseline has too.';

alter table strata add column delta_resampled_by text;
comment on column strata.resampled_by is 'What was resampled for `low` and `high`: recording, or chunk where too few recordings have data.';
comment on column strata.delta_resampled_by is 'The same for the delta and p, which are of the chunks that the baseline has too.';
