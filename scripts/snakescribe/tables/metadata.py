"""The tables of what sites say about recordings; they lie in ``metadata/`` of the results."""

from snakescribe.tables import Column, Table

_RECORDING = Column("recording", "str", "the recording's id")

VIDEOS = Table(
    name="videos",
    description="What a site says about a recording.",
    path="metadata/videos.tsv",
    key=("recording",),
    columns=(
        _RECORDING,
        Column("source", "str", "who says it: `feed`, `youtube-api`, `yt-dlp`, or `missing`"),
        Column("site_id", "str", "the site's own id", optional=True),
        Column("url", "str", "the page", optional=True),
        Column("kind", "str", "kind of resource, or yt-dlp's extractor", optional=True),
        Column("etag", "str", "the API's version mark", optional=True),
        Column("title", "str", "title", optional=True),
        Column("description", "str", "description", optional=True),
        Column("published_at", "str", "time of publication, ISO 8601", optional=True),
        Column("channel_id", "str", "channel", optional=True),
        Column("channel_title", "str", "channel's title", optional=True),
        Column("show", "str", "podcast that it is an episode of", optional=True),
        Column("season", "str", "season of that podcast", optional=True),
        Column("episode", "str", "number of the episode", optional=True),
        Column("category", "str", "category: its number (API) or name", optional=True),
        Column("live_status", "str", "whether it is or was live", optional=True),
        Column("language", "str", "language of title and description", optional=True),
        Column("audio_language", "str", "language spoken", optional=True),
        Column("duration_seconds", "float", "duration that the site states", "s", optional=True),
        Column("dimension", "str", "`2d` or `3d`", optional=True),
        Column("definition", "str", "`hd` or `sd`", optional=True),
        Column("caption", "bool", "whether it has captions", optional=True),
        Column("licensed_content", "bool", "whether the content is licensed", optional=True),
        Column("projection", "str", "`rectangular` or `360`", optional=True),
        Column("upload_status", "str", "state of the upload", optional=True),
        Column("privacy_status", "str", "who may see it", optional=True),
        Column("license", "str", "licence", optional=True),
        Column("embeddable", "bool", "whether other pages may show it", optional=True),
        Column("public_stats_viewable", "bool", "whether its statistics are open", optional=True),
        Column("made_for_kids", "bool", "whether it is for children", optional=True),
        Column("view_count", "int", "views", optional=True),
        Column("like_count", "int", "likes", optional=True),
        Column("favorite_count", "int", "favourites", optional=True),
        Column("comment_count", "int", "comments", optional=True),
    ),
)

TAGS = Table(
    name="tags",
    description="Tags of a recording, in the site's order.",
    path="metadata/tags.tsv",
    key=("recording", "position"),
    columns=(_RECORDING, Column("position", "int", "from 0"), Column("tag", "str", "the tag")),
)

THUMBNAILS = Table(
    name="thumbnails",
    description="Pictures of a recording.",
    path="metadata/thumbnails.tsv",
    key=("recording", "name"),
    columns=(
        _RECORDING,
        Column("name", "str", "the site's name of the size"),
        Column("url", "str", "where it lies"),
        Column("width", "int", "width", "pixels", optional=True),
        Column("height", "int", "height", "pixels", optional=True),
    ),
)

LOCALIZATIONS = Table(
    name="localizations",
    description="Title and description in other languages.",
    path="metadata/localizations.tsv",
    key=("recording", "language"),
    columns=(
        _RECORDING,
        Column("language", "str", "language code"),
        Column("title", "str", "title"),
        Column("description", "str", "description"),
    ),
)

TOPICS = Table(
    name="topics",
    description="Topics of a recording, as addresses of encyclopedia pages.",
    path="metadata/topics.tsv",
    key=("recording", "topic"),
    columns=(_RECORDING, Column("topic", "str", "the topic")),
)

METADATA_TABLES = (VIDEOS, TAGS, THUMBNAILS, LOCALIZATIONS, TOPICS)
