"""The tables of what sites say about recordings; they lie in ``metadata/`` of the results."""

from snakescribe.tables import Column, Table

METADATA_FOLDER = "metadata"
DESCRIBED_FOLDER = "described"  # the same tables, from before anything is fetched

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
        Column("category", "str", "category's name, or its number", optional=True),
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
        Column(
            "retrieved_at",
            "str",
            "when the site said all this, its counts among it: ISO 8601, UTC",
            optional=True,
        ),
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

_SIDE = Column("side", "str", "`home`, `away`, or empty where the game has no host")

GAMES = Table(
    name="games",
    description="The game that a recording is of, as a provider of context tells it.",
    path="games/games.tsv",
    key=("recording",),
    columns=(
        _RECORDING,
        Column("provider", "str", "who says it, such as `espn`"),
        Column("event_id", "str", "the provider's id of the event"),
        Column("event", "str", "its name"),
        Column("short_name", "str", "its name by abbreviations, such as `BOS @ NYY`"),
        Column("event_date", "str", "its day where it was played, YYYY-MM-DD"),
        Column("starts_at", "str", "when it began: ISO 8601, UTC", optional=True),
        Column("season", "int", "the year of the season", optional=True),
        Column(
            "season_type",
            "str",
            "`preseason`, `regular season`, `postseason` or `off season`",
            optional=True,
        ),
        Column("venue", "str", "where it was played", optional=True),
    ),
    stage="acquire",
)

GAME_TEAMS = Table(
    name="game_teams",
    description="The teams of a game.",
    path="games/game_teams.tsv",
    key=("recording", "side", "team"),
    columns=(
        _RECORDING,
        _SIDE,
        Column("team", "str", "full name"),
        Column("team_id", "str", "the provider's id of the team", optional=True),
        Column("abbreviation", "str", "its abbreviation", optional=True),
        Column("location", "str", "its city or region", optional=True),
        Column("nickname", "str", "its name without that", optional=True),
        Column("score", "int", "its points at the end", optional=True),
    ),
    stage="acquire",
)

GAME_PLAYERS = Table(
    name="game_players",
    description="Who played in a game, by team, in the provider's order.",
    path="games/game_players.tsv",
    key=("recording", "number"),
    columns=(
        _RECORDING,
        Column("number", "int", "place in the provider's order, from 0"),
        _SIDE,
        Column("team", "str", "full name of the team"),
        Column("player", "str", "full name"),
        Column("player_id", "str", "the provider's id of the player", optional=True),
        Column("position", "str", "position, by its abbreviation", optional=True),
    ),
    stage="acquire",
)

GAME_TABLES = (GAMES, GAME_TEAMS, GAME_PLAYERS)
