-- What sites say about recordings, as `metadata/*.tsv` has it. Runs on PostgreSQL 14 and later.

create table videos (
    corpus text not null,
    recording text not null,
    source text not null,
    site_id text,
    url text,
    kind text,
    etag text,
    title text,
    description text,
    published_at text,
    channel_id text,
    channel_title text,
    category text,
    live_status text,
    language text,
    audio_language text,
    duration_seconds double precision,
    dimension text,
    definition text,
    caption boolean,
    licensed_content boolean,
    projection text,
    upload_status text,
    privacy_status text,
    license text,
    embeddable boolean,
    public_stats_viewable boolean,
    made_for_kids boolean,
    view_count bigint,
    like_count bigint,
    favorite_count bigint,
    comment_count bigint,
    primary key (corpus, recording),
    foreign key (corpus, recording) references recordings on delete cascade
);
create index videos_channel on videos (channel_id);
create index videos_published_at on videos (published_at);
comment on table videos is 'What a site says about a recording; recordings that no site knows have no row.';
comment on column videos.source is 'Who says it: `youtube-api`, `yt-dlp`, or `missing`: the site has no such video any more.';
comment on column videos.site_id is 'The site''s own id.';
comment on column videos.url is 'The page.';
comment on column videos.kind is 'Kind of resource, or yt-dlp''s extractor.';
comment on column videos.etag is 'The API''s version mark.';
comment on column videos.published_at is 'Day or time of publication, ISO 8601 in UTC.';
comment on column videos.category is 'Category: its number (API) or name.';
comment on column videos.live_status is 'Whether it is or was live.';
comment on column videos.language is 'Language of title and description.';
comment on column videos.audio_language is 'Language spoken.';
comment on column videos.duration_seconds is 'Duration that the site states, in seconds.';
comment on column videos.dimension is '`2d` or `3d`.';
comment on column videos.definition is '`hd` or `sd`.';
comment on column videos.caption is 'Whether it has captions.';
comment on column videos.projection is '`rectangular` or `360`.';
comment on column videos.privacy_status is 'Who may see it.';
comment on column videos.embeddable is 'Whether other pages may show it.';
comment on column videos.public_stats_viewable is 'Whether its statistics are open.';

create table tags (
    corpus text not null,
    recording text not null,
    position integer not null,
    tag text not null,
    primary key (corpus, recording, position),
    foreign key (corpus, recording) references videos on delete cascade
);
create index tags_tag on tags using hash (tag);
comment on table tags is 'Tags of a recording.';
comment on column tags.position is 'Place in the site''s order, from 0.';

create table thumbnails (
    corpus text not null,
    recording text not null,
    name text not null,
    url text not null,
    width integer,
    height integer,
    primary key (corpus, recording, name),
    foreign key (corpus, recording) references videos on delete cascade
);
comment on table thumbnails is 'Pictures of a recording.';
comment on column thumbnails.name is 'The site''s name of the size.';
comment on column thumbnails.url is 'Where it lies.';
comment on column thumbnails.width is 'Width in pixels.';
comment on column thumbnails.height is 'Height in pixels.';

create table localizations (
    corpus text not null,
    recording text not null,
    language text not null,
    title text not null,
    description text not null,
    primary key (corpus, recording, language),
    foreign key (corpus, recording) references videos on delete cascade
);
comment on table localizations is 'Title and description in other languages.';

create table topics (
    corpus text not null,
    recording text not null,
    topic text not null,
    primary key (corpus, recording, topic),
    foreign key (corpus, recording) references videos on delete cascade
);
create index topics_topic on topics using hash (topic);
comment on table topics is 'Topics of a recording, as addresses of encyclopedia pages.';
